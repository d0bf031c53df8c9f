import { backupCorrupt } from '../refusals.ts';

/** What is loaded ends here: the file goes on and more must be read, or it was cut. */
export class EndOfBytes extends Error {
  constructor() {
    super('End of the loaded bytes');
    this.name = 'EndOfBytes';
  }
}

/**
 * Reads the primitives of pg_dump's custom format (`ReadInt`, `ReadStr`, `ReadOffset` of PostgreSQL's
 * pg_backup_archiver.c) from loaded bytes. It never allocates by a length that the file states, and
 * never reads beyond what is loaded.
 */
export interface ByteReader {
  readonly position: number;
  byte(): number;
  /** A sign byte, then `intSize` bytes, lowest first. */
  int(): number;
  /** Null is the format's own NULL, a negative length. */
  text(): string | null;
  skipText(): void;
  unsigned(size: number): number;
  /** The sizes are themselves in the header, so they are set while it is read. */
  intSize(size: number): void;
}

export function readBytes(loaded: Buffer, start = 0): ByteReader {
  let position = start;
  let intSize = 4;

  const take = (length: number): number => {
    if (length > loaded.length - position) throw new EndOfBytes();
    const at = position;
    position += length;
    return at;
  };
  const byte = (): number => loaded.readUInt8(take(1));
  const unsigned = (size: number): number => littleEndian(loaded, take(size), size);
  const int = (): number => {
    const negative = byte() !== 0;
    const value = unsigned(intSize);
    return negative ? -value : value;
  };
  const textLength = (): number => {
    const length = int();
    return length < 0 ? -1 : length;
  };

  return {
    get position() {
      return position;
    },
    byte,
    int,
    unsigned,
    text: () => {
      const length = textLength();
      if (length < 0) return null;
      const at = take(length);
      return loaded.toString('utf8', at, at + length);
    },
    skipText: () => {
      const length = textLength();
      if (length > 0) take(length);
    },
    intSize: (size) => {
      intSize = size;
    },
  };
}

/** @throws Refusal `backup_corrupt` when the number is beyond what any real archive holds. */
export function littleEndian(bytes: Buffer, at: number, size: number): number {
  const low = Math.min(size, 6);
  let value = bytes.readUIntLE(at, low);
  for (let index = low; index < size; index += 1) value += (bytes[at + index] ?? 0) * 2 ** (8 * index);
  if (!Number.isSafeInteger(value)) {
    throw backupCorrupt(`The archive holds a number that makes no sense at byte ${at}.`);
  }
  return value;
}
