import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { VerifyConfig } from '../../config/runner-config.ts';
import { Refusal } from '../refusal.ts';

const COMMAND_TIMEOUT_MS = 60_000;

type Head = NonNullable<VerifyConfig['migration']>['head'];

/** What the newest migration should be. */
export interface ExpectedHead {
  /** More than one where a tool has branches. */
  readonly heads: readonly string[];
  /** Where it is known from, for people: `the command alembic`. */
  readonly from: string;
}

/** Finds out the expected head. Refuses with `migration_expectation` when its source does not tell. */
export async function expectedHead(
  head: Head,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<ExpectedHead> {
  if ('value' in head) return { heads: headsOf(head.value), from: 'the configured value' };
  if ('command' in head) return byCommand(head, environment, signal);
  const heads = await headsOfCheckout(head.checkout, head.tool);
  return { heads, from: `the checkout ${head.checkout}` };
}

/** `alembic heads` prints `ae1027a6 (head)`; several heads stand with commas or spaces between them. */
function headsOf(text: string): string[] {
  return text
    .replaceAll(/\((?:head|effective head|mergepoint|branchpoint)\)/g, ' ')
    .split(/[\s,]+/)
    .filter(Boolean);
}

async function byCommand(
  { command, directory }: Extract<Head, { command: string[] }>,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<ExpectedHead> {
  const [program = '', ...args] = command;
  const env = {
    PATH: environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: environment['HOME'] ?? '/',
  };
  const { stdout, exitCode, failed } = await execa(program, args, {
    env,
    extendEnv: false,
    stdin: 'ignore',
    timeout: COMMAND_TIMEOUT_MS,
    cancelSignal: signal,
    reject: false,
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  const heads = headsOf(stdout?.trim().split('\n').at(-1) ?? '');
  if (failed || heads.length === 0) {
    throw refusal(
      `The command ${program} ${failed ? `failed (exit code ${exitCode ?? 'none'})` : 'printed nothing'}.`,
      'Run it on the host as the runner’s user; its last line must be the head.',
    );
  }
  return { heads, from: `the command ${program}` };
}

/** The heads that lie in a checkout of the application. */
export async function headsOfCheckout(
  checkout: string,
  tool: 'alembic' | 'prisma' | 'sql-files',
): Promise<string[]> {
  for (const place of PLACES[tool]) {
    const directory = join(checkout, place);
    if (!(await stat(directory).catch(() => null))?.isDirectory()) continue;
    const heads = await READERS[tool](directory);
    if (heads.length > 0) return heads;
  }
  throw refusal(
    `No ${tool} migrations were found in ${checkout}.`,
    `Looked into ${PLACES[tool].map((place) => place || '.').join(', ')}; name the directory itself.`,
  );
}

const PLACES = {
  alembic: ['', 'versions', 'alembic/versions', 'migrations/versions'],
  prisma: ['', 'migrations', 'prisma/migrations'],
  'sql-files': ['', 'migrations', 'db/migrations', 'db/migrate', 'sql'],
} as const;

const READERS = { alembic: alembicHeads, prisma: prismaHeads, 'sql-files': sqlHeads } as const;

/** Revisions that no other revision builds upon. */
async function alembicHeads(directory: string): Promise<string[]> {
  const revisions = new Set<string>();
  const built = new Set<string>();
  for (const name of (await readdir(directory)).filter((name) => name.endsWith('.py'))) {
    const text = await readFile(join(directory, name), 'utf8');
    const revision = /^revision\b[^=\n]*=\s*['"]([^'"]+)['"]/m.exec(text)?.[1];
    if (revision === undefined) continue;
    revisions.add(revision);
    const down = /^down_revision\b[^=\n]*=\s*(\([^)]*\)|[^\n]*)/m.exec(text)?.[1] ?? '';
    for (const [, below = ''] of down.matchAll(/['"]([^'"]+)['"]/g)) built.add(below);
  }
  return [...revisions].filter((revision) => !built.has(revision)).sort();
}

async function prismaHeads(directory: string): Promise<string[]> {
  const names = (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const migrations = await Promise.all(
    names.map(async ({ name }) => {
      const file = await stat(join(directory, name, 'migration.sql')).catch(() => null);
      return file ? [name] : [];
    }),
  );
  return migrations.flat().sort().slice(-1);
}

async function sqlHeads(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter(
    (name) => name.endsWith('.sql') && !name.endsWith('.down.sql'),
  );
  const number = (name: string) => Number(/^[Vv]?(\d+)/.exec(name)?.[1] ?? Number.NaN);
  return names.sort((a, b) => number(a) - number(b) || a.localeCompare(b, 'en')).slice(-1);
}

function refusal(message: string, hint: string): Refusal {
  return new Refusal('migration_expectation', message, hint);
}
