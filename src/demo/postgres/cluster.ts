import { chmod, chown, mkdir, mkdtemp, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { errorCode } from '../error-code.ts';
import { makeReadableFolder } from '../readable.ts';
import { newPassword } from './access.ts';

/** A user by number; without one the program's own user is meant. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Where the parts of one server lie. All paths are real ones, without links. */
export interface ClusterPaths {
  readonly directory: string;
  readonly data: string;
  readonly socket: string;
  readonly log: string;
  /** The superuser's password for TCP, mode 0600. */
  readonly password: string;
}

export const PORT = 5432;
/** `sun_path` is 108 bytes with its final zero: unix(7). */
const LONGEST_SOCKET = 107;
const INITDB_MS = 120_000;

/** The environment of every server program: nothing of ours, so no `PG*` variable leaks in. */
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes a server's directory, mode 0700, the owner's.
 *
 * @throws Error under root without an owner, and for a directory whose path is too long for a socket.
 */
export async function ensureDirectory(directory: string, owner: Owner | undefined): Promise<ClusterPaths> {
  if (owner === undefined && userInfo().uid === 0)
    throw new Error('PostgreSQL refuses to run as root: name the user (uid and gid) that it is to run as');
  await makeReadableFolder(dirname(directory));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const paths = pathsIn(await realpath(directory));
  await mkdir(paths.socket, { recursive: true, mode: 0o700 });
  if (owner !== undefined)
    for (const path of [paths.directory, paths.socket]) await chown(path, owner.uid, owner.gid);
  return paths;
}

/** Makes the cluster unless there is one. Safe when two do it at once. */
export async function ensureCluster(
  bin: string,
  paths: ClusterPaths,
  superuser: string,
  durable: boolean,
  owner: Owner | undefined,
): Promise<void> {
  const existing = await stat(paths.data).catch(() => null);
  const uid = owner?.uid ?? userInfo().uid;
  if (existing === null) await initialise(bin, paths, superuser, durable, owner);
  else if (existing.uid !== uid)
    throw new Error(
      `${paths.data} belongs to user ${existing.uid}, but PostgreSQL is to run as ${uid}: ` +
        'run it as its owner, or give the directory to that user with chown -R',
    );
}

function pathsIn(directory: string): ClusterPaths {
  const socket = join(directory, 's');
  const name = join(socket, `.s.PGSQL.${PORT}`);
  if (Buffer.byteLength(name) > LONGEST_SOCKET)
    throw new Error(
      `The socket ${name} would have a path of ${Buffer.byteLength(name)} bytes, and Unix allows ${LONGEST_SOCKET}: ` +
        'use a shorter directory',
    );
  return {
    directory,
    data: join(directory, 'data'),
    socket,
    log: join(directory, 'log'),
    password: join(directory, 'data', 'twokey.password'),
  };
}

/** Into a directory of its own first: an interrupted initdb must never be taken for a cluster. */
async function initialise(
  bin: string,
  paths: ClusterPaths,
  superuser: string,
  durable: boolean,
  owner: Owner | undefined,
): Promise<void> {
  const making = await mkdtemp(join(paths.directory, 'new-'));
  const data = join(making, 'data');
  const password = join(making, 'password');
  await writeFile(password, newPassword(), { mode: 0o600 });
  await chmod(making, 0o700);
  if (owner !== undefined) for (const path of [making, password]) await chown(path, owner.uid, owner.gid);
  const given = ['-D', data, '-U', superuser, '--pwfile', password, '-E', 'UTF8', '--locale=C'];
  const { exitCode, stderr, message } = await execa(
    join(bin, 'initdb'),
    [...given, '--auth=scram-sha-256', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
    { ...owner, cwd: making, env: ENVIRONMENT, extendEnv: false, timeout: INITDB_MS, reject: false },
  );
  try {
    if (exitCode !== 0)
      throw new Error(`initdb could not make a cluster in ${paths.directory}: ${stderr || message}`);
    await rename(password, join(data, basename(paths.password)));
    await rename(data, paths.data).catch(ignoreWhenThere);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

function ignoreWhenThere(error: unknown): void {
  if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) throw error;
}
