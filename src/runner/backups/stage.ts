import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { BackupRef } from '../../actions/backup.ts';
import type { Finding, Rung } from '../../actions/ladder.ts';
import { SecretError } from '../../config/secrets.ts';
import { Refusal } from '../refusal.ts';
import { checkWithPgRestore } from './archive/pg-restore.ts';
import type { BackupContext } from './context.ts';
import { type Decoded, decodeBackup } from './decode.ts';
import { summarise } from './inspect-checks.ts';
import type { Located } from './locate.ts';
import { readWhole } from './read-whole.ts';
import { backupChanged, backupOutsideSources } from './refusals.ts';
import { reportBytes } from './report-bytes.ts';
import { fingerprint } from './sources/folder.ts';
import { decryptionOf, openSource } from './sources/open-source.ts';
import type { BackupContents, StagedBackup } from './staged.ts';
import { writeStaged } from './staged-record.ts';

export interface StageContext extends BackupContext {
  /** The newest `pg_restore` of this host; it decodes what Node cannot. Null when there is none. */
  readonly pgRestore: string | null;
}

/**
 * Brings the backup that people approved onto this host, readable and proven: fetched (or read in place),
 * checked against the plan's size and SHA-256, decrypted, decoded to its last byte. `into` is made anew,
 * and is gone again when anything fails; damage is no failure but a failed rung.
 *
 * @throws Refusal `backup_changed` when the bytes are not those of the plan, `backup_wrong_key`, and those
 *   of a source or a secret that cannot be read.
 */
export async function stageBackup(
  ref: BackupRef,
  context: StageContext,
  into: string,
): Promise<StagedBackup> {
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true, mode: 0o700 });
  try {
    const staged = await stageInto(ref, context, into);
    if (staged.rungs.some(({ outcome }) => outcome !== 'pass'))
      await rm(into, { recursive: true, force: true });
    else await writeStaged(into, staged, await fingerprint(staged.path));
    return staged;
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    if (error instanceof SecretError) throw new Refusal(error.code, error.message, error.hint);
    throw error;
  }
}

async function stageInto(ref: BackupRef, context: StageContext, into: string): Promise<StagedBackup> {
  const began = Date.now();
  const located = await approvedFile(ref, context);
  const local = await bring(located, context, into);
  const brought = Date.now();
  const keep = mustKeep(ref) ? join(into, ref.format === 'custom' ? 'backup.dump' : 'backup.sql') : null;
  const { sizeBytes, decoded } = await readLocal(ref, located, local, keep, context);
  if (keep && local.fetched) await rm(local.path);
  const path = keep ?? local.path;
  const artifact = rung(
    'artifact',
    'pass',
    `${prettyBytes(sizeBytes)}, SHA-256 as in the plan`,
    [],
    brought - began,
  );
  const decode = await judge(decoded, path, context, Date.now() - brought);
  const compression = ref.format === 'custom' ? 'none' : ref.compression;
  const contents = decoded instanceof Refusal ? NOTHING : decoded.contents;
  return { path, format: ref.format, compression, rungs: [artifact, decode], contents };
}

const NOTHING: BackupContents = { tables: [], roles: [], extensions: [], items: 0, largeObjects: false };

async function approvedFile(ref: BackupRef, { target, environment, signal }: StageContext): Promise<Located> {
  const config = target.backups.find(({ name }) => name === ref.source);
  if (!config)
    throw backupOutsideSources(`The source \`${ref.source}\` of the plan is no longer configured.`);
  const source = openSource(config, environment);
  const file = await source.stat(ref.path, signal, ref.version);
  if (file.sizeBytes !== ref.sizeBytes) {
    throw backupChanged(`${ref.display} has ${file.sizeBytes} bytes, the plan says ${ref.sizeBytes}.`);
  }
  if (file.version !== ref.version) throw backupChanged(`${ref.display} was replaced by another version.`);
  return { source, file };
}

interface Local {
  readonly path: string;
  readonly fetched: boolean;
}

async function bring(
  { source, file }: Located,
  { signal, progress }: StageContext,
  into: string,
): Promise<Local> {
  const path = source.localPath(file);
  if (path !== null) return { path, fetched: false };
  const fetched = join(into, 'fetched');
  await source.fetch(file, fetched, {
    signal,
    onBytes: reportBytes('Fetching the backup', file.sizeBytes, progress),
  });
  return { path: fetched, fetched: true };
}

/** What a restore can read where it lies is not copied. */
function mustKeep({ encryption, compression, format }: BackupRef): boolean {
  return encryption !== 'none' || (format === 'custom' && compression === 'gzip');
}

interface Read {
  readonly sizeBytes: number;
  /** What it holds, or what is wrong with it. */
  readonly decoded: Decoded | Refusal;
}

async function readLocal(
  ref: BackupRef,
  { source, file }: Located,
  local: Local,
  keep: string | null,
  { environment, signal, progress }: StageContext,
): Promise<Read> {
  const decryption = decryptionOf(source.config, environment, signal);
  const stored = local.fetched
    ? createReadStream(local.path, { highWaterMark: 1 << 20, signal })
    : await source.open(file, { signal });
  const identified = { ...ref, takenAt: null };
  const read = await readWhole(stored, (chunks) => decodeBackup(chunks, identified, { decryption, keep }), {
    onBytes: reportBytes('Decoding the backup', file.sizeBytes, progress),
    decodeUntil: Number.POSITIVE_INFINITY,
    readUntil: Number.POSITIVE_INFINITY,
  }).finally(() => stored.destroy());
  if (read.sha256 !== ref.sha256) {
    throw backupChanged(`${ref.display} has the SHA-256 ${read.sha256}, the plan says ${ref.sha256}.`);
  }
  const { decoding, sizeBytes } = read;
  if (decoding.outcome === 'done') return { sizeBytes, decoded: decoding.result };
  if (decoding.outcome === 'failed' && isDamage(decoding.error))
    return { sizeBytes, decoded: decoding.error };
  throw decoding.outcome === 'failed'
    ? decoding.error
    : new Error('The decoding was stopped without a reason');
}

/** What condemns the backup. A missing key or program says nothing of it. */
const DAMAGE = new Set([
  'backup_corrupt',
  'backup_empty',
  'backup_format_unknown',
  'backup_runs_commands',
  'backup_truncated',
]);

function isDamage(error: unknown): error is Refusal {
  return error instanceof Refusal && DAMAGE.has(error.code);
}

async function judge(
  decoded: Decoded | Refusal,
  path: string,
  { pgRestore, signal }: StageContext,
  durationMs: number,
): Promise<Rung> {
  if (decoded instanceof Refusal) return failed(decoded, durationMs);
  const summary = summarise(decoded);
  if (decoded.proven) return rung('decode', 'pass', summary, decoded.findings, durationMs);
  if (pgRestore === null) {
    const why = 'compressed in a way that needs pg_restore 16 or newer, which this host lacks';
    return rung('decode', 'not-run', why, decoded.findings, durationMs);
  }
  const began = Date.now();
  const problem = await checkWithPgRestore(pgRestore, path, signal);
  const took = durationMs + Date.now() - began;
  return problem ? failed(problem, took) : rung('decode', 'pass', summary, decoded.findings, took);
}

function failed({ code, message, hint }: Refusal, durationMs: number): Rung {
  return rung(
    'decode',
    'fail',
    message,
    [{ severity: 'error', code, text: `${message} ${hint}` }],
    durationMs,
  );
}

function rung(
  name: Rung['rung'],
  outcome: Rung['outcome'],
  summary: string,
  findings: readonly Finding[],
  durationMs: number,
): Rung {
  return { rung: name, outcome, summary, findings: [...findings], durationMs };
}
