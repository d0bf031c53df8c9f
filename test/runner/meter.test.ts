import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { advance, readMeter, startMeter } from '../../src/runner/meter.ts';

const run = (total: number | null, counts: readonly [number, number][]) =>
  counts.reduce((meter, [at, done]) => advance(meter, at, done), startMeter(0, total));

describe('the meter', () => {
  test('gives the rate and the time left of even work', () => {
    const meter = run(1000, [
      [1000, 100],
      [2000, 200],
      [4000, 400],
    ]);
    expect(readMeter(meter, 4000)).toEqual({ done: 400, total: 1000, ratePerSecond: 100, etaMs: 6000 });
  });

  test('gives no estimate before 3 seconds', () => {
    expect(readMeter(run(1000, [[2900, 500]]), 2900).etaMs).toBeUndefined();
    expect(readMeter(run(1000, [[3000, 500]]), 3000).etaMs).toBe(3000);
  });

  test('gives no estimate before 5 percent', () => {
    expect(readMeter(run(1000, [[9000, 49]]), 9000).etaMs).toBeUndefined();
    expect(readMeter(run(1000, [[9000, 50]]), 9000).etaMs).toBe(171_000);
  });

  test('gives no estimate when the total is unknown, or the work stands still, or is done', () => {
    expect(readMeter(run(null, [[9000, 500]]), 9000)).toEqual({ done: 500, ratePerSecond: 56 });
    const still = run(1000, [
      [1000, 500],
      [20_000, 500],
      [40_000, 500],
    ]);
    expect(readMeter(still, 40_000)).toEqual({ done: 500, total: 1000, ratePerSecond: 0 });
    expect(readMeter(run(1000, [[9000, 1000]]), 9000).etaMs).toBeUndefined();
  });

  test('forgets how fast it went long ago', () => {
    const meter = run(100_000, [
      [1000, 50_000],
      [20_000, 50_100],
      [30_000, 50_200],
      [40_000, 50_300],
    ]);
    expect(readMeter(meter, 40_000).ratePerSecond).toBe(10);
  });

  test('never goes backwards and never passes its total', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10, max: 2000 })), (counts) => {
        let meter = startMeter(0, 1000);
        let before = 0;
        counts.forEach((count, index) => {
          meter = advance(meter, index * 500, count);
          expect(meter.done).toBeGreaterThanOrEqual(before);
          expect(meter.done).toBeLessThanOrEqual(1000);
          before = meter.done;
        });
      }),
    );
  });

  test('keeps few samples however long the work takes', () => {
    const counts = Array.from({ length: 5000 }, (_, index): [number, number] => [index * 1000, index]);
    expect(run(10_000, counts).samples.length).toBeLessThan(20);
  });
});
