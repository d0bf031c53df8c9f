import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';
import type { Progress } from '../../wire/progress.ts';

const BAR_WIDTH = 20;
/** A terminal is not written to more often than eyes can follow. */
const EVERY_MS = 100;

/** The part of a terminal, or of a file in its place, that progress is written to. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows progress: one line that changes on a terminal, a line for each stage elsewhere. */
export function liveProgress(screen: Screen, now: () => number = Date.now) {
  let stage = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (progress: Progress): void => {
      const newStage = progress.stage !== stage;
      stage = progress.stage;
      if (!screen.isTTY) {
        if (newStage) screen.write(`${stage}\n`);
        return;
      }
      if (!newStage && now() - shownAt < EVERY_MS) return;
      shownAt = now();
      screen.write(`\r\x1b[2K${progressLine(progress).slice(0, (screen.columns ?? 80) - 1)}`);
    },
    /** Takes the line away again. */
    end: (): void => {
      if (screen.isTTY && stage !== '') screen.write('\r\x1b[2K');
    },
  };
}

/** `Restoring table data [#####               ] 25 %, 12 MB/s, 9s left: table orders`. */
export function progressLine({ stage, done, total, unit, detail, ratePerSecond, etaMs }: Progress): string {
  const share = done !== undefined && total ? done / total : null;
  const bar = share === null ? '' : ` [${'#'.repeat(Math.floor(share * BAR_WIDTH)).padEnd(BAR_WIDTH)}]`;
  const amounts = [
    ...(share === null ? [] : [`${Math.floor(share * 100)} %`]),
    ...(ratePerSecond && unit
      ? [`${unit === 'bytes' ? prettyBytes(ratePerSecond) : `${ratePerSecond} ${unit}`}/s`]
      : []),
    ...(etaMs === undefined ? [] : [`${prettyMilliseconds(etaMs, { secondsDecimalDigits: 0 })} left`]),
  ].join(', ');
  return `${stage}${bar}${amounts === '' ? '' : ` ${amounts}`}${detail ? `: ${detail}` : ''}`;
}
