import { backupCorrupt } from '../refusals.ts';
import { type ByteReader, EndOfBytes, readBytes } from './bytes.ts';
import { type ArchiveHeader, readHeader } from './header.ts';

/** One item of a custom archive's table of contents. */
export interface TocEntry {
  readonly id: number;
  /** `TABLE DATA`, `INDEX`, `ACL`… */
  readonly kind: string;
  readonly tag: string;
  readonly schema: string | null;
  readonly owner: string | null;
  readonly section: 'none' | 'pre-data' | 'data' | 'post-data';
  /** The SQL that makes it; kept only where it names roles or where the data goes. */
  readonly definition: string | null;
  /** `COPY public.orders (id, total) FROM stdin;`; null for data written as INSERTs. */
  readonly copy: string | null;
  readonly dependencies: readonly number[];
  /** `unknown`: the archive was written to a pipe, so its blocks must be walked to find this one. */
  readonly data: { readonly at: number } | 'unknown' | 'none';
}

export interface ArchiveToc {
  readonly header: ArchiveHeader;
  readonly entries: readonly TocEntry[];
  /** Where the table of contents ends and the data blocks begin, in bytes. */
  readonly end: number;
}

const SECTIONS = ['none', 'pre-data', 'data', 'post-data'] as const;
const WITH_DEFINITION = new Set(['ACL', 'DEFAULT ACL', 'POLICY', 'SCHEMA', 'DATABASE']);
/** An entry has fifteen fields or so, of which each takes at least a sign and a number. */
const ENTRY_BYTES_MIN = 40;
/** Half a million objects fit; a table of contents beyond it is taken for nonsense. */
export const TOC_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Reads header and table of contents from the loaded beginning of an archive of `sizeBytes`.
 *
 * @throws EndOfBytes when more must be loaded; Refusal when it cannot be an archive.
 */
export function parseToc(loaded: Buffer, sizeBytes = Number.POSITIVE_INFINITY): ArchiveToc {
  const reader = readBytes(loaded);
  const header = readHeader(reader);
  const count = reader.int();
  if (count < 0 || count * ENTRY_BYTES_MIN > Math.min(sizeBytes, TOC_BYTES_MAX)) {
    throw count < 0 || count * ENTRY_BYTES_MIN > TOC_BYTES_MAX
      ? backupCorrupt(`The archive claims to hold ${count} items.`)
      : new EndOfBytes();
  }
  const entries: TocEntry[] = [];
  for (let index = 0; index < count; index += 1) entries.push(readEntry(reader, header));
  return { header, entries, end: reader.position };
}

function readEntry(reader: ByteReader, header: ArchiveHeader): TocEntry {
  const id = reader.int();
  if (id <= 0) throw backupCorrupt(`The archive's table of contents holds the impossible item number ${id}.`);
  const hasData = reader.int() !== 0;
  reader.skipText(); // oid of the catalog
  reader.skipText(); // oid of the object
  const tag = reader.text() ?? '';
  const kind = reader.text() ?? '';
  const section = header.minor >= 11 ? SECTIONS[reader.int() - 1] : 'none';
  if (!section) throw backupCorrupt(`Item ${id} of the archive is in a section that does not exist.`);
  const definition = WITH_DEFINITION.has(kind) ? reader.text() : skip(reader);
  reader.skipText(); // the DROP statement
  const copy = reader.text() || null;
  const schema = reader.text() || null;
  reader.skipText(); // tablespace
  if (header.minor >= 14) reader.skipText(); // table access method
  if (header.minor >= 16) reader.int(); // relkind
  const owner = reader.text() || null;
  reader.skipText(); // WITH OIDS
  const dependencies = readDependencies(reader);
  const data = readPosition(reader, header);
  return {
    id,
    kind,
    tag,
    schema,
    owner,
    section,
    definition,
    copy,
    dependencies,
    data: hasData ? data : 'none',
  };
}

function skip(reader: ByteReader): null {
  reader.skipText();
  return null;
}

function readDependencies(reader: ByteReader): number[] {
  const found: number[] = [];
  for (let text = reader.text(); text !== null; text = reader.text()) found.push(Number(text));
  return found;
}

const NOT_SET = 1;
const SET = 2;
const NO_DATA = 3;

function readPosition(reader: ByteReader, header: ArchiveHeader): TocEntry['data'] {
  const state = reader.byte();
  const at = reader.unsigned(header.offsetSize);
  if (state === SET) return { at };
  if (state === NO_DATA) return 'none';
  if (state === NOT_SET || state === 0) return 'unknown';
  throw backupCorrupt(`The archive's table of contents holds the impossible data state ${state}.`);
}
