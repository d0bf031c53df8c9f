import { backupCorrupt, backupTruncated } from '../refusals.ts';
import { littleEndian } from './bytes.ts';
import type { StreamReader } from './stream.ts';

/** Ends the sentence "It ends after N bytes, …". */
export type Where = () => string;

/** A sign byte, then `intSize` bytes, lowest first. */
export async function readInt(reader: StreamReader, intSize: number, where: Where): Promise<number> {
  return intOf(await reader.exactly(1 + intSize, where), intSize);
}

function intOf(bytes: Buffer, intSize: number): number {
  const value = littleEndian(bytes, 1, intSize);
  return bytes[0] === 0 ? value : -value;
}

/**
 * A chain of chunks, each with its length before it, ended by a length of zero. An uncompressed archive has
 * a chunk for every row, so nothing is awaited that is at hand.
 */
export async function readChunks(
  reader: StreamReader,
  intSize: number,
  inside: Where,
  write: (piece: Buffer) => Promise<void> | void,
): Promise<void> {
  const size = 1 + intSize;
  for (;;) {
    let left = intOf(reader.atHand(size, size) ?? (await reader.exactly(size, inside)), intSize);
    if (left === 0) return;
    if (left < 0)
      throw backupCorrupt(`A chunk of impossible length at byte ${reader.position}, ${inside()}.`);
    while (left > 0) {
      const piece = reader.atHand(1, left) ?? (await reader.upTo(left));
      if (!piece) throw backupTruncated(`It ends after ${reader.position} bytes, ${inside()}.`);
      left -= piece.length;
      const written = write(piece);
      if (written) await written;
    }
  }
}
