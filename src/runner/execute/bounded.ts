import type { Problem } from '../../wire/statement.ts';
import { Refusal } from '../refusal.ts';

/** Work that was told to stop has so long to end its children before it is left to itself. */
const GRACE_MS = 30_000;

/** How long a piece of work may take, and what else ends it. */
export interface Bounds {
  readonly timeoutMs: number;
  /** Null for work that must not be cut short. */
  readonly cancel: AbortSignal | null;
  readonly graceMs?: number;
}

/**
 * Does work that ends one way or the other: by itself, at its timeout, or when it is cancelled.
 *
 * @throws Refusal `step_timeout`, `cancelled` or `step_does_not_end`, or what the work throws.
 */
export async function bounded<Result>(
  { timeoutMs, cancel, graceMs = GRACE_MS }: Bounds,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  let reason: Refusal | null = null;
  let grace: NodeJS.Timeout | undefined;
  let leave: (error: Refusal) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = reject;
  });

  function end(because: Refusal): void {
    if (reason !== null) return;
    reason = because;
    stop.abort(because);
    grace = setTimeout(() => leave(doesNotEnd(because)), graceMs);
  }

  const onCancel = (): void => end(cancelled());
  const timer = setTimeout(() => end(tooLong(timeoutMs)), Math.min(timeoutMs, 2 ** 31 - 1));
  cancel?.addEventListener('abort', onCancel);
  if (cancel?.aborted) onCancel();
  try {
    return await Promise.race([work(stop.signal), left]);
  } catch (error) {
    throw reason !== null && !isDoesNotEnd(error) ? reason : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    cancel?.removeEventListener('abort', onCancel);
  }
}

/**
 * What people read of an error. A Refusal is written for them; the text of anything else may hold what
 * must not leave the host, and stays in its log.
 */
export function problemOf(error: unknown, what: string): Problem {
  if (error instanceof Refusal) return { code: error.code, text: error.message, hint: error.hint };
  return {
    code: 'step_failed',
    text: `${what} failed in a way that nobody foresaw.`,
    hint: "The runner's log on the host has the details.",
  };
}

function tooLong(timeoutMs: number): Refusal {
  return new Refusal(
    'step_timeout',
    `It took longer than the ${Math.round(timeoutMs / 1000)} s that it had.`,
    'Look at the host: disk, network, load. Then ask anew.',
  );
}

function cancelled(): Refusal {
  return new Refusal('cancelled', 'It was cancelled.', 'What was done is undone.');
}

function doesNotEnd(because: Refusal): Refusal {
  return new Refusal(
    'step_does_not_end',
    `${because.message} It was told to stop and did not.`,
    'Look for its processes on the host.',
  );
}

function isDoesNotEnd(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'step_does_not_end';
}
