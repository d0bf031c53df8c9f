import { buffer } from 'node:stream/consumers';
import prettyBytes from 'pretty-bytes';
import type { BackupRef } from '../../actions/backup.ts';
import type { Finding } from '../../actions/ladder.ts';
import { SecretError } from '../../config/secrets.ts';
import type { Check } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { checkEnd, loadToc } from './archive/ranges.ts';
import { dateFindings } from './choose.ts';
import type { BackupContext } from './context.ts';
import { type Decoded, decodeBackup } from './decode.ts';
import { IDENTIFY_BYTES, type Identified, identify } from './identify.ts';
import { contentsCheck, describeBackup, findingCheck } from './inspect-checks.ts';
import { findLatest } from './latest.ts';
import { type Located, locate } from './locate.ts';
import { readWhole, type WholeRead } from './read-whole.ts';
import { backupChanged, backupCorrupt, backupEmpty } from './refusals.ts';
import { reportBytes } from './report-bytes.ts';
import { dateOfName, decryptionOf } from './sources/open-source.ts';
import type { BackupContents } from './staged.ts';

export interface ResolvedBackup {
  readonly ref: BackupRef;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
  /** Null when time did not suffice to read it to its end. */
  readonly contents: BackupContents | null;
}

/** The shares of the budget after which no more dates are read inside, and no more bytes decoded. */
const CHOOSE_SHARE = 0.25;
const DECODE_SHARE = 0.75;

/**
 * Makes one backup out of `latest`, a path or `s3://bucket/key`: looks into it, reads it to its end as far
 * as the budget reaches, and says what it is.
 *
 * @throws Refusal `backup_not_found`, `backup_outside_sources`, `backup_empty`, `backup_truncated`,
 *   `backup_corrupt`, `backup_format_unknown`, `backup_runs_commands`, `backup_encrypted`,
 *   `backup_wrong_key`, `backup_wrong_database`, `backup_changed`, `backup_too_slow`, `openssl_missing`,
 *   and those of a source or a secret that cannot be read.
 */
export async function resolveBackup(
  request: string,
  context: BackupContext,
  budgetMs = 60_000,
): Promise<ResolvedBackup> {
  const began = Date.now();
  try {
    const found =
      request === 'latest'
        ? await findLatest(context, began + budgetMs * CHOOSE_SHARE)
        : { ...(await locate(request, context)), checks: [], findings: [] };
    const inspected = await inspect(found, context, {
      decodeUntil: began + budgetMs * DECODE_SHARE,
      readUntil: began + budgetMs,
    });
    const findings = [...found.findings, ...inspected.findings];
    return {
      ...inspected,
      findings,
      checks: [...found.checks, ...inspected.checks, ...findings.map(findingCheck)],
    };
  } catch (error) {
    if (error instanceof SecretError) throw new Refusal(error.code, error.message, error.hint);
    throw error;
  }
}

interface Limits {
  readonly decodeUntil: number;
  readonly readUntil: number;
}

async function inspect(located: Located, context: BackupContext, limits: Limits): Promise<ResolvedBackup> {
  const { source, file } = located;
  const { target, environment, signal } = context;
  const display = source.display(file.path);
  if (file.sizeBytes === 0) throw backupEmpty(`${display} is empty: 0 bytes.`);
  const decryption = decryptionOf(source.config, environment, signal);
  const head = await readPart(located, 0, IDENTIFY_BYTES, signal);
  const identified = await identify(head, { display, zone: source.config.zone, decryption });
  requireDatabase(display, identified, target.verify.database);
  await refuseCut(located, identified, signal);

  const stored = await source.open(file, { signal });
  const read = await readWhole(
    stored,
    (chunks) => decodeBackup(chunks, identified, { decryption, keep: null }),
    {
      ...limits,
      onBytes: reportBytes('Reading the backup', file.sizeBytes, context.progress),
    },
  ).finally(() => stored.destroy());
  await requireUnchanged(located, signal);
  if (read.decoding.outcome === 'failed') throw read.decoding.error;
  const decoded = read.decoding.outcome === 'done' ? read.decoding.result : null;

  const name = dateOfName(source, source.nameOf(file.path));
  const dates = {
    display,
    insideAt: identified.takenAt,
    nameAt: name.at,
    modifiedAt: file.modifiedAt?.getTime() ?? null,
  };
  const ref = refOf(located, identified, digestOf(located, read), name.at, decoded);
  return {
    ref,
    contents: decoded?.contents ?? null,
    checks: [...describeBackup(ref, target.verify.database), contentsCheck(ref, decoded)],
    findings: [...dateFindings(dates, Date.now()), ...(decoded?.findings ?? [])],
  };
}

async function readPart(
  { source, file }: Located,
  start: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const end = Math.min(start + length, file.sizeBytes);
  return end > start ? buffer(await source.open(file, { start, end, signal })) : Buffer.alloc(0);
}

function requireDatabase(display: string, { database }: Identified, expected: string | undefined): void {
  if (expected === undefined || database === null || database === expected) return;
  throw new Refusal(
    'backup_wrong_database',
    `${display} is of the database \`${database}\`, not of \`${expected}\`.`,
    'Name a backup of this target, or correct `verify.database` in `runner.yml`.',
  );
}

/** An archive that can be read from anywhere tells in milliseconds that its end is missing. */
async function refuseCut(located: Located, identified: Identified, signal: AbortSignal): Promise<void> {
  const { format, compression, encryption } = identified;
  if (format !== 'custom' || compression !== 'none' || encryption !== 'none') return;
  const file = {
    sizeBytes: located.file.sizeBytes,
    read: (start: number, length: number) => readPart(located, start, length, signal),
  };
  await checkEnd(file, await loadToc(file));
}

async function requireUnchanged({ source, file }: Located, signal: AbortSignal): Promise<void> {
  const now = await source.stat(file.path, signal, file.version);
  const same = now.sizeBytes === file.sizeBytes && now.modifiedAt?.getTime() === file.modifiedAt?.getTime();
  if (!same)
    throw backupChanged(`${source.display(file.path)} changed while it was read: it may still be written.`);
}

/** Of the stored bytes: computed, or at least stated by the store when time ran out. */
function digestOf({ source, file }: Located, read: WholeRead<unknown>): string {
  const display = source.display(file.path);
  if (read.sha256 === null) {
    if (file.sha256 !== null) return file.sha256;
    throw new Refusal(
      'backup_too_slow',
      `Reading ${display} takes longer than preflight may: ${prettyBytes(read.sizeBytes)} of ${prettyBytes(file.sizeBytes)} were read.`,
      'Store it with a SHA-256 that the store keeps (S3: `--checksum-algorithm SHA256`), or bring it nearer to this host.',
    );
  }
  const differs = (kept: string | null, computed: string | null) => kept !== null && kept !== computed;
  if (differs(file.sha256, read.sha256) || differs(file.crc32, read.crc32)) {
    throw backupCorrupt(
      `${display} is not what was uploaded: its checksum differs from the one that the store keeps.`,
    );
  }
  return read.sha256;
}

/** Measured on a database with the usual indexes: what a byte of the backup becomes on disk. */
const GROWTH = { decoded: 2, compressed: 10, plain: 2 } as const;

function refOf(
  { source, file }: Located,
  identified: Identified,
  sha256: string,
  nameAt: number | null,
  decoded: Decoded | null,
): BackupRef {
  const { format, compression, encryption, takenAt, database, serverVersion, dumpVersion } = identified;
  const taken = takenAt ?? nameAt;
  const compressed = compression === 'gzip' || format === 'custom';
  const growth = compressed ? GROWTH.compressed : GROWTH.plain;
  return {
    source: source.config.name,
    path: file.path,
    display: source.display(file.path),
    format,
    compression,
    encryption,
    sizeBytes: file.sizeBytes,
    sha256,
    version: file.version,
    takenAt: taken === null ? null : new Date(taken).toISOString(),
    takenAtFrom: takenAt !== null ? 'archive' : nameAt !== null ? 'name' : 'unknown',
    database,
    serverVersion,
    dumpVersion,
    restoredBytes: decoded ? decoded.decodedBytes * GROWTH.decoded : file.sizeBytes * growth,
  };
}
