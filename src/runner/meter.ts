/** Samples older than this no longer say how fast the work goes. */
const WINDOW_MS = 15_000;
/** Before both are reached an estimate would be a guess. */
const ESTIMATE_AFTER_MS = 3_000;
const ESTIMATE_AFTER_SHARE = 0.05;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** How far a piece of work has come: a value, moved on by `advance`. Times are milliseconds of one clock. */
export interface Meter {
  readonly total: number | null;
  readonly startedAt: number;
  readonly done: number;
  readonly samples: readonly Sample[];
}

/** What a meter says, in the words of `Progress`. */
export interface Reading {
  readonly done: number;
  readonly total?: number;
  readonly ratePerSecond?: number;
  readonly etaMs?: number;
}

/** Starts a meter over `total` units; null when the size of the work is unknown. */
export function startMeter(now: number, total: number | null): Meter {
  return { total, startedAt: now, done: 0, samples: [{ at: now, done: 0 }] };
}

/** Takes a new count. It never goes backwards and never passes the total, whatever the source counted. */
export function advance(meter: Meter, now: number, counted: number): Meter {
  const done = Math.floor(Math.min(Math.max(meter.done, counted), meter.total ?? Number.MAX_SAFE_INTEGER));
  const young = meter.samples.filter(({ at }) => now - at <= WINDOW_MS);
  const oldest = meter.samples.findLast(({ at }) => now - at > WINDOW_MS);
  return { ...meter, done, samples: [...(oldest ? [oldest] : []), ...young, { at: now, done }] };
}

/** The rate over the last seconds, and the time left once 5 % and 3 s have passed. */
export function readMeter(meter: Meter, now: number): Reading {
  const rate = recentRate(meter);
  const reading = {
    done: meter.done,
    ...(meter.total === null ? {} : { total: meter.total }),
    ...(rate === null ? {} : { ratePerSecond: Math.round(rate) }),
  };
  if (meter.total === null || rate === null || rate <= 0) return reading;
  const tooEarly =
    now - meter.startedAt < ESTIMATE_AFTER_MS || meter.done < meter.total * ESTIMATE_AFTER_SHARE;
  if (tooEarly || meter.done >= meter.total) return reading;
  return { ...reading, etaMs: Math.round(((meter.total - meter.done) / rate) * 1000) };
}

function recentRate({ samples }: Meter): number | null {
  const first = samples.at(0);
  const last = samples.at(-1);
  if (!first || !last || last.at <= first.at) return null;
  return ((last.done - first.done) * 1000) / (last.at - first.at);
}
