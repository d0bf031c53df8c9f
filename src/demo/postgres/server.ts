import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { freePort } from '../free-port.ts';
import { patiently, type Say } from '../say.ts';
import { userName, writeAccess } from './access.ts';
import {
  type ClusterPaths,
  ENVIRONMENT,
  ensureCluster,
  ensureDirectory,
  type Owner,
  PORT,
} from './cluster.ts';
import { answers, connectionUrl, createDatabase, socketUrl } from './connection.ts';
import { clearOrphans, findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts';

export interface PostgresOptions {
  /** The folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** The server's own, made when absent. Short: its socket's path may have 107 bytes. */
  readonly directory: string;
  readonly superuser: string;
  /** Needed when this program runs as root. */
  readonly owner?: Owner | undefined;
  /** Database roles that the owner, this program's user and `users` may take over the socket. */
  readonly roles: readonly string[];
  readonly users?: readonly string[];
  /** `loopback` adds TCP on 127.0.0.1, with a password, for programs that cannot use a socket. */
  readonly listen?: 'socket' | 'loopback';
  /** False turns every safety against a power cut off: for tests. */
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  readonly say: Say;
}

export interface PostgresServer {
  /** What libpq calls `host`. */
  readonly socketDirectory: string;
  readonly port: number;
  /** True when the server was already running, say after its earlier master was killed. */
  readonly attached: boolean;
  /** A URL for libpq and node-postgres, as the superuser; over TCP it holds the password. */
  connectionString(database: string): string;
  /** The same over the socket, as another of the roles. */
  connectionStringAs(role: string, database: string): string;
  /** Makes it unless it is there, for the superuser or another role. @returns the superuser's connection string */
  createDatabase(name: string, owner?: string): Promise<string>;
  /** Fast shutdown; resolves when the last process of the server has ended. Its files stay. */
  stop(): Promise<void>;
}

const START_MS = 60_000;
const UNDURABLE = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/**
 * Runs a PostgreSQL server in a directory of its own: makes the cluster the first time, attaches to a
 * server that is already running there, and clears away what a killed one left. The server outlives
 * this program unless it is stopped.
 *
 * @throws Error with the server's own reason when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { bin, directory, superuser, owner, durable = true, say } = options;
  const paths = await ensureDirectory(directory, owner);
  await patiently(say, 'Making a database cluster', ensureCluster(bin, paths, superuser, durable, owner));
  const { postmaster, attached } = await patiently(say, 'Starting PostgreSQL', bringUp(paths, options));
  const password = await readFile(paths.password, 'utf8');
  const connectionString = (database: string): string =>
    connectionUrl(postmaster, { user: superuser, password, database });
  return {
    socketDirectory: paths.socket,
    port: postmaster.port,
    attached,
    connectionString,
    connectionStringAs: (role, database) => socketUrl(postmaster, role, database),
    createDatabase: async (name, databaseOwner = superuser) => {
      await createDatabase(connectionString('postgres'), name, databaseOwner);
      return connectionString(name);
    },
    stop: () => patiently(say, 'Stopping PostgreSQL', stopPostmaster(paths.data)),
  };
}

async function bringUp(
  paths: ClusterPaths,
  options: PostgresOptions,
): Promise<{ postmaster: Postmaster; attached: boolean }> {
  const deadline = performance.now() + START_MS;
  let launched: Launched | null = null;
  for (;;) {
    const found = await findPostmaster(paths.data);
    if (found?.status === 'ready' && (await answers(found, options.superuser)))
      return { postmaster: found, attached: launched === null };
    if (performance.now() > deadline)
      throw new Error(
        `PostgreSQL in ${paths.directory} did not answer within ${START_MS / 1000} s; see ${paths.log}`,
      );
    if (launched?.ended === true) {
      const reason = await launched.reason();
      // Its predecessor's memory is still draining, or another starter was quicker: both pass.
      if (!/pre-existing shared memory block|lock file ".*" already exists/.test(reason))
        throw new Error(reason);
      launched = null;
      await sleep(200);
    }
    if (found === null && launched === null) {
      await clearOrphans(paths.data);
      launched = await launch(paths, options);
    }
    await sleep(10);
  }
}

interface Launched {
  ended: boolean;
  /** What the server said last, for an error. */
  reason(): Promise<string>;
}

/** In a session of its own, so that Ctrl-C on this program's terminal never reaches it. */
async function launch(paths: ClusterPaths, options: PostgresOptions): Promise<Launched> {
  const { owner, settings = {}, durable = true } = options;
  const users = [
    userInfo().username,
    ...(owner ? [await userName(owner.uid)] : []),
    ...(options.users ?? []),
  ];
  await writeAccess(paths.data, { users: [...new Set(users)], roles: options.roles });
  const loopback = options.listen === 'loopback';
  const port = loopback ? await freePort() : PORT;
  const given = Object.entries({
    listen_addresses: loopback ? '127.0.0.1' : '',
    unix_socket_directories: paths.socket,
    ...(durable ? {} : UNDURABLE),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The file itself, not a pipe through us: the server writes on when this program has ended.
  const log = createWriteStream(paths.log, { flags: 'a', mode: 0o600 });
  await once(log, 'open');
  const from = (await stat(paths.log)).size;
  const child = execa(join(options.bin, 'postgres'), ['-D', paths.data, '-p', String(port), ...given], {
    ...owner,
    cwd: paths.directory,
    env: ENVIRONMENT,
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    buffer: false,
    reject: false,
  });
  child.unref();
  const launched: Launched = { ended: false, reason: () => lastWords(paths.log, from, child) };
  void child.finally(() => {
    launched.ended = true;
  });
  log.destroy();
  return launched;
}

async function lastWords(
  log: string,
  from: number,
  child: Promise<{ message?: string | undefined }>,
): Promise<string> {
  const text = (await readFile(log)).subarray(from).toString();
  const fatal = text.split('\n').filter((line) => /FATAL|PANIC|HINT|error while loading/.test(line));
  return `PostgreSQL did not start: ${fatal.join(' ') || text.trim() || (await child).message || 'it said nothing'} (${log})`;
}
