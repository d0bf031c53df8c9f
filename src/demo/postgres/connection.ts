import pg from 'pg';
import type { Postmaster } from './postmaster.ts';

export interface Login {
  readonly user: string;
  /** Only used over TCP. */
  readonly password: string;
  readonly database: string;
}

/** A URL that libpq and node-postgres understand: TCP when the server listens on it, else its socket. */
export function connectionUrl(postmaster: Postmaster, { user, password, database }: Login): string {
  if (postmaster.listenAddress === null) return socketUrl(postmaster, user, database);
  return `postgresql://${user}:${password}@127.0.0.1:${postmaster.port}/${encodeURIComponent(database)}`;
}

/** True when the server takes connections. */
export async function answers(postmaster: Postmaster, user: string): Promise<boolean> {
  try {
    await withClient(socketUrl(postmaster, user, 'postgres'), (client) => client.query('select 1'));
    return true;
  } catch {
    return false;
  }
}

/** Makes a database unless it is there. */
export async function createDatabase(connectionString: string, name: string, owner: string): Promise<void> {
  await withClient(connectionString, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0)
      await client.query(
        `create database ${client.escapeIdentifier(name)} owner ${client.escapeIdentifier(owner)}`,
      );
  });
}

/** Runs something over a connection that is closed again, whatever happens. */
export async function withClient<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A URL of the socket, where the Unix user decides who may be which role. */
export function socketUrl({ socketDirectory, port }: Postmaster, user: string, database: string): string {
  const where = `host=${encodeURIComponent(socketDirectory ?? '')}&port=${port}`;
  return `postgresql://${user}@/${encodeURIComponent(database)}?${where}`;
}
