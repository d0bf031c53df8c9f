import type { Effect, RecordDraft } from './effect.ts';
import type { Operation } from './operation.ts';

/** The operation after an event, what must be recorded, and what the world must be asked to do. */
export interface Moved {
  readonly kind: 'moved';
  readonly operation: Operation;
  readonly records: readonly RecordDraft[];
  readonly effects: readonly Effect[];
}

/** The event changes nothing; `code` is one of the catalogue's. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
}

export type Outcome = Moved | Refused;

export function moved(
  operation: Operation,
  records: readonly RecordDraft[],
  effects: readonly Effect[] = [],
): Moved {
  return {
    kind: 'moved',
    operation: { ...operation, records: operation.records + records.length },
    records,
    effects,
  };
}

export function refused(code: string, params: Readonly<Record<string, string>> = {}): Refused {
  return { kind: 'refused', code, params };
}

/** Adds milliseconds to a UTC ISO 8601 time. */
export function later(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}
