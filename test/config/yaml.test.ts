import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { printProblems } from '../../src/config/problem.ts';
import { formatPath, parseYaml, readYaml } from '../../src/config/yaml.ts';
import { line, written } from './written.ts';

const Anything = z.record(z.string(), z.unknown());

function problems(text: string, schema: z.ZodType = Anything): string[] {
  const parsed = parseYaml(schema, text, 'file.yml');
  return parsed.ok ? [] : parsed.problems.map(line);
}

describe('YAML', () => {
  test('plain mappings, lists and scalars are read', () => {
    const parsed = parseYaml(Anything, 'a: [1, two, true]\nb:\n  - c: null\n', 'file.yml');
    expect(parsed).toMatchObject({ ok: true, value: { a: [1, 'two', true], b: [{ c: null }] } });
  });

  test.each([
    ['an empty file', '', ['0:0 : the file is empty']],
    ['a key given twice', 'a: 1\nb: 2\na: 3\n', ['3:1 : this key is given twice']],
    ['a tab for indentation', 'a:\n\tb: 1\n', ['2:1 : a tab; indent with spaces']],
    [
      'a second document',
      'a: 1\n---\nb: 1\n',
      ['2:1 : a second document (`---`) in one file; give it a file of its own'],
    ],
    ['a number as a key', 'a:\n  1: b\n', ['2:3 : keys must be text; put quotes around it']],
    ['a list as a key', '[a]: b\n', ['1:1 : keys must be text; put quotes around it']],
    ['nothing as a key', '? \n: b\n', ['1:3 : keys must be text; put quotes around it']],
    [
      'a key that would change prototypes',
      '__proto__: { a: 1 }\n',
      ['1:1 : keys must be text; put quotes around it'],
    ],
    ['a tag', 'a: !!binary aGk=\nb: !secret x\n', ['2:4 : Unresolved tag: !secret; tags are not read here']],
    ['an unclosed quote', 'a: "b\n', ['2:1 : not YAML: Missing closing "quote']],
    [
      'what the parser cannot follow',
      'a: { b: x{C}/d }\ne: 1\nf: 2\n',
      ['1:10 : not YAML from here on; a value with any of { } [ ] , : # needs quotes around it'],
    ],
    ['two colons in a line', 'a: b: c\n', ['1:4 : a second colon in one line; put quotes around the value']],
  ])('%s is refused', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('anchors and aliases are refused, so that no line can become a gigabyte', () => {
    expect(problems('a: &a [x, x]\nb: [*a, *a]\n')).toEqual([
      '1:7 : anchors (`&name`) are not read here',
      '2:5 : aliases (`*name`) are not read here; write the value out',
      '2:9 : aliases (`*name`) are not read here; write the value out',
    ]);
  });

  test('an alias of nothing is refused like any other', () => {
    expect(problems('a: *nothing\n')).toEqual([
      '1:4 : aliases (`*name`) are not read here; write the value out',
    ]);
  });

  test.each([
    ['brackets', '['.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['brackets over many lines', '[\n'.repeat(100_000)],
  ])('a hundred thousand nested %s do not bring the process down', (_, text) => {
    expect(problems(text)).toEqual(['0:0 : nested more than 32 levels deep']);
  });

  test('brackets in text are not nesting', () => {
    expect(problems(`a: "${'['.repeat(100)}"\nb: |\n  ${'{'.repeat(100)}\n`)).toEqual([]);
  });

  test('a file of a megabyte is refused', () => {
    expect(problems(`a: ${'x'.repeat(1_000_000)}`)).toEqual([
      '0:0 : the file has 1000003 characters, more than 262144',
    ]);
  });
});

describe('reading a file', () => {
  test('what cannot be read is a problem like any other', () => {
    const folder = written({ 'latin1.yml': '' });
    expect(readYaml(Anything, join(folder, 'none.yml'))).toMatchObject({
      ok: false,
      problems: [{ file: join(folder, 'none.yml'), message: 'there is no such file or directory' }],
    });
    expect(readYaml(Anything, folder)).toMatchObject({
      problems: [{ message: 'this is a directory, not a file' }],
    });
  });

  test.each([[[0x61, 0x3a, 0x20, 0xe9]], [[0xff, 0xfe, 0x61, 0x00]]])('bytes %j are not UTF-8', (bytes) => {
    const file = join(written({ 'a.yml': '' }), 'a.yml');
    writeFileSync(file, Buffer.from(bytes));
    expect(readYaml(Anything, file)).toMatchObject({ problems: [{ message: 'not UTF-8 text' }] });
  });

  test('a byte order mark is not part of the first key', () => {
    const file = join(written({ 'a.yml': '\uFEFFa: 1\n' }), 'a.yml');
    expect(readYaml(Anything, file)).toMatchObject({ ok: true, value: { a: 1 } });
  });
});

describe('printing problems', () => {
  test('one line each, in the order of files and lines', () => {
    const at = (file: string, at: number, path: string) => ({
      file,
      line: at,
      column: 2,
      path,
      message: 'wrong',
    });
    expect(printProblems([at('b.yml', 9, 'x'), at('b.yml', 10, ''), at('a.yml', 0, 'y')])).toBe(
      'a.yml  y: wrong\nb.yml:9:2  x: wrong\nb.yml:10:2  wrong',
    );
  });

  test('paths read as one would write them', () => {
    expect(formatPath(['steps', 1, 'with', 'restore-from'])).toBe('steps[1].with.restore-from');
    expect(formatPath(['policy-overrides', '/restore test'])).toBe('policy-overrides["/restore test"]');
  });
});
