import type { Logger } from 'pino';

/**
 * Runs `job` one at a time: a call during a run leads to exactly one more run after it, which every such
 * caller awaits. An error is logged and does not end the loop: the next ring or sweep tries again.
 */
export function alone(job: () => Promise<void>, log: Logger): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    try {
      await job();
    } catch (error) {
      log.error({ err: error }, 'a round of work failed; it is tried again');
    }
  };
  const start = (): Promise<void> => {
    running = run().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return start();
    next ??= running.then(() => {
      next = null;
      return start();
    });
    return next;
  };
}
