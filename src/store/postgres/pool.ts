import pg from 'pg';
import type { Logger } from 'pino';

/** Ten served 200 slash commands at once best; see docs/benchmarks.md. */
const CONNECTIONS_MAX = 10;
const QUERY_TIMEOUT_MS = 15_000;

/** A pool whose idle connections may be killed without ending the process. */
export function openPool(connectionString: string, log: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: QUERY_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    application_name: 'twokey-bot',
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle connection to Postgres was lost'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ err: error }, 'a connection to Postgres was lost'));
  });
  return pool;
}
