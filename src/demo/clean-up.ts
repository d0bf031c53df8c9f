import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from './say.ts';

/** What must not outlive the demo, in the order in which it came to be. */
export interface CleanUp {
  /** Registers something to undo; also while the clean-up runs, which then undoes it next. */
  add(what: string, undo: () => Promise<unknown>, deadlineMs?: number): void;
  /** Undoes everything, the newest first; again: the same promise. @throws Error that names what is left. */
  run(): Promise<void>;
  /** Aborts when the clean-up begins: whoever is still starting things should stop doing so. */
  readonly stopping: AbortSignal;
}

interface Entry {
  readonly what: string;
  readonly undo: () => Promise<unknown>;
  readonly deadlineMs: number;
}

const DEADLINE_MS = 20_000;

export function createCleanUp(): CleanUp {
  const entries: Entry[] = [];
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  const undoAll = async (): Promise<void> => {
    const left: string[] = [];
    for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
      const failure = await undo(entry);
      if (failure !== null) left.push(`${entry.what}: ${failure}`);
    }
    if (left.length > 0) throw new Error(`Left behind:\n${left.map((line) => `  - ${line}`).join('\n')}`);
  };
  return {
    add: (what, undo, deadlineMs = DEADLINE_MS) => {
      entries.push({ what, undo, deadlineMs });
    },
    stopping: stopping.signal,
    run: () => {
      stopping.abort(new Error('The demo is being stopped'));
      running ??= undoAll();
      return running;
    },
  };
}

/** @returns why it failed, or null. */
async function undo({ undo, deadlineMs }: Entry): Promise<string | null> {
  const timer = new AbortController();
  const late = sleep(deadlineMs, `not done within ${deadlineMs / 1000} s`, { signal: timer.signal });
  late.catch(() => {});
  try {
    return await Promise.race([
      Promise.resolve()
        .then(undo)
        .then(() => null),
      late,
    ]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    timer.abort();
  }
}

/** The part of `process` that ends a program. */
export interface EndingProcess {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  exit(code: number): void;
}

/** Signal → exit code: 128 and its number, as shells have it. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Cleans up and exits when the program is told to stop or fails where nobody catches it. A second
 * signal exits at once.
 */
export function cleanUpWhenStopped(cleanUp: CleanUp, say: Say, program: EndingProcess = process): void {
  let stopping = false;
  const stop = async (code: number, why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    say(why);
    try {
      await cleanUp.run();
      program.exit(code);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
      program.exit(1);
    }
  };
  for (const [name, code] of Object.entries(SIGNALS))
    program.on(name, () => {
      if (stopping) {
        say('Stopping at once. The next demo clears away what this one leaves.');
        program.exit(code);
      }
      void stop(code, 'Stopping. Once more to stop at once.');
    });
  for (const name of ['uncaughtException', 'unhandledRejection'])
    program.on(name, (error) => {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      void stop(1, 'This is a bug in Twokey. Cleaning up.');
    });
}
