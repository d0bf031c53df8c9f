import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url).pathname;
const FOLDERS = ['', 'gates/', 'allow/', 'execute/', 'journal/'];
/** Not a refusal: it is answered with `received`. */
const SILENT = ['order_taken_before'];

/** Codes as they stand in the source: the first word of a Problem, a Refusal, or a gate's no. */
function codesInSource(): string[] {
  const sources = FOLDERS.flatMap((folder) =>
    readdirSync(`${ROOT}src/runner/${folder}`)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(`${ROOT}src/runner/${folder}${name}`, 'utf8')),
  );
  const codes = sources.flatMap((source) =>
    [...source.matchAll(/(?:\bno\(\s*|new Refusal\(\s*|code: |codeOf\(error, )'([a-z_]+)'/g)].map(
      ([, code]) => code ?? '',
    ),
  );
  return [...new Set(codes)].filter((code) => !SILENT.includes(code)).sort();
}

test('docs/refusals.md explains every code of the runner, and none that it does not have', () => {
  const page = readFileSync(`${ROOT}docs/refusals.md`, 'utf8');
  const explained = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code ?? '');
  expect(new Set(explained).size).toBe(explained.length);
  expect(explained.toSorted()).toEqual(codesInSource());
});
