import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FINDING_CODES } from '../../../src/runner/verify/findings.ts';

const SANDBOX = new URL('../../../src/runner/sandbox', import.meta.url).pathname;
const SOURCES = [SANDBOX, new URL('../../../src/runner/verify', import.meta.url).pathname];
const DOCS = new URL('../../../docs/verification.md', import.meta.url).pathname;

async function codesIn(heading: string): Promise<string[]> {
  const section = (await readFile(DOCS, 'utf8')).split(/^## /m).find((part) => part.startsWith(heading));
  return [...(section ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);
}

async function sourceText(folders: readonly string[]): Promise<string> {
  const texts = folders.map(async (folder) => {
    const names = (await readdir(folder)).filter((name) => name !== 'findings.ts');
    return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  });
  return (await Promise.all(texts)).flat(2).join('\n');
}

describe('docs/verification.md', () => {
  test('explains every finding that there is, and no other', async () => {
    expect((await codesIn('Findings')).sort()).toEqual(Object.keys(FINDING_CODES).sort());
  });

  test('every finding is given somewhere', async () => {
    const text = await sourceText(SOURCES);
    expect(Object.keys(FINDING_CODES).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  test('explains every check and every refusal of the sandbox', async () => {
    const text = await sourceText([SANDBOX]);
    const refused = [...text.matchAll(/new Refusal\(\s*'(\w+)'/g)].map(([, code = '']) => code);
    const checked = [...text.matchAll(/\bcode(?:: | = [^;]*)'(\w+)', (?:outcome|$)|code: '(\w+)'/gm)].map(
      ([, one, other]) => one ?? other ?? '',
    );
    expect(refused.length).toBeGreaterThan(5);
    expect(checked.length).toBeGreaterThan(5);
    const explained = [...(await codesIn('Checks')), ...(await codesIn('Refusals'))];
    for (const code of [...refused, ...checked]) expect(explained).toContain(code);
  });
});
