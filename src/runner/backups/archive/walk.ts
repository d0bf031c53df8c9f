import { backupCorrupt, backupTruncated } from '../refusals.ts';
import { EndOfBytes } from './bytes.ts';
import { readChunks, readInt } from './chunks.ts';
import { type Payload, readPayload } from './payload.ts';
import { readStream, type StreamReader } from './stream.ts';
import { type ArchiveToc, parseToc, TOC_BYTES_MAX, type TocEntry } from './toc.ts';

/** The data of one item, proven readable to its end. */
export interface DataBlock extends Payload {
  readonly entry: TocEntry;
  /** Where it begins and how many bytes it takes in the archive, its own framing included. */
  readonly at: number;
  readonly storedBytes: number;
}

export interface WalkedArchive {
  readonly toc: ArchiveToc;
  readonly blocks: readonly DataBlock[];
  /** Bytes after the last block, which no pg_dump writes. */
  readonly trailingBytes: number;
  readonly sizeBytes: number;
}

/**
 * Reads a custom archive to its last byte in one pass: every block that the table of contents promises
 * is there, framed and decompressed to its checksum. Needs no offsets, so it reads archives that were
 * written to a pipe as well.
 *
 * @throws Refusal `backup_truncated`, `backup_corrupt` or `backup_format_unknown`.
 */
export async function walkArchive(
  chunks: AsyncIterable<Buffer>,
  onToc: (toc: ArchiveToc) => void = () => {},
): Promise<WalkedArchive> {
  const reader = readStream(chunks);
  const toc = await streamToc(reader);
  onToc(toc);
  const expected = new Map(
    toc.entries.filter(({ data }) => data !== 'none').map((entry) => [entry.id, entry]),
  );
  const blocks: DataBlock[] = [];
  while (expected.size > 0) {
    if ((await reader.load(1)).length === 0) throw missing(reader.position, expected, blocks.length);
    const block = await readBlock(reader, toc, expected);
    expected.delete(block.entry.id);
    blocks.push(block);
  }
  let trailingBytes = 0;
  for (let rest = await reader.upTo(SKIP_BYTES); rest; rest = await reader.upTo(SKIP_BYTES)) {
    trailingBytes += rest.length;
  }
  return { toc, blocks, trailingBytes, sizeBytes: reader.position };
}

const SKIP_BYTES = 1 << 20;
const FIRST_LOAD_BYTES = 64 * 1024;

async function streamToc(reader: StreamReader): Promise<ArchiveToc> {
  for (let wanted = FIRST_LOAD_BYTES; ; wanted *= 2) {
    const loaded = await reader.load(wanted);
    try {
      const toc = parseToc(loaded);
      reader.skip(toc.end);
      return toc;
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error;
      if (loaded.length < wanted) throw truncatedToc(loaded.length);
      if (wanted > TOC_BYTES_MAX) throw backupCorrupt('The archive has a table of contents without end.');
    }
  }
}

export function truncatedToc(sizeBytes: number): Error {
  return backupTruncated(`It ends after ${sizeBytes} bytes, inside the archive's table of contents.`);
}

const TABLE_BLOCK = 1;
const LARGE_OBJECTS_BLOCK = 3;

async function readBlock(
  reader: StreamReader,
  { header }: ArchiveToc,
  expected: ReadonlyMap<number, TocEntry>,
): Promise<DataBlock> {
  const at = reader.position;
  const between = () => 'at the beginning of a data block';
  const kind = (await reader.exactly(1, between)).readUInt8();
  const id = await readInt(reader, header.intSize, between);
  const entry = expected.get(id);
  if (!entry || (kind !== TABLE_BLOCK && kind !== LARGE_OBJECTS_BLOCK)) {
    throw backupCorrupt(`At byte ${at} there is no data block that the table of contents knows.`);
  }
  if (typeof entry.data === 'object' && entry.data.at !== at) {
    throw backupCorrupt(`The data of ${nameOf(entry)} begins at byte ${at}, not where the archive says.`);
  }
  const inside = () => `inside the data of ${nameOf(entry)}`;
  const readOne = async (): Promise<Payload> => {
    const payload = readPayload(header.compression, `the data of ${nameOf(entry)}`);
    await readChunks(reader, header.intSize, inside, payload.write);
    return payload.end();
  };
  if (kind === TABLE_BLOCK) {
    return { entry, at, ...(await readOne()), storedBytes: reader.position - at };
  }
  let decodedBytes: number | null = 0;
  while ((await readInt(reader, header.intSize, inside)) !== 0) {
    const one = await readOne();
    decodedBytes =
      decodedBytes === null || one.decodedBytes === null ? null : decodedBytes + one.decodedBytes;
  }
  return { entry, at, rows: null, decodedBytes, storedBytes: reader.position - at };
}

function missing(size: number, expected: ReadonlyMap<number, TocEntry>, found: number): Error {
  const first = expected.values().next().value;
  const name = first ? nameOf(first) : 'an item';
  return backupTruncated(
    `It ends after ${size} bytes with ${found} of ${found + expected.size} data blocks; the data of ${name} is not there.`,
  );
}

export function nameOf(entry: TocEntry): string {
  const name = entry.schema ? `${entry.schema}.${entry.tag}` : entry.tag;
  if (entry.kind === 'TABLE DATA') return `table ${name}`;
  return entry.kind.startsWith('BLOB') ? 'the large objects' : `${entry.kind} ${name}`;
}
