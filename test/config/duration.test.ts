import { describe, expect, test } from '@jest/globals';
import { Duration, durationMs } from '../../src/config/duration.ts';

describe('durations', () => {
  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each(['', '5', 'm', '1.5h', '-1m', '1w', '1h30m', '01m', '0m', ' 1m', '9999999999d'])(
    'refuses %j',
    (text) => {
      expect(() => durationMs(text)).toThrow(`Expected a duration such as 90s, 30m, 2h or 7d, got "${text}"`);
    },
  );

  test('none at all is not a duration where one is needed', () => {
    expect(Duration.safeParse('0s').success).toBe(false);
  });
});
