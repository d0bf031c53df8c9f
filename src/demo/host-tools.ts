import { access, constants, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { platform, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { processEnvironment } from '../config/environment.ts';
import { patiently, type Say } from './say.ts';

/** A whole PostgreSQL of this host: its server and the client tools that fit it. */
export interface HostTools {
  readonly major: number;
  /** `15.20` */
  readonly version: string;
  /** The folder of `pg_dump`, `pg_restore`, `psql`, `initdb` and `postgres`. */
  readonly bin: string;
  /** The folder that holds `bin` or `<major>/bin`: what `sandbox.postgres` of `runner.yml` wants. */
  readonly root: string;
}

const PROGRAMS = ['pg_dump', 'pg_restore', 'psql', 'initdb', 'postgres'];
const OLDEST = 13;
const DEBIAN_ROOT = '/usr/lib/postgresql';
const INSTALL = ['postgresql', 'openssl'];
const APT_MS = 10 * 60_000;
const BY_HAND = `apt-get update && apt-get install -y --no-install-recommends ${INSTALL.join(' ')}`;

/** Where things are looked for; the host itself unless a test says otherwise. */
export interface HostView {
  readonly debianRoot?: string;
  readonly path?: string;
}

/**
 * Finds the newest whole PostgreSQL of this host and `openssl`, and installs them where it may: as root
 * on Debian and its kin, without making or starting a server.
 *
 * @throws Error with the one line to run, where it may not.
 */
export async function ensureHostTools(say: Say): Promise<HostTools> {
  requireLinux(platform());
  const found = await findHostTools();
  if (found !== null && (await hasOpenssl())) return found;
  const missing = [
    ...(found === null ? ['the PostgreSQL server and client tools'] : []),
    ...((await hasOpenssl()) ? [] : ['openssl']),
  ];
  const why = await whyNotInstall();
  if (why !== null) throw new Error(`This host lacks ${missing.join(' and ')}. ${why}`);
  say(`This host lacks ${missing.join(' and ')}.`);
  say(`Installing ${INSTALL.join(' and ')} with apt-get; no database server is made or started by it.`);
  await install(say);
  const installed = await findHostTools();
  if (installed === null || !(await hasOpenssl()))
    throw new Error(
      `apt-get ended well, but ${PROGRAMS.join(', ')} and openssl are not all there; look into ${DEBIAN_ROOT}`,
    );
  say(`PostgreSQL ${installed.version} is installed.`);
  return installed;
}

/** @throws Error that says what does run elsewhere. */
export function requireLinux(system: string): void {
  if (system !== 'linux')
    throw new Error(
      `The demo and the runner need Linux, and this is ${system}. Run the demo in a Linux container or virtual machine; ` +
        'only the bot runs here.',
    );
}

/** @returns null when no folder holds all the programs in one version, 13 or later. */
export async function findHostTools(view: HostView = {}): Promise<HostTools | null> {
  const { debianRoot = DEBIAN_ROOT, path = processEnvironment()['PATH'] ?? '' } = view;
  const majors = (await readdir(debianRoot).catch(() => [])).map(Number).filter((major) => major >= OLDEST);
  const packaged = majors
    .sort((a, b) => b - a)
    .map((major) => ({ bin: join(debianRoot, String(major), 'bin'), root: debianRoot }));
  const onPath = path
    .split(':')
    .filter((bin) => bin.startsWith('/'))
    .map((bin) => ({ bin, root: dirname(bin) }));
  for (const { bin, root } of [...packaged, ...onPath]) {
    if (!(await Promise.all(PROGRAMS.map((name) => executable(join(bin, name))))).every(Boolean)) continue;
    const versions = await Promise.all(PROGRAMS.map((name) => versionOf(join(bin, name))));
    const [version] = versions;
    if (!version || versions.some((other) => majorOf(other ?? '') !== majorOf(version))) continue;
    if (majorOf(version) >= OLDEST) return { major: majorOf(version), version, bin, root };
  }
  return null;
}

/** `pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`, `postgres (PostgreSQL) 18beta1` */
export function parseVersion(line: string): string | null {
  return /\(PostgreSQL\) ([0-9]+(?:\.[0-9]+)*)/.exec(line)?.[1] ?? null;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

async function versionOf(program: string): Promise<string | null> {
  const { stdout } = await execa(program, ['--version'], { timeout: 20_000, reject: false });
  return parseVersion(stdout);
}

async function hasOpenssl(): Promise<boolean> {
  const { exitCode } = await execa('openssl', ['version'], { timeout: 20_000, reject: false });
  return exitCode === 0;
}

function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** @returns what a person should do instead, or null when we may install. */
async function whyNotInstall(): Promise<string | null> {
  if (!isDebianLike(await readFile('/etc/os-release', 'utf8').catch(() => '')))
    return `Install PostgreSQL ${OLDEST} or later (server and client) and openssl with this system's package manager, and start again.`;
  if (userInfo().uid !== 0)
    return `Run this line as root, and start again (it may also start a database server, which the demo does not use): ${BY_HAND}`;
  return null;
}

/** os-release(5): Debian, Ubuntu and whatever says that it is like them. */
export function isDebianLike(osRelease: string): boolean {
  return /^ID(?:_LIKE)?="?(?:[a-z0-9.-]+ )*(?:debian|ubuntu)\b/m.test(osRelease);
}

async function install(say: Say): Promise<void> {
  await withoutMainCluster(async () => {
    // A list that cannot be read is only a problem when the packages then cannot be found.
    const lists = await aptGet(say, 'Reading the package lists', ['update']);
    const packages = await aptGet(say, 'Installing packages', [
      'install',
      '-y',
      '--no-install-recommends',
      ...INSTALL,
    ]);
    if (packages.failed)
      throw new Error(
        `apt-get could not install ${INSTALL.join(' and ')}: ${[...packages.problems, ...lists.problems].join(' ')}. ` +
          `By hand, as root: ${BY_HAND}`,
      );
  });
}

/** Debian's package makes and starts a cluster of its own unless this file says no: createcluster.conf(5). */
async function withoutMainCluster(work: () => Promise<void>): Promise<void> {
  const file = '/etc/postgresql-common/createcluster.d/twokey.conf';
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'create_main_cluster = false\n');
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** What it had to say against it, in its own words. */
interface AptResult {
  readonly failed: boolean;
  readonly problems: readonly string[];
}

async function aptGet(say: Say, doing: string, args: readonly string[]): Promise<AptResult> {
  const running = execa('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    stdin: 'ignore',
    all: true,
    timeout: APT_MS,
    reject: false,
  });
  const { exitCode, all, timedOut } = await patiently(say, doing, running);
  const late = timedOut ? [`It took longer than ${APT_MS / 60_000} minutes.`] : [];
  return {
    failed: exitCode !== 0,
    problems: [...late, ...all.split('\n').filter((line) => /^(E|W):/.test(line))],
  };
}
