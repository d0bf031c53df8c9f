import { backupCorrupt, backupTruncated } from '../refusals.ts';
import { littleEndian } from './bytes.ts';
import type { StreamReader } from './stream.ts';

/** Ends the sentence "It ends after N bytes, …". */
export type Where = () => string;

/** A sign byte, then `intSize` bytes, lowest first. */
export async function readInt(reader: StreamReader, intSize: number, where: Where): Promise<number> {
  const bytes = await reader.exactly(1 + intSize, where);
  const value = littleEndian(bytes, 1, intSize);
  return bytes[0] === 0 ? value : -value;
}

/** A chain of chunks, each with its length before it, ended by a length of zero. */
export async function readChunks(
  reader: StreamReader,
  intSize: number,
  inside: Where,
  write: (piece: Buffer) => Promise<void> | void,
): Promise<void> {
  for (let left = await readInt(reader, intSize, inside); left !== 0; ) {
    if (left < 0)
      throw backupCorrupt(`A chunk of impossible length at byte ${reader.position}, ${inside()}.`);
    while (left > 0) {
      const piece = await reader.upTo(left);
      if (!piece) throw backupTruncated(`It ends after ${reader.position} bytes, ${inside()}.`);
      left -= piece.length;
      await write(piece);
    }
    left = await readInt(reader, intSize, inside);
  }
}
