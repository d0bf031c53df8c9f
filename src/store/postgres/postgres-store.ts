import type { Logger } from 'pino';
import type { Store } from '../store.ts';
import { inboxStore } from './inbox.ts';
import { logStore } from './log.ts';
import { messageStore } from './messages.ts';
import { migrate } from './migrate.ts';
import { operationStore } from './operations.ts';
import { outboxStore } from './outbox.ts';
import { openPool } from './pool.ts';
import { runnerStore } from './runners.ts';

/**
 * Opens the bot's own Postgres and brings its schema up to date.
 *
 * @throws when the server does not answer, or its schema is newer than this program.
 */
export async function openPostgresStore(connectionString: string, log: Logger): Promise<Store> {
  const pool = openPool(connectionString, log);
  try {
    await migrate(pool, log);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    ...operationStore(pool),
    ...inboxStore(pool),
    ...outboxStore(pool),
    ...messageStore(pool),
    ...logStore(pool),
    ...runnerStore(pool),
    close: () => pool.end(),
  };
}
