/** A date on some machine's wall clock: it says no zone. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Milliseconds since 1970 at which a wall clock in the IANA zone shows `time`. A time that the clock
 * skips is taken as if it had not moved yet; of one that it shows twice, the first.
 *
 * @throws RangeError for a zone that Intl does not know.
 */
export function instantIn(time: LocalTime, zone: string): number {
  const asUtc = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  const candidates = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => asUtc - offsetAt(near, zone));
  const shown = candidates.filter((instant) => instant + offsetAt(instant, zone) === asUtc);
  return Math.min(...(shown.length > 0 ? shown : candidates.slice(0, 1)));
}

/** Null unless it is a day of the calendar and a time of that day, between 1970 and 9999. */
export function localTime(fields: LocalTime): LocalTime | null {
  const { year, month, day, hour, minute, second } = fields;
  if (!Object.values(fields).every(Number.isInteger) || year < 1970 || year > 9999) return null;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59)));
  const same =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  // C's struct tm may hold a leap second.
  return same && second >= 0 && second <= 60 ? fields : null;
}

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}
