import { describe, expect, test } from '@jest/globals';
import { compilePattern, readName } from '../../../src/runner/backups/patterns.ts';

const at = (pattern: string, path: string, { zone = 'UTC', encrypted = false } = {}) => {
  const { matches, at: instant } = readName(path, [compilePattern(pattern, encrypted)], zone);
  return matches ? (instant === null ? 'no date' : new Date(instant).toISOString()) : 'no match';
};

describe('a name pattern', () => {
  test.each([
    ['brace_{YYYY}{MM}{DD}_{hh}{mm}{ss}.dump', 'brace_20260203_045206.dump', '2026-02-03T04:52:06.000Z'],
    [
      'zenops_db_{YYYY}-{MM}-{DD}_{hh}-{mm}-{ss}.dump',
      'zenops_db_2026-02-09_14-30-00.dump',
      '2026-02-09T14:30:00.000Z',
    ],
    [
      'backup_{YYYY}{MM}{DD}_{hh}{mm}{ss}.sql.gz',
      'backup_20261120_031507.sql.gz',
      '2026-11-20T03:15:07.000Z',
    ],
    ['brace_tg_{YYYY}{MM}{DD}{hh}{mm}{ss}.dump', 'brace_tg_20260203045206.dump', '2026-02-03T04:52:06.000Z'],
    ['{YYYY}/{MM}/db_{YYYY}{MM}{DD}*.dump', '2026/02/db_20260203-full.dump', '2026-02-03T00:00:00.000Z'],
  ])('%s says the date of %s', (pattern, path, instant) => {
    expect(at(pattern, path)).toBe(instant);
  });

  test.each([
    ['a{YYYY}.dump', 'a2026.dump', 'no date'],
    ['*.dump', 'anything.dump', 'no date'],
    ['*.dump', 'sub/anything.dump', 'no match'],
    ['a.b_{YYYY}{MM}{DD}', 'axb_20260101', 'no match'],
    ['a_{YYYY}{MM}{DD}', 'a_20261332', 'no date'],
    ['{YYYY}/{YYYY}{MM}{DD}', '2025/20260101', 'no match'],
  ])('%s on %s: %s', (pattern, path, outcome) => {
    expect(at(pattern, path)).toBe(outcome);
  });

  test('takes `.enc` on top only where the source is encrypted', () => {
    expect(at('a_{YYYY}{MM}{DD}.dump', 'a_20260101.dump.enc')).toBe('no match');
    expect(at('a_{YYYY}{MM}{DD}.dump', 'a_20260101.dump.enc', { encrypted: true })).toBe(
      '2026-01-01T00:00:00.000Z',
    );
    expect(at('a_{YYYY}{MM}{DD}.dump', 'a_20260101.dump', { encrypted: true })).toBe(
      '2026-01-01T00:00:00.000Z',
    );
  });

  test('reads dates in the zone of the source, also where its clock jumps', () => {
    const berlin = (path: string) => at('{YYYY}{MM}{DD}_{hh}{mm}', path, { zone: 'Europe/Berlin' });
    expect(berlin('20260701_0300')).toBe('2026-07-01T01:00:00.000Z');
    expect(berlin('20261201_0300')).toBe('2026-12-01T02:00:00.000Z');
    // 02:30 does not exist on this day, and exists twice on that one: the first counts.
    expect(berlin('20260329_0230')).toBe('2026-03-29T01:30:00.000Z');
    expect(berlin('20261025_0230')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('{YYYY}{MM}{DD}_{hh}{mm}', '20260101_1300', { zone: 'Pacific/Kiritimati' })).toBe(
      '2025-12-31T23:00:00.000Z',
    );
  });

  test('with an unknown part is an error that names it and the known ones', () => {
    expect(() => compilePattern('a_{YY}.dump', false)).toThrow(/`\{YY\}`.*known are \{YYYY\}/);
  });
});
