import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import type { Logger } from 'pino';

const DIRECTORY = fileURLToPath(new URL('../migrations/', import.meta.url));

/** Brings the schema up to date; safe when several replicas start at once (an advisory lock decides). */
export async function migrate(pool: pg.Pool, log: Logger): Promise<void> {
  const client = await pool.connect();
  try {
    await runner({
      dbClient: client,
      dir: DIRECTORY,
      direction: 'up',
      migrationsTable: 'migrations',
      checkOrder: true,
      log: (text: string) => log.debug(text),
    });
  } finally {
    client.release();
  }
}
