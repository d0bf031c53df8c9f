import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import prettyBytes from 'pretty-bytes';
import type { BackupRef } from '../../actions/backup.ts';
import { SecretError } from '../../config/secrets.ts';
import { Refusal } from '../refusal.ts';
import type { BackupContext } from './context.ts';
import { type Decoded, decodeBackup } from './decode.ts';
import { IDENTIFY_BYTES, identify } from './identify.ts';
import type { Located } from './locate.ts';
import { readWhole } from './read-whole.ts';
import { backupChanged, backupOutsideSources } from './refusals.ts';
import { reportBytes } from './report-bytes.ts';
import { decodeRung, isDamage, rung } from './rungs.ts';
import { fingerprint } from './sources/folder.ts';
import { decryptionOf, openSource } from './sources/open-source.ts';
import type { LocalFile } from './sources/source.ts';
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
  const { file, source } = located;
  const local = await source.bring(file, join(into, 'fetched'), {
    signal: context.signal,
    onBytes: reportBytes('Fetching the backup', file.sizeBytes, context.progress),
  });
  const brought = Date.now();
  const keep = mustKeep(ref) ? join(into, ref.format === 'custom' ? 'backup.dump' : 'backup.sql') : null;
  const { sizeBytes, decoded } = await readLocal(ref, located, local, keep, context);
  if (keep && local.copied) await rm(local.path);
  const path = keep ?? local.path;
  const artifact = rung(
    'artifact',
    'pass',
    `${prettyBytes(sizeBytes)}, SHA-256 as in the plan`,
    [],
    brought - began,
  );
  const decode = await decodeRung(decoded, path, context, Date.now() - brought);
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
  local: LocalFile,
  keep: string | null,
  { environment, signal, progress }: StageContext,
): Promise<Read> {
  const decryption = decryptionOf(source.config, environment, signal);
  const open = async (end: number) =>
    local.copied
      ? createReadStream(local.path, { end: end - 1, highWaterMark: 1 << 20, signal })
      : source.open(file, { end, signal });
  const seen = await fingerprint(local.path);
  if (ref.encryption === 'openssl') {
    // The key may be another one than in preflight: noise must not pass for damage.
    const head = await buffer(await open(Math.min(IDENTIFY_BYTES, file.sizeBytes)));
    await identify(head, { display: ref.display, zone: source.config.zone, decryption });
  }
  const stored = await open(file.sizeBytes);
  const identified = { ...ref, takenAt: null };
  const read = await readWhole(stored, (chunks) => decodeBackup(chunks, identified, { decryption, keep }), {
    onBytes: reportBytes('Decoding the backup', file.sizeBytes, progress),
    decodeUntil: Number.POSITIVE_INFINITY,
    readUntil: Number.POSITIVE_INFINITY,
  }).finally(() => stored.destroy());
  if ((await fingerprint(local.path)) !== seen)
    throw backupChanged(`${ref.display} changed while it was read.`);
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
