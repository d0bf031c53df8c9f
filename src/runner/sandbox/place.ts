import { access, chmod, constants, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { errorCode } from '../error-code.ts';
import { Refusal } from '../refusal.ts';

/** A socket's address holds 108 bytes, of which the last ends it. */
const SOCKET_PATH_LIMIT = 107;
const SOCKET_FILE = '.s.PGSQL.5432';
const LONGEST_NAME = 'op-7f3k-xxxx';

/** The server's port: part of the socket's name only, for nothing listens on TCP. */
export const PORT = 5432;

/** In a sandbox's directory: everything that pg_restore or psql said. It may quote rows and stays on the host. */
export const RESTORE_LOG = 'restore.log';

/** Where the parts of one sandbox lie. */
export interface Layout {
  readonly directory: string;
  /** The server's own data, 0700. */
  readonly data: string;
  /** Holds the unix socket, group of the operators. */
  readonly socket: string;
  /** The server's configuration, which its own user cannot change. */
  readonly configuration: string;
  readonly serverLog: string;
}

export function layoutOf(base: string, name: string): Layout {
  const directory = join(base, name);
  return {
    directory,
    data: join(directory, 'data'),
    socket: join(directory, 'run'),
    configuration: join(directory, 'conf'),
    serverLog: join(directory, 'server.log'),
  };
}

/** Refuses with `sandbox_directory` when no sandbox may ever be under this path. */
export function requirePlace(base: string, name = LONGEST_NAME): void {
  const path = normalize(base).replace(/(.)\/$/, '$1');
  if (FORBIDDEN.some((own) => path === own) || FORBIDDEN_TREES.some((tree) => `${path}/`.startsWith(tree))) {
    throw refusal(
      `${path} belongs to the system.`,
      'Name a directory of its own, such as /var/lib/twokey/sandboxes.',
    );
  }
  if (/[\n\r\0]/.test(path)) throw refusal('The path holds a line break.', 'Name another directory.');
  const bytes = Buffer.byteLength(join(layoutOf(path, name).socket, SOCKET_FILE));
  if (bytes <= SOCKET_PATH_LIMIT) return;
  throw refusal(
    `${path} is too long: a unix socket in it would take ${bytes} bytes, ${SOCKET_PATH_LIMIT} are allowed.`,
    `Name a directory whose path is at least ${bytes - SOCKET_PATH_LIMIT} bytes shorter.`,
  );
}

/**
 * Makes the base directory, or checks the one that is there: a real directory of this user's that
 * nobody else can write to, not inside a PostgreSQL data directory.
 */
export async function preparePlace(base: string): Promise<void> {
  requirePlace(base);
  try {
    await makeOpen(base);
  } catch (error) {
    throw refusal(
      `${base} cannot be made (${errorCode(error) ?? 'no reason given'}).`,
      'Make it and give it to the runner’s user.',
    );
  }
  await checkPlace(base);
}

/** Everybody may pass, whatever the umask: the server's user and the operators have to. */
async function makeOpen(base: string): Promise<void> {
  const first = await mkdir(base, { recursive: true });
  if (first === undefined) return;
  for (let path = base; path.length >= first.length; path = dirname(path)) await chmod(path, 0o711);
}

/** The same checks without making anything: the base directory may not exist yet, then its parent counts. */
export async function checkPlace(base: string): Promise<void> {
  requirePlace(base);
  const seen = await lstat(base).catch(() => null);
  if (seen === null) return requireWritable(await nearestParent(base));
  if (!seen.isDirectory())
    throw refusal(`${base} is not a directory, or a link to one.`, 'Name a directory.');
  if (seen.uid !== process.getuid?.()) {
    throw refusal(
      `${base} belongs to uid ${seen.uid}, this process is uid ${process.getuid?.()}.`,
      'Give the directory to the runner’s user, or name another.',
    );
  }
  if ((seen.mode & 0o022) !== 0) {
    throw refusal(`${base} can be written by others.`, `Run: chmod go-w ${base}`);
  }
  await requireWritable(base);
}

async function requireWritable(directory: string): Promise<void> {
  for (let path = directory; path !== '/'; path = dirname(path)) {
    if (await exists(join(path, 'PG_VERSION'))) {
      throw refusal(`${path} is the data directory of a PostgreSQL server.`, 'Name a directory outside it.');
    }
  }
  try {
    await access(directory, constants.W_OK | constants.X_OK);
  } catch {
    throw refusal(`${directory} cannot be written.`, 'Give it to the runner’s user, or name another.');
  }
}

/** The nearest directory above a path that exists. */
export async function nearestParent(path: string): Promise<string> {
  let parent = path;
  while (parent !== '/' && !(await exists(parent))) parent = dirname(parent);
  return parent;
}

/** The first directory on the way to `base` that this user may not pass; null when the way is free. */
export async function closedParent(
  base: string,
  user: { readonly uid: number; readonly gid: number },
): Promise<string | null> {
  for (let path = await nearestParent(base); path !== '/'; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return path;
  }
  return null;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function refusal(message: string, hint: string): Refusal {
  return new Refusal('sandbox_directory', `The sandbox directory cannot be used: ${message}`, hint);
}

/** Places that a configuration may name by accident and that must never hold throwaway directories. */
const FORBIDDEN = [
  '/',
  '/var',
  '/tmp',
  '/var/tmp',
  '/var/lib',
  '/home',
  '/root',
  '/srv',
  '/opt',
  '/mnt',
  '/dev/shm',
];
const FORBIDDEN_TREES = [
  '/etc/',
  '/usr/',
  '/bin/',
  '/sbin/',
  '/lib/',
  '/boot/',
  '/proc/',
  '/sys/',
  '/var/lib/postgresql/',
];
