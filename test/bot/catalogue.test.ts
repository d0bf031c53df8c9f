import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CATALOGUE, say } from '../../src/bot/catalogue.ts';

const DOCS = readFileSync('docs/messages.md', 'utf8');
const DOCUMENTED = new Set(
  [...DOCS.matchAll(/^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code),
  ),
);

describe('docs/messages.md and the catalogue', () => {
  test('every code is explained, and nothing else is', () => {
    expect([...DOCUMENTED].sort()).toEqual(Object.keys(CATALOGUE).sort());
  });

  test('every note says what happened and what to do, in sentences', () => {
    for (const { text, hint } of Object.values(CATALOGUE)) {
      expect(`${text}|${hint}`).toMatch(/[.!:…}]\|.+[.}`]$/);
    }
  });

  test('what is not filled in stays visible, and an unknown code says that it is a bug', () => {
    expect(say('cancelled', {})).toContain('{code}');
    expect(say('no_such_code', {})).toContain('This is a bug');
  });
});
