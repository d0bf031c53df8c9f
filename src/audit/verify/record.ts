import { append, leafHash } from '../merkle.ts';
import { type AuditRecord, parseRecord, RecordError } from '../record.ts';
import type { Problem } from './problem.ts';
import { type Link, recordsText, report, reportLost, type Walk } from './walk.ts';

/** A record as a line of an export states it. */
export interface StatedRecord {
  readonly index: number;
  readonly leaf: string;
  /** The record's bytes. */
  readonly record: string;
}

/** Holds one record against its place in the log, its hash, its form, and its operation's chain. */
export function checkRecord(walk: Walk, stated: StatedRecord): void {
  walk.records += 1;
  if (!isInPlace(walk, stated)) return;
  const record = unchanged(walk, stated);
  if (record === null) return;
  if (record.log !== walk.header.log)
    report(walk, {
      ...named(stated, record),
      code: 'other_log',
      text: `The record is of the log ${record.log}`,
    });
  checkChain(walk, stated, record);
}

/** After a gap the walk goes on behind it; a record that comes late is not looked at further. */
function isInPlace(walk: Walk, { index }: StatedRecord): boolean {
  const expected = walk.next;
  walk.next = Math.max(expected, index + 1);
  if (index > expected)
    reportLost(walk, {
      code: 'missing',
      index: expected,
      text: `Missing here: ${recordsText(expected, index - 1)}. Record ${index} follows directly`,
    });
  if (index < expected)
    reportLost(walk, {
      code: 'moved',
      index: expected,
      text: `Record ${index} stands a second time or too late, where record ${expected} should be`,
    });
  return index >= expected;
}

/** Nothing that a changed record says is looked at any further. */
function unchanged(walk: Walk, { index, leaf, record: bytes }: StatedRecord): AuditRecord | null {
  const parsed = parsedOrError(bytes);
  if (leafHash(bytes) !== leaf) {
    const text = 'The record and the hash beside it differ: one of the two was changed';
    const who = parsed instanceof RecordError ? { index } : named({ index }, parsed);
    reportLost(walk, { ...who, code: 'changed', text });
    return null;
  }
  if (walk.tree !== null) walk.tree = append(walk.tree, leaf);
  if (!(parsed instanceof RecordError)) return parsed;
  report(walk, { code: 'bad_record', index, text: parsed.message });
  return null;
}

function checkChain(walk: Walk, { index, leaf }: StatedRecord, record: AuditRecord): void {
  const { operation, seq, prev } = record;
  const last = walk.operations.get(operation);
  walk.operations.set(operation, { index, seq, leaf });
  const expected = last === undefined ? 0 : last.seq + 1;
  if (seq > expected)
    report(walk, { ...named({ index }, record), code: 'chain', text: gapText(record, last) });
  else if (last !== undefined && (seq < expected || prev !== last.leaf))
    report(walk, brokenLink(walk, index, record, last));
}

function gapText({ operation, seq }: AuditRecord, last: Link | undefined): string {
  const from =
    last === undefined ? `begins with its record ${seq}` : `goes from its record ${last.seq} to ${seq}`;
  return `Operation ${operation} ${from}: what was before it is missing`;
}

/** One of the two is at fault: the later one if a checkpoint has confirmed the earlier. */
function brokenLink(walk: Walk, index: number, { operation, seq }: AuditRecord, last: Link): Problem {
  const blamed = last.index < walk.signed ? { index, seq } : { index: last.index, seq: last.seq };
  const text =
    `Records ${last.index} and ${index} of operation ${operation} do not follow each other ` +
    `(its records ${last.seq} and ${seq}): record ${blamed.index} was changed, added or moved`;
  return { code: 'chain', operation, ...blamed, text };
}

function parsedOrError(bytes: string): AuditRecord | RecordError {
  try {
    return parseRecord(bytes);
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
}

function named({ index }: { index: number }, { operation, seq }: AuditRecord) {
  return { index, operation, seq };
}
