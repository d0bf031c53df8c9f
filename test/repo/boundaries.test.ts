import { posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryFiles, textOf } from './files.ts';

const PURE = ['operation', 'audit', 'actions'];

/** The folders that a folder's files may import from. `cli` and `demo` put the program together: they may do all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  audit: [],
  actions: ['audit'],
  operation: ['audit', 'actions'],
  wire: PURE,
  config: PURE,
  slack: [...PURE, 'wire'],
  store: [...PURE, 'wire'],
  engine: [...PURE, 'wire'],
  bot: [...PURE, 'wire', 'config', 'slack', 'store', 'engine'],
  runner: [...PURE, 'wire', 'config'],
  console: [...PURE, 'store'],
  'local-slack': [],
};
/** Where these meet the outside world; the bot sees the port and not what is behind it. */
const PORTS = ['slack/slack.ts', 'slack/intake.ts', 'store/store.ts', 'engine/engine.ts'];
const COMPOSITION_ROOTS = ['cli', 'demo', 'main.ts'];

/** What is wrong with the imports of one file; `path` is relative to `src/`. */
function misplaced(path: string, text: string): string[] {
  const folder = path.split('/')[0] ?? '';
  if (COMPOSITION_ROOTS.includes(folder)) return [];
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined) return [`${path}: nobody has said what \`${folder}\` may import`];
  return importsOf(text).flatMap((imported) => {
    if (!imported.startsWith('.')) {
      const free = !PURE.includes(folder) || ['zod', 'node:crypto'].includes(imported);
      return free ? [] : [`${path}: \`${folder}\` is pure and may not import ${imported}`];
    }
    const wanted = posix.join(posix.dirname(path), imported);
    const from = wanted.split('/')[0] ?? '';
    if (from === folder) return [];
    if (!allowed.includes(from)) return [`${path}: \`${folder}\` may not import from \`${from}\``];
    const behind = ['slack', 'store', 'engine'].includes(from) && !PORTS.includes(wanted);
    return behind ? [`${path}: ${wanted} is not a port`] : [];
  });
}

function importsOf(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'|^import '([^']+)'/gm,
  );
  return [...statements].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? '');
}

describe('import boundaries', () => {
  const sources = repositoryFiles('src/*.ts', 'src/*.tsx').map((path) => path.replace(/^src\//, ''));

  test('every file of src/ imports only what its folder may', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap((path) => misplaced(path, textOf(`src/${path}`)))).toEqual([]);
  });

  test('only config/environment.ts reads the environment', () => {
    const readers = sources.filter((path) => /\bprocess\s*\.\s*env\b(?!`)/.test(textOf(`src/${path}`)));
    expect(readers).toEqual(['config/environment.ts']);
  });

  test.each([
    ['bot/x.ts', "import { a } from '../runner/a.ts';"],
    ['runner/actions/x.ts', "import type { A } from '../../bot/a.ts';"],
    ['runner/x.ts', "export * from '../store/store.ts';"],
    ['bot/x.ts', "const { a } = await import('../store/postgres/a.ts');"],
    ['bot/x.ts', "import '../slack/web.ts';"],
    ['operation/x.ts', "import { readFileSync } from 'node:fs';"],
    ['operation/x.ts', "import {\n  a,\n  b,\n} from '../config/a.ts';"],
    ['audit/x.ts', "import { a } from '../operation/a.ts';"],
    ['local-slack/x.ts', "import { a } from '../config/a.ts';"],
    ['somewhere/x.ts', ''],
  ])('%s with %j would be found', (path, text) => {
    expect(misplaced(path, text)).toHaveLength(1);
  });
});
