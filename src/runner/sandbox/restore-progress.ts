import type { Progress } from '../../wire/progress.ts';
import { advance, type Meter, readMeter, startMeter } from '../meter.ts';
import type { Said } from './pg-restore-output.ts';

const EVERY_MS = 500;

/** How much there is to do in an archive. */
export interface ArchiveWork {
  readonly bytes: number;
  readonly dataItems: number;
  readonly laterItems: number;
}

/** Follows pg_restore: bytes read while table data is loaded, then finished items for what comes after. */
export function reportArchiveProgress(
  report: (progress: Progress) => void,
  work: ArchiveWork,
  everyMs = EVERY_MS,
) {
  let timer: NodeJS.Timeout | undefined;
  let bytes: Meter = startMeter(Date.now(), work.bytes);
  const finished = { data: 0, later: 0 };
  let latest = '';

  const tick = async (bytesRead: () => Promise<number>) => {
    const counted = await bytesRead();
    const now = Date.now();
    bytes = advance(bytes, now, counted);
    const loaded = finished.data >= work.dataItems && work.laterItems > 0;
    report(
      loaded
        ? // One index may take a second and the next an hour: a rate, or a time left, would be made up.
          {
            stage: 'Building indexes and constraints',
            unit: 'items',
            done: Math.min(finished.later, work.laterItems),
            total: work.laterItems,
            ...detail(),
          }
        : { stage: 'Restoring table data', unit: 'bytes', ...readMeter(bytes, now), ...detail() },
    );
  };
  const detail = () => {
    const indexes =
      work.laterItems > 0 ? `, indexes and constraints ${finished.later} of ${work.laterItems}` : '';
    const text = `${latest === '' ? 'tables' : latest} (data ${finished.data} of ${work.dataItems}${indexes})`;
    return { detail: text.slice(0, 200) };
  };

  return {
    start: (bytesRead: () => Promise<number>) => {
      report({ stage: 'Creating tables' });
      timer = setInterval(() => void tick(bytesRead), everyMs);
    },
    said: (said: Said) => {
      if (said.kind === 'begun') latest = said.item;
      if (said.kind !== 'finished') return;
      if (said.item.startsWith('TABLE DATA ')) finished.data += 1;
      else finished.later += 1;
    },
    stop: () => clearInterval(timer),
  };
}

/** Follows psql by the bytes of the file that went into it. */
export function reportSqlProgress(
  report: (progress: Progress) => void,
  totalBytes: number,
  done: () => number,
  everyMs = EVERY_MS,
) {
  report({ stage: 'Restoring the SQL dump' });
  let meter = startMeter(Date.now(), totalBytes);
  const timer = setInterval(() => {
    const now = Date.now();
    meter = advance(meter, now, done());
    // The statements after the data are few bytes and much work.
    if (meter.done >= totalBytes) return report({ stage: 'Building indexes and constraints' });
    report({ stage: 'Restoring the SQL dump', unit: 'bytes', ...readMeter(meter, now) });
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}
