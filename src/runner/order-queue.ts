import type { Logger } from 'pino';
import { JournalBroken } from './journal/journal.ts';

export interface OrderQueue {
  take(raw: unknown): void;
  /** Takes no more, and resolves when the last one is done. */
  close(): Promise<void>;
}

/** One order after the other, so that each sees what the one before it did. */
export function startOrderQueue(
  take: (raw: unknown) => Promise<void>,
  log: Logger,
  fail: (error: Error) => void,
): OrderQueue {
  let turn: Promise<void> = Promise.resolve();
  let closed = false;

  async function takeOne(raw: unknown): Promise<void> {
    if (closed) return;
    try {
      await take(raw);
    } catch (error) {
      log.error({ err: error }, 'an order could not be taken; the bot will offer it again');
      if (error instanceof JournalBroken) fail(error);
    }
  }

  return {
    take(raw) {
      turn = turn.then(() => takeOne(raw));
    },
    close() {
      closed = true;
      return turn;
    },
  };
}
