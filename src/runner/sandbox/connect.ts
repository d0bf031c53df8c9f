import pg from 'pg';
import type { Sandbox } from './sandbox.ts';

const CONNECT_TIMEOUT_MS = 15_000;

export interface ConnectOptions {
  readonly database?: string;
  /** `twokey:OP-7F3K:verify`: by it a restarted runner finds sessions that live on. */
  readonly application?: string;
  readonly statementTimeoutMs?: number;
}

/** Settings of one connection to a sandbox, as its superuser, over its unix socket. */
export function clientConfig(sandbox: Sandbox, options: ConnectOptions = {}): pg.ClientConfig {
  const { host, port, superuser, database } = sandbox.connection;
  return {
    host,
    port,
    user: superuser,
    database: options.database ?? database,
    application_name: options.application ?? `twokey:${sandbox.record.operation}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  };
}

/** Connects, hands the connection over, and ends it whatever happens. */
export async function withClient<Result>(
  sandbox: Sandbox,
  options: ConnectOptions,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(clientConfig(sandbox, options));
  // A broken connection also fails the query at hand; without a handler it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
