import { createInflate, inflateSync } from 'node:zlib';
import { z } from 'zod';
import { backupCorrupt, hasCode, messageOf } from '../refusals.ts';
import type { ArchiveCompression } from './header.ts';

/** Takes a data block's stored bytes, and says what came out of them at their end. */
export interface PayloadReader {
  /** A promise only where the writer must wait. */
  write(piece: Buffer): Promise<void> | undefined;
  end(): Promise<Payload>;
}

export interface Payload {
  /** Bytes after decompression; null when this process cannot decompress them. */
  readonly decodedBytes: number | null;
  /** Lines of COPY data; null when they do not end with COPY's own mark. */
  readonly rows: number | null;
}

/** `what` names the block in errors, such as `the data of table public.orders`. */
export function readPayload(compression: ArchiveCompression, what: string): PayloadReader {
  if (compression === 'gzip') return inflated(what);
  return compression === 'none' ? plain() : opaque();
}

/** Node 20 knows neither LZ4 nor zstd. */
function opaque(): PayloadReader {
  return { write: () => undefined, end: async () => ({ decodedBytes: null, rows: null }) };
}

function plain(): PayloadReader {
  const lines = countLines();
  return {
    write: (piece) => {
      lines.push(piece);
      return undefined;
    },
    end: async () => lines.result(),
  };
}

/** pg_dump writes chunks of 4 KB; handing each to zlib's threads would cost more than its work. */
const BATCH_BYTES = 256 * 1024;
/** Large objects come by the thousand; for a small one a stream of its own would cost more than its work. */
const SMALL_BYTES = 16 * 1024;

function inflated(what: string): PayloadReader {
  const lines = countLines();
  let batch: Buffer[] = [];
  let batched = 0;
  let stream: InflateStream | null = null;
  const flush = (): Promise<void> => {
    const bytes = Buffer.concat(batch);
    batch = [];
    batched = 0;
    stream ??= openInflate(what, (decoded) => lines.push(decoded));
    return stream.write(bytes);
  };
  return {
    write: (piece) => {
      // The caller reuses nothing, so pieces may be kept until the batch is full.
      batch.push(piece);
      batched += piece.length;
      return batched >= BATCH_BYTES ? flush() : undefined;
    },
    end: async () => {
      // Since PostgreSQL 16 a block without bytes is written without a compressed stream.
      if (!stream && batched === 0) return lines.result();
      if (!stream && batched <= SMALL_BYTES) {
        lines.push(inflateSmall(Buffer.concat(batch), what));
        return lines.result();
      }
      if (batched > 0) await flush();
      await stream?.end();
      return lines.result();
    },
  };
}

/** What Node gives with `info`; its types do not know it. */
const Informed = z.object({
  buffer: z.custom<Buffer>((value) => Buffer.isBuffer(value)),
  engine: z.object({ bytesWritten: z.int() }),
});

function inflateSmall(bytes: Buffer, what: string): Buffer {
  try {
    const { buffer, engine } = Informed.parse(inflateSync(bytes, { info: true }));
    if (engine.bytesWritten !== bytes.length) throw tooMuch(what);
    return buffer;
  } catch (error) {
    throw corrupt(error, what);
  }
}

interface InflateStream {
  write(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
}

function openInflate(what: string, onDecoded: (decoded: Buffer) => void): InflateStream {
  const inflate = createInflate({ chunkSize: BATCH_BYTES });
  let given = 0;
  let isOver = false;
  inflate.on('data', onDecoded);
  // A write that fails, or comes after the stream's own end, is never called back.
  const failed = new Promise<never>((_, reject) => inflate.once('error', reject));
  failed.catch(() => {});
  const over = new Promise<void>((resolve) => inflate.once('end', resolve)).then(() => {
    isOver = true;
  });
  const refuse = (error: unknown): never => {
    inflate.destroy();
    throw corrupt(error, what);
  };
  return {
    write: async (bytes) => {
      given += bytes.length;
      if (isOver) refuse(tooMuch(what));
      const written = new Promise<void>((resolve) => {
        inflate.write(bytes, () => resolve());
      });
      await Promise.race([written, over, failed]).catch(refuse);
    },
    end: async () => {
      inflate.end();
      await Promise.race([over, failed]).catch(refuse);
      if (inflate.bytesWritten !== given) refuse(tooMuch(what));
    },
  };
}

function tooMuch(what: string): Error {
  return backupCorrupt(`Bytes follow the compressed stream of ${what}.`);
}

function corrupt(error: unknown, what: string): unknown {
  if (!hasCode(error, 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT', 'ERR_BUFFER_TOO_LARGE')) return error;
  return backupCorrupt(`Decompression of ${what} failed: ${messageOf(error)}.`);
}

const NEWLINE = 10;
/** pg_dump ends a table's data with these, in the archive as in plain SQL. */
const COPY_END = '\\.\n\n\n';

function countLines() {
  let bytes = 0;
  let newlines = 0;
  let tail = '';
  return {
    push(decoded: Buffer): void {
      bytes += decoded.length;
      for (let at = decoded.indexOf(NEWLINE); at >= 0; at = decoded.indexOf(NEWLINE, at + 1)) newlines += 1;
      tail = (tail + decoded.toString('latin1', Math.max(0, decoded.length - 6))).slice(-6);
    },
    result(): Payload {
      const ended = tail === COPY_END || tail === `\n${COPY_END}`;
      return { decodedBytes: bytes, rows: ended ? newlines - 3 : null };
    },
  };
}
