import { describe, expect, test } from '@jest/globals';
import { wholeLadder } from '../../../src/actions/ladder.ts';
import { liveProgress, progressLine } from '../../../src/cli/verify/live.ts';
import type { RestoreTest } from '../../../src/cli/verify/restore-test.ts';
import { showRestoreTest } from '../../../src/cli/verify/show.ts';

const result: RestoreTest = {
  verdict: 'backup_not_verified',
  backup: {
    source: 'folder',
    path: 'a.dump',
    display: '/b/a.dump',
    format: 'custom',
    compression: 'none',
    encryption: 'none',
    sizeBytes: 1_200_000,
    sha256: 'a'.repeat(64),
    version: null,
    takenAt: '2026-11-20T02:00:04.000Z',
    takenAtFrom: 'archive',
    database: 'orders',
    serverVersion: '15.20',
    dumpVersion: '15.20',
    restoredBytes: 1,
  },
  checks: [
    { code: 'memory', outcome: 'pass', text: 'Enough.' },
    { code: 'disk_space', outcome: 'warn', text: 'Little room.' },
  ],
  rungs: wholeLadder(
    [
      {
        rung: 'restore',
        outcome: 'fail',
        summary: '1 error',
        findings: [{ severity: 'error', code: 'role_missing', text: 'The role x is missing.' }],
        durationMs: 1234,
      },
    ],
    'not reached',
  ),
  server: { serverVersion: '15.20', profile: 'fast' },
  kept: null,
  stopped: null,
  startedAt: '2026-11-21T00:00:00.000Z',
  durationMs: 2900,
};

describe('the report of twokey verify', () => {
  test('shows the backup, what is not well, every rung, findings, times and the verdict', () => {
    expect(showRestoreTest(result)).toBe(
      [
        '/b/a.dump',
        '  1.2 MB, database orders, PostgreSQL 15.20, taken 2026-11-20T02:00:04.000Z',
        `  SHA-256 ${'a'.repeat(64)}`,
        '  restored into PostgreSQL 15.20, profile fast',
        'warn: Little room.',
        '',
        'artifact      not run           not reached',
        'decode        not run           not reached',
        'restore       FAIL        1.2s  1 error',
        '    error role_missing: The role x is missing.',
        'counts        not run           not reached',
        'migration     not run           not reached',
        'sequences     not run           not reached',
        'foreign-keys  not run           not reached',
        '',
        'NOT VERIFIED in 2.9s',
        '',
      ].join('\n'),
    );
  });

  test('says why it ended early, and how to look at a copy that stays', () => {
    const stopped = { code: 'disk_full', text: 'No room.', hint: 'Make some.' };
    expect(showRestoreTest({ ...result, verdict: 'could_not_check', stopped })).toMatch(
      /disk_full: No room\. Make some\.\nCOULD NOT BE CHECKED in 2\.9s\n$/,
    );
    const kept = { inspect: ['psql', '--host', "/a b/it's"], removedAt: '2026-11-21T02:00:00.000Z' };
    expect(showRestoreTest({ ...result, kept })).toContain(`psql --host '/a b/it'\\''s'\n`);
  });
});

describe('live progress', () => {
  const restoring = {
    stage: 'Restoring',
    done: 25,
    total: 100,
    unit: 'bytes',
    ratePerSecond: 5,
    etaMs: 15_000,
  } as const;

  test('is one line with bar, rate and time left', () => {
    expect(progressLine({ ...restoring, detail: 'table a' })).toBe(
      'Restoring [#####               ] 25 %, 5 B/s, 15s left: table a',
    );
    expect(progressLine({ stage: 'Starting' })).toBe('Starting');
  });

  test('is rewritten in place on a terminal, not faster than eyes follow, and taken away at the end', () => {
    const written: string[] = [];
    let now = 0;
    const live = liveProgress({ isTTY: true, columns: 30, write: (text) => written.push(text) }, () => now);
    live.show(restoring);
    live.show(restoring);
    now = 200;
    live.show(restoring);
    live.end();
    expect(written).toEqual([
      '\r\x1b[2KRestoring [#####             ',
      '\r\x1b[2KRestoring [#####             ',
      '\r\x1b[2K',
    ]);
  });

  test('is a line for each stage elsewhere', () => {
    const written: string[] = [];
    const live = liveProgress({ write: (text) => written.push(text) });
    for (const stage of ['a', 'a', 'b']) live.show({ stage });
    live.end();
    expect(written).toEqual(['a\n', 'b\n']);
  });
});
