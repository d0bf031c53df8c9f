import { describe, expect, test } from '@jest/globals';
import { parse } from '../../src/bot/parse.ts';
import type { Command } from '../../src/config/command.ts';

const command = (words: readonly string[], flags: readonly string[] = []): Command => ({
  name: '/restore',
  words,
  title: ['/restore', ...words].join(' '),
  summary: 'Restore',
  instead: null,
  when: null,
  docs: null,
  args: [
    { name: 'target', type: 'target', default: null, summary: null },
    { name: 'backup', type: 'backup', default: 'latest', summary: null },
    ...flags.map((name) => ({ name, type: 'flag' as const, default: null, summary: null })),
  ],
  policy: 'test',
  steps: [],
  examples: ['/restore test orders'],
  digest: 'd'.repeat(64),
});
const COMMANDS = [command(['test']), command([], ['seed-data'])];

describe('what people type becomes a value', () => {
  test.each([
    ['test orders', { target: 'orders', backup: 'latest' }],
    ['  test   orders   backup=nightly/a.dump ', { target: 'orders', backup: 'nightly/a.dump' }],
    ['TEST orders backup=s3://bucket/key', { target: 'orders', backup: 's3://bucket/key' }],
    ['test target=orders', { target: 'orders', backup: 'latest' }],
    ['test orders backup="two words.dump"', { target: 'orders', backup: 'two words.dump' }],
    ['test orders backup=\u201ctwo words.dump\u201d', { target: 'orders', backup: 'two words.dump' }],
    [
      'test orders backup=<https://x.example/a|x.example/a>',
      { target: 'orders', backup: 'https://x.example/a' },
    ],
    ['test orders backup=a&amp;b', { target: 'orders', backup: 'a&b' }],
  ])('%s', (text, values) => {
    const parsed = parse('/restore', text, COMMANDS);
    expect(parsed.kind).toBe('parsed');
    if (parsed.kind !== 'parsed') return;
    expect(parsed.command.title).toBe('/restore test');
    expect(Object.fromEntries(Object.entries(parsed.args).map(([name, { value }]) => [name, value]))).toEqual(
      values,
    );
  });

  test('a flag is true when it is named, and a reason is kept', () => {
    const parsed = parse('/restore', "orders seed-data reason='because of INC-7'", COMMANDS);
    expect(parsed).toMatchObject({
      kind: 'parsed',
      reason: 'because of INC-7',
      args: { 'seed-data': { value: true } },
    });
  });
});

describe('what cannot be understood is refused with a code', () => {
  test.each([
    ['/restore', 'test', 'missing_argument'],
    ['/restore', 'test orders speed=fast', 'unknown_argument'],
    ['/restore', 'test orders nonsense', 'unknown_argument'],
    ['/restore', 'test orders target=billing', 'argument_twice'],
    ['/restore', 'test orders dry-run', 'not_supported_yet'],
    ['/restore', 'test orders break-glass', 'not_supported_yet'],
    ['/wipe', 'orders', 'unknown_command'],
  ])('%s %s', (slash, text, code) => {
    expect(parse(slash, text, COMMANDS)).toMatchObject({ kind: 'refused', code });
  });
});
