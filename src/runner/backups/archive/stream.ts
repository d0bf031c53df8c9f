import { backupTruncated } from '../refusals.ts';

/** Reads a stream of chunks by the piece, however the chunks were cut. */
export interface StreamReader {
  /** Bytes read so far. */
  readonly position: number;
  /** All that is loaded, after loading at least `length` bytes, or to the end when there are fewer. */
  load(length: number): Promise<Buffer>;
  skip(length: number): void;
  /** Exactly so many bytes; `where` completes the sentence when the stream ends before. */
  exactly(length: number, where: () => string): Promise<Buffer>;
  /** At most `max` of the bytes that are loaded, at least `min`; null when so many are not. Never waits. */
  atHand(min: number, max: number): Buffer | null;
  /** What is at hand, at most `max` bytes; null at the end. */
  upTo(max: number): Promise<Buffer | null>;
}

export function readStream(chunks: AsyncIterable<Buffer>): StreamReader {
  const source = chunks[Symbol.asyncIterator]();
  let loaded: Buffer = Buffer.alloc(0);
  let offset = 0;
  let passed = 0;

  const next = async (): Promise<Buffer | null> => {
    for (;;) {
      const { done, value } = await source.next();
      if (done) return null;
      if (value.length > 0) return value;
    }
  };
  const load = async (length: number): Promise<Buffer> => {
    const parts = [loaded.subarray(offset)];
    let size = loaded.length - offset;
    while (size < length) {
      const chunk = await next();
      if (!chunk) break;
      parts.push(chunk);
      size += chunk.length;
    }
    passed += offset;
    offset = 0;
    loaded = parts.length === 1 ? loaded.subarray(loaded.length - size) : Buffer.concat(parts);
    return loaded;
  };
  const consume = (length: number): Buffer => {
    const piece = loaded.subarray(offset, offset + length);
    offset += piece.length;
    return piece;
  };

  return {
    get position() {
      return passed + offset;
    },
    load,
    skip: (length) => {
      consume(length);
    },
    exactly: async (length, where) => {
      if (loaded.length - offset < length && (await load(length)).length < length) {
        throw backupTruncated(`It ends after ${passed + loaded.length} bytes, ${where()}.`);
      }
      return consume(length);
    },
    atHand: (min, max) => (loaded.length - offset < min ? null : consume(max)),
    upTo: async (max) => {
      if (offset === loaded.length && (await load(1)).length === 0) return null;
      return consume(max);
    },
  };
}
