import type { RestoreError } from './restore-errors.ts';

/** What one line on pg_restore's stderr means. */
export type Said =
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'at'; readonly item: string }
  | { readonly kind: 'begun' | 'finished'; readonly item: string }
  | { readonly kind: 'ignored'; readonly count: number }
  | { readonly kind: 'workers' | 'other' };

/**
 * Reads a line. With `--verbose` pg_restore names each item that it begins and finishes; lines without
 * its own name in front belong to the SQL of an error and may quote rows.
 */
export function readPgRestoreLine(line: string): Said {
  const own = /^pg_restore: (.*)$/.exec(line)?.[1];
  if (own === undefined) return { kind: 'other' };
  const ignored = /^warning: errors ignored on restore: (\d+)$/.exec(own)?.[1];
  if (ignored !== undefined) return { kind: 'ignored', count: Number(ignored) };
  const message = /^error: (.*)$/.exec(own)?.[1];
  if (message !== undefined) return { kind: 'error', message: serverMessage(message) };
  const at = /^from TOC entry \d+; \d+ \d+ (.*)$/.exec(own)?.[1];
  if (at !== undefined) return { kind: 'at', item: withoutOwner(at) };
  const item = /^(launching|finished) item \d+ (.*)$/.exec(own);
  if (item) return { kind: item[1] === 'launching' ? 'begun' : 'finished', item: item[2] ?? '' };
  return { kind: own === 'entering main parallel loop' ? 'workers' : 'other' };
}

/** The errors of a whole run, each with the item that it belongs to. */
export interface Collected {
  readonly errors: readonly RestoreError[];
  /** How many errors pg_restore counted and did not show: more than none is a reason to look. */
  unseen(): number;
}

/** Gathers the errors of a run from its lines. */
export function collectErrors(): Collected & { add(said: Said): void } {
  const errors: RestoreError[] = [];
  // A worker's failed item is counted by its errors and once more by itself (ProcessWorkerResponse and
  // mark_restore_job_done in pg_restore's sources).
  const failedInWorkers = new Set<string>();
  let inWorkers = false;
  let at: string | null = null;
  let ignored = 0;
  return {
    errors,
    unseen: () => Math.max(0, ignored - errors.length - failedInWorkers.size),
    add: (said) => {
      if (said.kind === 'workers') inWorkers = true;
      if (said.kind === 'at') at = said.item;
      if (said.kind === 'ignored') ignored = said.count;
      if (said.kind !== 'error') return;
      errors.push({ message: said.message, at });
      if (inWorkers) failedInWorkers.add(at ?? `error ${errors.length}`);
      at = null;
    },
  };
}

/** The server's words out of `could not execute query: ERROR:  …` and `COPY failed for table "x": ERROR:  …`. */
function serverMessage(message: string): string {
  return /(?:ERROR|FATAL|PANIC): {2}(.*)$/.exec(message)?.[1] ?? message;
}

function withoutOwner(item: string): string {
  return item.replace(/ \S+$/, '');
}
