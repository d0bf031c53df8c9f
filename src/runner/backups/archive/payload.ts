import { createInflate } from 'node:zlib';
import { backupCorrupt, hasCode, messageOf } from '../refusals.ts';
import type { ArchiveCompression } from './header.ts';

/** Takes a data block's stored bytes, and says what came out of them at their end. */
export interface PayloadReader {
  write(piece: Buffer): Promise<void>;
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
  return { write: async () => {}, end: async () => ({ decodedBytes: null, rows: null }) };
}

function plain(): PayloadReader {
  const lines = countLines();
  return { write: async (piece) => lines.push(piece), end: async () => lines.result() };
}

/** pg_dump writes chunks of 4 KB; handing each to zlib's threads would cost more than its work. */
const BATCH_BYTES = 256 * 1024;

function inflated(what: string): PayloadReader {
  const lines = countLines();
  const inflate = createInflate({ chunkSize: BATCH_BYTES });
  let batch: Buffer[] = [];
  let batched = 0;
  let given = 0;
  let isOver = false;
  inflate.on('data', (decoded: Buffer) => lines.push(decoded));
  // A write that fails, or comes after the stream's own end, is never called back.
  const failed = new Promise<never>((_, reject) => inflate.once('error', reject));
  failed.catch(() => {});
  const over = new Promise<void>((resolve) => inflate.once('end', resolve)).then(() => {
    isOver = true;
  });

  const corrupt = (error: unknown): never => {
    inflate.destroy();
    if (!hasCode(error, 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT')) throw error;
    throw backupCorrupt(`Decompression of ${what} failed: ${messageOf(error)}.`);
  };
  const tooMuch = (): never => {
    inflate.destroy();
    throw backupCorrupt(`Bytes follow the compressed stream of ${what}.`);
  };
  const flush = async (): Promise<void> => {
    if (isOver) tooMuch();
    const pieces = batch;
    batch = [];
    batched = 0;
    const written = new Promise<void>((resolve) => {
      inflate.write(Buffer.concat(pieces), () => resolve());
    });
    await Promise.race([written, over, failed]).catch(corrupt);
  };

  return {
    write: async (piece) => {
      // The caller reuses nothing, so pieces may be kept until the batch is full.
      batch.push(piece);
      batched += piece.length;
      given += piece.length;
      if (batched >= BATCH_BYTES) await flush();
    },
    end: async () => {
      // Since PostgreSQL 16 a block without bytes is written without a compressed stream.
      if (given === 0) {
        inflate.destroy();
        return lines.result();
      }
      if (batched > 0) await flush();
      inflate.end();
      await Promise.race([over, failed]).catch(corrupt);
      if (inflate.bytesWritten !== given) tooMuch();
      return lines.result();
    },
  };
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
