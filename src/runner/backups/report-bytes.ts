import type { Progress } from '../../wire/progress.ts';
import { advance, readMeter, startMeter } from '../meter.ts';

const EVERY_MS = 500;

/** Turns counts of bytes into progress with rate and time left, at most twice a second. */
export function reportBytes(
  stage: string,
  total: number,
  tell: (progress: Progress) => void,
): (done: number) => void {
  let meter = startMeter(Date.now(), total);
  let told = 0;
  return (done) => {
    const now = Date.now();
    if (now - told < EVERY_MS && done < total) return;
    told = now;
    meter = advance(meter, now, done);
    tell({ stage, unit: 'bytes', ...readMeter(meter, now) });
  };
}
