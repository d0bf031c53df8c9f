import { promisify } from 'node:util';
import { constants, gunzip } from 'node:zlib';
import type { BackupFormat, BackupRef } from '../../actions/backup.ts';
import { Refusal } from '../refusal.ts';
import { type DecryptOptions, decrypt, wrongKey } from './decrypt.ts';
import { type BackupFacts, readFacts } from './facts.ts';
import { HEAD_BYTES, type Layer, layerOf, recognise } from './format.ts';
import { backupCorrupt, backupEmpty, backupFormatUnknown, hasCode, messageOf } from './refusals.ts';

const inflate = promisify(gunzip);

/** How a backup's bytes are to be read, from the outermost layer to the innermost, and what it says. */
export interface Identified extends BackupFacts {
  readonly format: BackupFormat;
  readonly compression: BackupRef['compression'];
  readonly encryption: BackupRef['encryption'];
}

export interface IdentifyOptions {
  /** What people read, for errors. */
  readonly display: string;
  readonly zone: string;
  /** Null when the source has no `encryption`. A function, so that the key is read only where it is needed. */
  readonly decryption: (() => DecryptOptions) | null;
}

/** So much of a stored file is looked at; it holds an archive's header behind every layer. */
export const IDENTIFY_BYTES = 64 * 1024;
/** More of the beginning than any header needs; also a bound on what a hostile gzip can blow up to. */
const INNER_BYTES_MAX = 4 * 1024 * 1024;
/** Noise can look like text when it is this short. */
const TEXT_BYTES_MIN = 64;

/**
 * Looks through every layer of a backup's first bytes. The name is never asked.
 *
 * @throws Refusal `backup_empty`, `backup_format_unknown`, `backup_encrypted`, `backup_wrong_key`,
 *   `backup_truncated` or `backup_corrupt`.
 */
export async function identify(stored: Buffer, options: IdentifyOptions): Promise<Identified> {
  let head = stored;
  let layer = layerOf(head.subarray(0, HEAD_BYTES), options.display);
  const encryption = layer === 'openssl' ? 'openssl' : 'none';
  if (layer === 'openssl') {
    const decryption = requireDecryption(options);
    head = await decryptHead(head, decryption);
    layer = decryptedLayer(head, decryption);
  }
  const compression = layer === 'gzip' ? 'gzip' : 'none';
  if (layer === 'gzip') {
    head = await inflateHead(head);
    if (head.length === 0)
      throw backupEmpty(`${options.display} is an empty gzip: decompressed it has 0 bytes.`);
    layer = layerOf(head.subarray(0, HEAD_BYTES), `What is compressed in ${options.display}`);
  }
  if (layer === 'gzip' || layer === 'openssl') {
    throw backupFormatUnknown(
      `${options.display} is compressed or encrypted twice.`,
      'Write backups with `pg_dump --format=custom`, and encrypt them once.',
    );
  }
  const format = layer === 'custom' ? 'custom' : 'sql';
  return { format, compression, encryption, ...readFacts(format, head, options.zone) };
}

/** @throws Refusal `backup_encrypted` when the source says nothing of a key; SecretError when there is none. */
function requireDecryption({ decryption, display }: IdentifyOptions): DecryptOptions {
  if (decryption) return decryption();
  throw new Refusal(
    'backup_encrypted',
    `${display} is encrypted with openssl, and its source names no key.`,
    'Give the source its `encryption` in `runner.yml`.',
  );
}

/** Ends with the file cut, so what openssl says of its end is not asked. */
async function decryptHead(stored: Buffer, options: DecryptOptions): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of decrypt(once(stored), options)) parts.push(part);
  } catch (error) {
    if (parts.length === 0) throw error;
  }
  return Buffer.concat(parts);
}

function decryptedLayer(head: Buffer, { encryption }: DecryptOptions): Layer {
  const found = recognise(head.subarray(0, HEAD_BYTES));
  if (found === null || (found === 'text' && head.length < TEXT_BYTES_MIN)) throw wrongKey(encryption);
  return typeof found === 'string' ? found : layerOf(head, 'What is encrypted');
}

async function inflateHead(head: Buffer): Promise<Buffer> {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INNER_BYTES_MAX };
  // One byte of gzip can hold a thousand, so the less is tried when the more is too much.
  for (const length of [head.length, HEAD_BYTES, 256]) {
    try {
      return await inflate(head.subarray(0, length), options);
    } catch (error) {
      if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) continue;
      throw backupCorrupt(`Its gzip cannot be read: ${messageOf(error)}.`);
    }
  }
  throw backupCorrupt('Its gzip begins with more emptiness than any dump.');
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
