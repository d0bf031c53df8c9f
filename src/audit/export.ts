import { createHash, hash } from 'node:crypto';
import { z } from 'zod';
import { type Canonical, canonicalJson } from './canonical.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { Hash } from './merkle.ts';
import { formatVkey, type Vkey } from './note.ts';
import type { SealedRecord } from './record.ts';

/** The first line of an export: which log, under which keys, and how many records follow. */
export const ExportHeader = z.strictObject({
  twokey: z.literal('audit-export'),
  v: z.literal(1),
  log: z.string(),
  /** For readers who have no key of their own yet; trust comes from a key known from elsewhere. */
  vkeys: z.array(z.string()).min(1),
  size: z.int().nonnegative(),
  exportedAt: z.iso.datetime({ precision: 3 }),
});
export type ExportHeader = z.infer<typeof ExportHeader>;

const RecordLine = z.strictObject({ index: z.int().nonnegative(), leaf: Hash, record: z.string() });
const CheckpointLine = z.strictObject({ checkpoint: z.string() });
const StatementLine = z.strictObject({ statement: z.string(), sha256: Hash });
const EndLine = z.strictObject({ end: z.strictObject({ lines: z.int().positive(), sha256: Hash }) });

/** A line of an export after its header, as `parseExportLine` tells them apart. */
export type ExportLine =
  | (z.infer<typeof RecordLine> & { kind: 'record' })
  | (z.infer<typeof CheckpointLine> & { kind: 'checkpoint' })
  | (z.infer<typeof StatementLine> & { kind: 'statement' })
  | (z.infer<typeof EndLine>['end'] & { kind: 'end' });

/** What an export is made of. The caller reads all of it from one snapshot of the store. */
export interface ExportSource {
  readonly log: string;
  /** The keys that signed the checkpoints, the newest first. */
  readonly vkeys: readonly Vkey[];
  readonly size: number;
  readonly exportedAt: Date;
  /** All records, in the order of the log. */
  readonly records: AsyncIterable<SealedRecord> | Iterable<SealedRecord>;
  /** Checkpoint notes, smallest size first. */
  readonly checkpoints: AsyncIterable<string> | Iterable<string>;
  /** Signed evidence, attestations and reports of runners, as they were received. */
  readonly statements?: AsyncIterable<Canonical> | Iterable<Canonical>;
}

/** `twokey-audit-2026-11-21.ndjson`: the name of an export made at that time (UTC). */
export function exportName(at: Date): string {
  return `twokey-audit-${at.toISOString().slice(0, 10)}.ndjson`;
}

/**
 * The lines of an export, without their newlines. A checkpoint stands right after the last record that
 * it covers, so that a reader never has to hold more than the frontier of the tree.
 *
 * @throws Error when the source has more or fewer records than its size, or checkpoints beyond it.
 */
export async function* exportLines(source: ExportSource): AsyncGenerator<string, void, undefined> {
  const sum = createHash('sha256');
  let lines = 0;
  for await (const line of contentLines(source)) {
    sum.update(`${line}\n`);
    lines += 1;
    yield line;
  }
  yield canonicalJson({ end: { lines, sha256: sum.digest('hex') } });
}

async function* contentLines(source: ExportSource): AsyncGenerator<string, void, undefined> {
  const { log, size, exportedAt } = source;
  const vkeys = source.vkeys.map(formatVkey);
  yield canonicalJson({
    twokey: 'audit-export',
    v: 1,
    log,
    vkeys,
    size,
    exportedAt: exportedAt.toISOString(),
  });
  const checkpoints = iterate(source.checkpoints);
  let next = await checkpoints.next();
  let index = 0;
  for await (const { bytes, leafHash } of source.records) {
    for (; !next.done && parseCheckpoint(next.value).size <= index; next = await checkpoints.next())
      yield checkpointLine(next.value);
    yield recordLine(index, leafHash, bytes);
    index += 1;
  }
  for (; !next.done && parseCheckpoint(next.value).size <= index; next = await checkpoints.next())
    yield checkpointLine(next.value);
  if (index !== size)
    throw new Error(`The log was said to have ${size} records, ${index} were read: export again`);
  if (!next.done)
    throw new Error(`A checkpoint covers more than the ${size} records of the log: export again`);
  for await (const statement of source.statements ?? []) yield statementLine(canonicalJson(statement));
}

/** @throws Error saying why this is no header of an export. */
export function parseExportHeader(line: string): ExportHeader {
  const header = ExportHeader.parse(JSON.parse(line));
  return spelled(header, canonicalJson(header), line);
}

/** @throws Error saying why this is no line of an export. Each line has only one valid spelling. */
export function parseExportLine(line: string): ExportLine {
  const value: unknown = JSON.parse(line);
  if (has(value, 'record')) {
    const parsed = RecordLine.parse(value);
    return spelled({ kind: 'record', ...parsed }, recordLine(parsed.index, parsed.leaf, parsed.record), line);
  }
  if (has(value, 'checkpoint')) {
    const parsed = CheckpointLine.parse(value);
    return spelled({ kind: 'checkpoint', ...parsed }, checkpointLine(parsed.checkpoint), line);
  }
  if (has(value, 'statement')) {
    const parsed = StatementLine.parse(value);
    return spelled({ kind: 'statement', ...parsed }, statementLine(parsed.statement), line);
  }
  const parsed = EndLine.parse(value);
  return spelled({ kind: 'end', ...parsed.end }, canonicalJson(parsed), line);
}

function spelled<Parsed>(parsed: Parsed, spelling: string, line: string): Parsed {
  if (spelling !== line) throw new Error('it was written by another program, or altered');
  return parsed;
}

/** Written out, because a log has millions of them. */
function recordLine(index: number, leaf: string, bytes: string): string {
  return `{"index":${index},"leaf":"${leaf}","record":${JSON.stringify(bytes)}}`;
}

function checkpointLine(checkpoint: string): string {
  return canonicalJson({ checkpoint });
}

function statementLine(statement: string): string {
  return canonicalJson({ sha256: hash('sha256', statement), statement });
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

async function* iterate<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item, void, undefined> {
  yield* items;
}
