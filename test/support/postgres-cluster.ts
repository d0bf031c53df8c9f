import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import pg from 'pg';

const BIN = '/usr/lib/postgresql/15/bin';
const PORT = 5432;
const USER = 'postgres';
const START_DEADLINE_MS = 20_000;

/** A throwaway PostgreSQL 15 server of the test's own: no TCP, no passwords, no durability. */
export interface Cluster {
  /** What libpq calls `host`. */
  readonly socketDirectory: string;
  readonly port: number;
  /** The superuser. */
  readonly user: string;
  /** Understood by libpq and by node-postgres. */
  connectionString(database: string): string;
  /** Runs SQL, several statements at once if wanted, and returns the last one's rows. */
  query(database: string, sql: string): Promise<Record<string, unknown>[]>;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
}

/** Path of a client or server program of PostgreSQL 15, as Debian installs it. */
export function postgresProgram(name: string): string {
  return join(BIN, name);
}

/** Starts a server in a new temporary directory; as the user `postgres` when the test runs as root. */
export async function startCluster(settings: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const owner = await serverOwner();
  const directory = await mkdtemp(join(tmpdir(), 'twokey-test-pg-'));
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  await chmod(directory, 0o755);
  if (owner) for (const path of [directory, data]) await chown(path, owner.uid, owner.gid);

  const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const options = { ...owner, cwd: directory, env: environment, extendEnv: false };
  await execa(
    postgresProgram('initdb'),
    ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N', '--no-instructions'],
    { ...options, timeout: 60_000 },
  );
  const durable = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
  const given = Object.entries({ ...durable, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const server = execa(
    postgresProgram('postgres'),
    ['-D', data, '-k', directory, '-p', String(PORT), '-c', 'listen_addresses=', ...given],
    {
      ...options,
      stdin: 'ignore',
      reject: false,
      cleanup: true,
      forceKillAfterDelay: 5_000,
      killSignal: 'SIGINT',
    },
  );

  const connectionString = (database: string): string =>
    `postgresql://${USER}@/${encodeURIComponent(database)}?host=${encodeURIComponent(directory)}&port=${PORT}`;
  const query = (database: string, sql: string) => runQuery(connectionString(database), sql);
  const stop = async (): Promise<void> => {
    server.kill();
    await server;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilReady(() => query('postgres', 'select 1'), server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { socketDirectory: directory, port: PORT, user: USER, connectionString, query, stop };
}

/** A server refuses to run as root; null when the test's own user will do. */
async function serverOwner(): Promise<{ uid: number; gid: number } | null> {
  if (userInfo().uid !== 0) return null;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await execa('id', [flag, 'postgres'])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error('No OS user `postgres` to run the server as');
  return { uid, gid };
}

async function untilReady(
  probe: () => Promise<unknown>,
  server: Promise<{ exitCode?: number | undefined; stderr?: unknown }>,
): Promise<void> {
  let ended: string | undefined;
  void server.then(({ exitCode, stderr }) => {
    ended = `The test server ended with ${exitCode ?? 'a signal'}: ${String(stderr)}`;
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      if (ended) throw new Error(ended);
      if (Date.now() > deadline) throw new Error('The test server did not start in time', { cause: error });
      await sleep(25);
    }
  }
}

async function runQuery(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const result = await client.query(sql);
    const last = Array.isArray(result) ? result.at(-1) : result;
    return last?.rows ?? [];
  } finally {
    await client.end();
  }
}
