import { backupCorrupt, backupTruncated } from '../refusals.ts';
import { EndOfBytes } from './bytes.ts';
import { readChunks, readInt } from './chunks.ts';
import { readStream } from './stream.ts';
import { type ArchiveToc, parseToc, TOC_BYTES_MAX, type TocEntry } from './toc.ts';
import { nameOf, truncatedToc } from './walk.ts';

/** A backup of known size that can be read from anywhere. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** `length` bytes from `start`; fewer only at the end. */
  read(start: number, length: number): Promise<Buffer>;
}

/** Where one item's data lies. */
export interface DataRange {
  readonly entry: TocEntry;
  readonly at: number;
  readonly bytes: number;
}

/** The table of contents of a seekable archive, loading no more than it needs. */
export async function loadToc(file: RandomAccess): Promise<ArchiveToc> {
  for (let wanted = 64 * 1024; ; wanted *= 2) {
    const loaded = await file.read(0, Math.min(wanted, file.sizeBytes));
    try {
      return parseToc(loaded, file.sizeBytes);
    } catch (error) {
      if (!(error instanceof EndOfBytes)) throw error;
      if (wanted >= file.sizeBytes) throw truncatedToc(file.sizeBytes);
      if (wanted > TOC_BYTES_MAX) throw backupCorrupt('The archive has a table of contents without end.');
    }
  }
}

/**
 * Every item's bytes, from the sorted offsets; null when the archive was written to a pipe and has none.
 *
 * @throws Refusal `backup_truncated` when an offset lies beyond the end of the file.
 */
export function dataRanges(toc: ArchiveToc, sizeBytes: number): DataRange[] | null {
  const placed: { entry: TocEntry; at: number }[] = [];
  for (const entry of toc.entries) {
    if (entry.data === 'unknown') return null;
    if (entry.data !== 'none') placed.push({ entry, at: entry.data.at });
  }
  placed.sort((one, other) => one.at - other.at);
  return placed.map(({ entry, at }, index) => {
    if (at >= sizeBytes) {
      throw backupTruncated(
        `It ends after ${sizeBytes} bytes; the data of ${nameOf(entry)} would begin at byte ${at}.`,
      );
    }
    if (at < toc.end) throw backupCorrupt(`The data of ${nameOf(entry)} lies inside the table of contents.`);
    return { entry, at, bytes: (placed[index + 1]?.at ?? sizeBytes) - at };
  });
}

/** A longer last block is left to the full decode; its last bytes are looked at all the same. */
const WALK_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Refuses a cut archive in milliseconds, without decompressing anything: the last block's chain of
 * chunks must end, with the archive's mark of an end, inside the file. Says nothing of an archive
 * without offsets.
 */
export async function checkEnd(file: RandomAccess, toc: ArchiveToc): Promise<void> {
  const last = dataRanges(toc, file.sizeBytes)?.at(-1);
  if (!last) return;
  const { intSize } = toc.header;
  const mark = await file.read(file.sizeBytes - intSize - 1, intSize + 1);
  const inside = () => `inside the data of ${nameOf(last.entry)}`;
  if (mark.some((byte) => byte !== 0)) {
    throw backupTruncated(`It ends after ${file.sizeBytes} bytes, ${inside()}.`);
  }
  if (last.bytes > WALK_BYTES_MAX) return;
  const reader = readStream(windows(file, last.at));
  await reader.exactly(1 + 1 + intSize, inside);
  const skip = () => readChunks(reader, intSize, inside, () => {});
  if (!last.entry.kind.startsWith('BLOB')) return skip();
  while ((await readInt(reader, intSize, inside)) !== 0) await skip();
}

const WINDOW_BYTES = 8 * 1024 * 1024;

async function* windows(file: RandomAccess, start: number): AsyncGenerator<Buffer> {
  for (let at = start; at < file.sizeBytes; at += WINDOW_BYTES) yield await file.read(at, WINDOW_BYTES);
}
