/** Waits that can be cut short: all at once, or for good when the server stops. */
export interface WaitingRoom {
  /** True when the time has come, false when the room was closed meanwhile. */
  wait(ms: number): Promise<boolean>;
  /** Ends every wait now. Returns how many there were. */
  hurry(): number;
  close(): void;
}

export function createWaitingRoom(): WaitingRoom {
  const waiting = new Set<(due: boolean) => void>();
  let isClosed = false;
  const endAll = (due: boolean): number => {
    const count = waiting.size;
    for (const end of [...waiting]) end(due);
    return count;
  };
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        if (isClosed) return resolve(false);
        const end = (due: boolean) => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve(due);
        };
        const timer = setTimeout(end, ms, true);
        timer.unref();
        waiting.add(end);
      }),
    hurry: () => endAll(true),
    close() {
      isClosed = true;
      endAll(false);
    },
  };
}
