import { watch } from 'node:fs';
import type { Logger } from 'pino';

const POLL_MS = 500;

/** Calls `look` when something happens in a directory, and every half second: notifications get lost. */
export function watchDirectory(path: string, look: () => void, log: Logger): { close(): void } {
  const timer = setInterval(look, POLL_MS);
  const watcher = startWatcher(path, look, log);
  return {
    close() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}

function startWatcher(path: string, look: () => void, log: Logger) {
  try {
    const watcher = watch(path, look);
    watcher.on('error', (error) => log.warn({ err: error }, 'the allow directory is only polled'));
    return watcher;
  } catch (error) {
    log.warn({ err: error }, 'the allow directory is only polled');
    return null;
  }
}
