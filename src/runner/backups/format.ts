import { backupEmpty, backupFormatUnknown } from './refusals.ts';

/** What the first bytes of a file or of a decoded layer say it is. */
export type Layer = 'custom' | 'gzip' | 'openssl' | 'text';

/** So many bytes settle every format that is known here: tar's mark ends at byte 262. */
export const HEAD_BYTES = 4096;

interface Foreign {
  readonly name: string;
  readonly magic: Buffer;
  readonly at?: number;
  readonly instead: string;
}

const CUSTOM_INSTEAD = 'Write backups with `pg_dump --format=custom`, which compresses by itself.';
const OPENSSL_INSTEAD = 'Encrypt backups with `openssl enc -aes-256-cbc -pbkdf2 -salt`, in binary form.';

/** Formats that are recognised only to say no by name. */
const FOREIGN: readonly Foreign[] = [
  { name: 'zstd-compressed', magic: Buffer.from('28b52ffd', 'hex'), instead: CUSTOM_INSTEAD },
  { name: 'bzip2-compressed', magic: Buffer.from('BZh'), instead: CUSTOM_INSTEAD },
  { name: 'xz-compressed', magic: Buffer.from('fd377a585a00', 'hex'), instead: CUSTOM_INSTEAD },
  { name: 'LZ4-compressed', magic: Buffer.from('04224d18', 'hex'), instead: CUSTOM_INSTEAD },
  { name: 'a zip file', magic: Buffer.from('PK\x03\x04'), instead: CUSTOM_INSTEAD },
  { name: 'a tar archive', magic: Buffer.from('ustar'), at: 257, instead: CUSTOM_INSTEAD },
  { name: 'encrypted with age', magic: Buffer.from('age-encryption.org/'), instead: OPENSSL_INSTEAD },
  { name: 'encrypted with PGP', magic: Buffer.from('-----BEGIN PGP'), instead: OPENSSL_INSTEAD },
  { name: "openssl's text form (`-a`)", magic: Buffer.from('U2FsdGVkX1'), instead: OPENSSL_INSTEAD },
];

const KNOWN: readonly (readonly [Layer, Buffer])[] = [
  ['custom', Buffer.from('PGDMP')],
  ['gzip', Buffer.from('1f8b08', 'hex')],
  ['openssl', Buffer.from('Salted__')],
];

/** Null for bytes that are none of the known layers and none of the formats refused by name. */
export function recognise(head: Buffer): Layer | Foreign | null {
  for (const [layer, magic] of KNOWN) if (startsWith(head, magic, 0)) return layer;
  const foreign = FOREIGN.find(({ magic, at }) => startsWith(head, magic, at ?? 0));
  return foreign ?? (isText(head) ? 'text' : null);
}

/**
 * What these first bytes are, never asking the file's name.
 *
 * @throws Refusal `backup_empty` or `backup_format_unknown`.
 */
export function layerOf(head: Buffer, what: string): Layer {
  if (head.length === 0) throw backupEmpty(`${what} is empty: 0 bytes.`);
  const found = recognise(head);
  if (typeof found === 'string') return found;
  if (found)
    throw backupFormatUnknown(`${what} is ${found.name}, which Twokey does not read.`, found.instead);
  throw backupFormatUnknown(
    `${what} is no format that Twokey reads; it begins with the bytes ${head.subarray(0, 8).toString('hex')}.`,
    'Readable are custom archives of pg_dump, plain SQL, both also with gzip, and these encrypted with `openssl enc`.',
  );
}

function startsWith(head: Buffer, magic: Buffer, at: number): boolean {
  return head.length >= at + magic.length && head.subarray(at, at + magic.length).equals(magic);
}

/** Text in any encoding of PostgreSQL: no control characters but white space. */
function isText(head: Buffer): boolean {
  return head.length > 0 && head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}
