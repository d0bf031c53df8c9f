import { describe, expect, test } from '@jest/globals';
import type { BackupRef } from '../../../src/actions/backup.ts';
import { contentsCheck, describeBackup } from '../../../src/runner/backups/inspect-checks.ts';

const NOW = Date.parse('2026-11-21T06:00:00Z');
const ref: BackupRef = {
  source: 'local',
  path: 'a.dump',
  display: '/b/a.dump',
  format: 'custom',
  compression: 'none',
  encryption: 'openssl',
  sizeBytes: 64_661,
  sha256: 'ab'.repeat(32),
  version: null,
  takenAt: '2026-11-21T03:15:07.000Z',
  takenAtFrom: 'archive',
  database: 'shop',
  serverVersion: '15.20',
  dumpVersion: '15.20',
  restoredBytes: 0,
};
const table = { schema: 'public', name: 't', bytes: 1 };
const decoded = (rows: readonly (number | null)[], proven = true) => ({
  contents: {
    tables: rows.map((count) => ({ ...table, rows: count })),
    roles: [],
    extensions: [],
    items: 1,
    largeObjects: false,
  },
  decodedBytes: 1,
  proven,
  findings: [],
});

describe('what preflight says of a backup', () => {
  test('names it, its layers, its age and its database', () => {
    expect(describeBackup(ref, 'shop', NOW).map(({ outcome, text }) => `${outcome}: ${text}`)).toEqual([
      'pass: /b/a.dump: custom archive, encrypted with openssl of PostgreSQL 15.20, 64.7 kB, SHA-256 abababababab….',
      'pass: Taken 2026-11-21 03:15 UTC, as the backup itself says.',
      'pass: It is of the database `shop`.',
    ]);
  });

  test('warns of one that missed a night, and does not guess an age', () => {
    const age = (takenAt: string | null) => describeBackup({ ...ref, takenAt }, undefined, NOW)[1];
    expect(age('2026-11-19T18:00:00.000Z')).toMatchObject({ code: 'backup_age', outcome: 'pass' });
    expect(age('2026-11-19T17:59:00.000Z')).toMatchObject({ code: 'backup_stale', outcome: 'warn' });
    expect(age(null)).toMatchObject({ code: 'backup_age', outcome: 'not-run' });
  });

  test('counts what it holds, and never calls passed what was not done', () => {
    expect(contentsCheck(ref, decoded([46_000, 273]))).toMatchObject({
      outcome: 'pass',
      text: 'Decoded to its end: 2 tables, 46 273 rows.',
    });
    expect(contentsCheck(ref, decoded([null]))).toMatchObject({
      outcome: 'pass',
      text: 'Decoded to its end: 1 table.',
    });
    expect(contentsCheck(ref, decoded([null], false))).toMatchObject({
      code: 'backup_decoded',
      outcome: 'not-run',
    });
    expect(contentsCheck(ref, null)).toMatchObject({ code: 'backup_decoded', outcome: 'not-run' });
  });
});
