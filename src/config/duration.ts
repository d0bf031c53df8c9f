import { z } from 'zod';

/** How durations are written in every file: a whole number and one unit. */
export const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,8}(s|m|h|d)$/, 'a duration such as 90s, 30m, 2h or 7d')
  .describe('A duration such as 90s, 30m, 2h or 7d');

/** A {@link Duration} that may also be none at all. */
export const DurationOrNone = z
  .string()
  .regex(/^(0s|[1-9][0-9]{0,8}(s|m|h|d))$/, 'a duration such as 10s or 1m, or 0s for none')
  .describe('A duration such as 10s or 1m, or 0s for none');

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * `30m` in milliseconds.
 *
 * @throws RangeError on anything that {@link DurationOrNone} would refuse.
 */
export function durationMs(text: string): number {
  const unit = text.at(-1);
  if (!DurationOrNone.safeParse(text).success || unit === undefined || !isUnit(unit)) {
    throw new RangeError(`Expected a duration such as 90s, 30m, 2h or 7d, got ${JSON.stringify(text)}`);
  }
  return Number(text.slice(0, -1)) * UNIT_MS[unit];
}

function isUnit(letter: string): letter is keyof typeof UNIT_MS {
  return Object.hasOwn(UNIT_MS, letter);
}
