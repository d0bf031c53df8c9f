import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type PostgresVersion, parsePostgresVersion } from './version.ts';

const SERVER_PROGRAMS = ['initdb', 'postgres'];
const CLIENT_PROGRAMS = ['pg_restore', 'psql'];
const VERSION_TIMEOUT_MS = 10_000;

/** One `bin` directory of PostgreSQL programs. Packages split server and client, so either may be absent. */
export interface Installation {
  readonly bin: string;
  /** The version of `postgres`; null unless all server programs are there. */
  readonly server: PostgresVersion | null;
  /** The version of `psql`; null unless all client programs are there. */
  readonly client: PostgresVersion | null;
}

/**
 * Looks into each folder's own `bin` and that of each of its children, and asks the programs there for
 * their exact versions. Folders that do not exist are passed over; a program that does not answer does
 * not count.
 */
export async function findInstallations(folders: readonly string[]): Promise<Installation[]> {
  const bins = (await Promise.all(folders.map(binDirectories))).flat();
  const found = await Promise.all(bins.map(describe));
  return found.filter(({ server, client }) => server !== null || client !== null);
}

async function binDirectories(folder: string): Promise<string[]> {
  const children = await readdir(folder).catch(() => []);
  return [join(folder, 'bin'), ...children.sort().map((child) => join(folder, child, 'bin'))];
}

async function describe(bin: string): Promise<Installation> {
  const [server, client] = await Promise.all([
    versionOf(bin, SERVER_PROGRAMS, 'postgres'),
    versionOf(bin, CLIENT_PROGRAMS, 'psql'),
  ]);
  return { bin, server, client };
}

async function versionOf(bin: string, programs: string[], speaker: string): Promise<PostgresVersion | null> {
  try {
    await Promise.all(programs.map((program) => access(join(bin, program), constants.X_OK)));
    const { stdout } = await execa(join(bin, speaker), ['--version'], {
      extendEnv: false,
      env: { LC_ALL: 'C' },
      timeout: VERSION_TIMEOUT_MS,
    });
    return parsePostgresVersion(stdout);
  } catch {
    return null;
  }
}
