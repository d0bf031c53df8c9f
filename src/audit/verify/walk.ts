import { createHash, type Hash } from 'node:crypto';
import type { ExportHeader } from '../export.ts';
import { type CompactRange, emptyRange } from '../merkle.ts';
import type { Vkey } from '../note.ts';
import type { WitnessedHead } from './heads.ts';
import type { Problem } from './problem.ts';

/** At least one key. */
export type Keys = readonly [Vkey, ...Vkey[]];

/** The newest record of an operation so far: what its next record must follow. */
export interface Link {
  readonly index: number;
  readonly seq: number;
  readonly leaf: string;
}

/** Where a reader of an export stands. One pass changes it in place; it stays small however long the log. */
export interface Walk {
  readonly header: ExportHeader;
  readonly keys: Keys;
  /** Not reached yet, smallest first. */
  readonly witnesses: WitnessedHead[];
  readonly witnessCount: number;
  readonly sum: Hash;
  readonly operations: Map<string, Link>;
  readonly problems: Problem[];
  unlisted: number;
  lines: number;
  /** The index that the next record must have. */
  next: number;
  /** Null from the first record on whose place or hash is in doubt: no root can be known any more. */
  tree: CompactRange | null;
  /** Whether a fault was named among the records after the last good checkpoint. */
  explained: boolean;
  signed: number;
  witnessed: number;
  records: number;
  checkpoints: number;
  statements: number;
  ended: boolean;
}

const MOST_LISTED = 20;

export function startWalk(header: ExportHeader, keys: Keys, witnesses: readonly WitnessedHead[]): Walk {
  return {
    header,
    keys,
    witnesses: [...witnesses],
    witnessCount: witnesses.length,
    sum: createHash('sha256'),
    operations: new Map(),
    problems: [],
    unlisted: 0,
    lines: 0,
    next: 0,
    tree: emptyRange,
    explained: false,
    signed: 0,
    witnessed: 0,
    records: 0,
    checkpoints: 0,
    statements: 0,
    ended: false,
  };
}

export function report(walk: Walk, problem: Problem): void {
  if (walk.problems.length < MOST_LISTED) walk.problems.push(problem);
  else walk.unlisted += 1;
  if (problem.index !== undefined) walk.explained = true;
}

/** Names a fault after which the tree of the log is no longer known. */
export function reportLost(walk: Walk, problem: Problem): void {
  report(walk, problem);
  walk.tree = null;
}

/** `record 4` or `records 4 to 6`, both ends included. */
export function recordsText(first: number, last: number): string {
  return first >= last ? `record ${first}` : `records ${first} to ${last}`;
}
