import { describe, expect, test } from '@jest/globals';
import { type Candidate, chooseLatest, dateFindings } from '../../../src/runner/backups/choose.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-20T12:00:00Z');
const candidate = (path: string, dates: Partial<Candidate> = {}): Candidate => ({
  order: 0,
  path,
  display: `/b/${path}`,
  insideAt: null,
  nameAt: null,
  modifiedAt: null,
  ...dates,
});
const codes = (findings: readonly { severity: string; code: string }[]) =>
  findings.map(({ severity, code }) => `${severity} ${code}`);

describe('the latest backup', () => {
  test('is the newest by the date inside, whatever names and file times say', () => {
    const old = candidate('z', { insideAt: NOW - 50 * HOUR, nameAt: NOW, modifiedAt: NOW });
    const fresh = candidate('a', {
      insideAt: NOW - HOUR,
      nameAt: NOW - 90 * HOUR,
      modifiedAt: NOW - 90 * HOUR,
    });
    expect(chooseLatest([old, fresh]).chosen).toBe(fresh);
  });

  test('is the newest by name where nothing inside can be read, a broken one too', () => {
    const broken = candidate('b', { nameAt: NOW });
    const whole = candidate('a', { insideAt: NOW - HOUR, nameAt: NOW - HOUR });
    expect(chooseLatest([whole, broken]).chosen).toBe(broken);
  });

  test('is never chosen by the time of a file', () => {
    const undated = candidate('new.dump', { modifiedAt: NOW });
    const dated = candidate('old.dump', { nameAt: NOW - 90 * HOUR, modifiedAt: NOW - 90 * HOUR });
    const { chosen, findings } = chooseLatest([undated, dated]);
    expect(chosen).toBe(dated);
    expect(codes(findings)).toEqual(['warning backup_undated']);
    expect(findings[0]?.text).toContain('/b/new.dump');
    expect(chooseLatest([undated]).chosen).toBeNull();
    expect(chooseLatest([]).chosen).toBeNull();
  });

  test('of equals is of the source that comes first, then the one that sorts last, and says so', () => {
    const same = { insideAt: NOW };
    const all = [candidate('a', { ...same, order: 1 }), candidate('a', same), candidate('b', same)];
    const { chosen, findings } = chooseLatest(all);
    expect(chosen).toBe(all[2]);
    expect(codes(findings)).toEqual(['note backup_tie']);
    expect(chooseLatest([...all].reverse()).chosen).toBe(all[2]);
  });
});

describe('dates of one backup', () => {
  const dates = (given: Partial<Candidate>) => codes(dateFindings(candidate('a', given), NOW));

  test('within 26 hours may be of other zones, beyond they disagree', () => {
    expect(dates({ insideAt: NOW, nameAt: NOW - 26 * HOUR })).toEqual([]);
    expect(dates({ insideAt: NOW, nameAt: NOW - 27 * HOUR })).toEqual(['warning backup_date_disagrees']);
  });

  test('a file that is older than its backup is strange, a younger one was copied', () => {
    expect(dates({ nameAt: NOW, modifiedAt: NOW - 27 * HOUR })).toEqual(['warning backup_date_disagrees']);
    expect(dates({ nameAt: NOW - 27 * HOUR, modifiedAt: NOW })).toEqual(['note backup_copied_later']);
  });

  test('a backup of tomorrow is reported', () => {
    expect(dates({ insideAt: NOW + 27 * HOUR })).toEqual(['warning backup_from_future']);
  });
});
