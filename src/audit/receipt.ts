import { z } from 'zod';
import { canonicalJson } from './canonical.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { Hash, leafHash } from './merkle.ts';
import { NoteError, type Vkey } from './note.ts';
import { inclusionProof, verifyInclusion } from './proof.ts';
import { type AuditRecord, parseRecord, RecordError } from './record.ts';
import { verifiedHead } from './verify/heads.ts';
import { type BrokenCode, noKey, type Outcome, outcomeOf, type Problem } from './verify/problem.ts';

/** One operation's records with the proof that a signed log contains them: it verifies alone. */
export const Receipt = z.strictObject({
  twokey: z.literal('audit-receipt'),
  v: z.literal(1),
  operation: z.string(),
  /** A signed note over at least all of these records. */
  checkpoint: z.string(),
  /** In the order of the operation. */
  records: z
    .array(z.strictObject({ index: z.int().nonnegative(), record: z.string(), proof: z.array(Hash).max(64) }))
    .min(1),
});
export type Receipt = z.infer<typeof Receipt>;

export interface ReceiptVerdict {
  readonly outcome: Outcome;
  readonly problems: readonly Problem[];
  readonly log: string | null;
  readonly operation: string | null;
  /** The operation's records, as far as they could be read. */
  readonly records: readonly AuditRecord[];
}

/**
 * @param leaves the leaf hashes of the whole log, at least as far as the checkpoint.
 * @throws RangeError when the checkpoint does not cover one of the records.
 */
export function makeReceipt(source: {
  operation: string;
  checkpoint: string;
  records: readonly { index: number; bytes: string }[];
  leaves: readonly string[];
}): Receipt {
  const covered = source.leaves.slice(0, parseCheckpoint(source.checkpoint).size);
  return {
    twokey: 'audit-receipt',
    v: 1,
    operation: source.operation,
    checkpoint: source.checkpoint,
    records: source.records.map(({ index, bytes }) => ({
      index,
      record: bytes,
      proof: inclusionProof(index, covered),
    })),
  };
}

/** The file of a receipt: one line, without its newline. */
export function formatReceipt(receipt: Receipt): string {
  return canonicalJson(receipt);
}

/** Whether a file that begins with this line says that it is a receipt. */
export function isReceipt(line: string): boolean {
  return line.includes('"twokey":"audit-receipt"');
}

/**
 * Verifies a receipt by the log's key alone: the checkpoint's signature, that each record is in the log,
 * and that they follow each other from the operation's first one. It cannot show that there are no later
 * ones: the last record says whether the operation had ended.
 */
export function verifyReceipt(line: string, keys: readonly Vkey[]): ReceiptVerdict {
  const receipt = receiptOf(line);
  if ('code' in receipt)
    return { outcome: 'broken', problems: [receipt], log: null, operation: null, records: [] };
  const head = headOf(receipt.checkpoint, keys);
  const parsed = receipt.records.map(({ record }) => recordOrError(record));
  const problems = [
    ...('code' in head ? [head] : parsed.flatMap((record, at) => recordProblems(receipt, head, record, at))),
    ...(keys.length === 0 ? [noKey] : []),
  ];
  return {
    outcome: outcomeOf(problems),
    problems,
    log: 'code' in head ? null : head.origin,
    operation: receipt.operation,
    records: parsed.flatMap((record) => (record instanceof RecordError ? [] : [record])),
  };
}

function receiptOf(line: string): Receipt | Problem {
  const result = Receipt.safeParse(jsonOrNull(line));
  if (!result.success)
    return {
      code: 'not_a_receipt',
      line: 1,
      text: 'Not a receipt of the audit log, or one that was altered',
    };
  if (formatReceipt(result.data) !== line)
    return { code: 'bad_line', line: 1, text: 'The receipt was written by another program, or altered' };
  return result.data;
}

function headOf(checkpoint: string, [first, ...more]: readonly Vkey[]): Checkpoint | Problem {
  try {
    return first === undefined ? parseCheckpoint(checkpoint) : verifiedHead(checkpoint, [first, ...more]);
  } catch (error) {
    if (error instanceof NoteError) return { code: 'bad_checkpoint', line: 1, text: error.message };
    throw error;
  }
}

function recordProblems(
  receipt: Receipt,
  head: Checkpoint,
  record: AuditRecord | RecordError,
  at: number,
): Problem[] {
  const stated = receipt.records[at];
  if (stated === undefined) return [];
  const { index, proof } = stated;
  if (record instanceof RecordError) return [{ code: 'bad_record', index, text: record.message }];
  const { log, operation, seq, prev } = record;
  const before = receipt.records[at - 1];
  const follows = before === undefined || prev === leafHash(before.record);
  const faults: [BrokenCode, boolean, string][] = [
    [
      'bad_proof',
      !verifyInclusion({ index, size: head.size, leaf: leafHash(stated.record), proof, root: head.root }),
      'The checkpoint was not signed over this record at this place: one of the two was changed',
    ],
    ['other_log', log !== head.origin, `The record is of the log ${log}`],
    [
      'chain',
      operation !== receipt.operation || seq !== at,
      `Here should be record ${at} of operation ${receipt.operation}, and is record ${seq} of ${operation}`,
    ],
    ['chain', !follows, 'It does not follow the record before it in the receipt'],
  ];
  return faults.flatMap(([code, wrong, text]) => (wrong ? [{ code, index, operation, seq, text }] : []));
}

function recordOrError(bytes: string): AuditRecord | RecordError {
  try {
    return parseRecord(bytes);
  } catch (error) {
    if (error instanceof RecordError) return error;
    throw error;
  }
}

function jsonOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
