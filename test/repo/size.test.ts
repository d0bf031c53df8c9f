import { describe, expect, test } from '@jest/globals';
import { place, repositoryFiles, textOf } from './files.ts';

const LINES_MAX = 300;

const code = repositoryFiles('*.ts', '*.tsx', '*.js', '*.mjs', '*.css', '*.html', '*.sql', '.ci/*');

/** Each written so that it does not find itself. */
const UNFINISHED = [
  /\b(?:TODO|FIXME|XXX|HACK)\b[:( ]/g,
  /\b(?:describe|test|it)\.(?:skip|only|todo|failing)\b/g,
  /\b(?:x|f)(?:describe|test|it)\(/g,
  /\bas (?:any\b(?! (?:of|other|more|one|kind)\b)|unknown as\b)/g,
  /: any\b(?! (?:of|other|more|one|kind)\b)/g,
  /@ts-(?:ignore|expect-error|nocheck)/g,
];

function unfinished(path: string, text: string): string[] {
  return UNFINISHED.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => `${place(path, text, index)}: ${found}`),
  );
}

describe('source files', () => {
  test(`none has more than ${LINES_MAX} lines`, () => {
    const long = code.filter((path) => textOf(path).trimEnd().split('\n').length > LINES_MAX);
    expect(long).toEqual([]);
  });

  test('half have at most 80 lines, nine in ten at most 200', () => {
    const sizes = code
      .filter((path) => path.startsWith('src/'))
      .map((path) => textOf(path).trimEnd().split('\n').length)
      .sort((a, b) => a - b);
    expect(sizes[Math.floor(sizes.length * 0.5)]).toBeLessThanOrEqual(80);
    expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThanOrEqual(200);
  });

  test('nothing is left for later, switched off, or untyped', () => {
    const others = code.filter((path) => path !== 'test/repo/size.test.ts');
    expect(others.flatMap((path) => unfinished(path, textOf(path)))).toEqual([]);
  });

  test.each([
    '// TODO: later',
    'test.only(',
    "describe.skip('x'",
    'xtest(',
    'value as any',
    'let x: any;',
    '// @ts-ignore',
  ])('%j would be found', (text) => {
    expect(unfinished('planted', text)).toHaveLength(1);
  });
});
