import type { Logger } from 'pino';

/**
 * Resolves when the process is asked to stop. From then on a rejection nobody handles does not end the
 * process in the middle of its draining: Slack's client leaves some when it is closed while it reconnects.
 */
export function untilStopped(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const stop = (signal: string): void => {
      log.info({ signal }, 'stopping');
      process.on('unhandledRejection', (reason) => log.debug({ err: reason }, 'left over while stopping'));
      resolve();
    };
    process.once('SIGTERM', () => stop('SIGTERM'));
    process.once('SIGINT', () => stop('SIGINT'));
  });
}
