import { setTimeout as sleep } from 'node:timers/promises';
import prettyMs from 'pretty-ms';

/** Where progress goes: one line of plain text at a time. */
export type Say = (line: string) => void;

const SILENCE_MS = 2_000;
const REPEAT_MS = 5_000;

/** Awaits `work`, and says what is going on when it takes longer than two seconds, then every five. */
export async function patiently<T>(say: Say, doing: string, work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const done = new AbortController();
  void (async () => {
    await sleep(SILENCE_MS, null, { signal: done.signal, ref: false });
    say(`${doing}…`);
    for (;;) {
      await sleep(REPEAT_MS, null, { signal: done.signal, ref: false });
      say(`${doing}… ${prettyMs(performance.now() - begun, { secondsDecimalDigits: 0 })} so far`);
    }
  })().catch(() => {});
  try {
    return await work;
  } finally {
    done.abort();
  }
}
