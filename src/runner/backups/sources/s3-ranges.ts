import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FetchOptions } from './source.ts';

/** The first byte and the one after the last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Multipart uploads have parts of 8 MB or multiples of it, and S3 serves aligned ranges fastest. */
const RANGE_BYTES = 8 * 1024 * 1024;

/** The ranges that make up `start` to `end`, cut at multiples of 8 MB. */
export function cutIntoRanges(start: number, end: number): Range[] {
  const ranges: Range[] = [];
  for (let at = start; at < end; ) {
    const next = Math.min(end, (Math.floor(at / RANGE_BYTES) + 1) * RANGE_BYTES);
    ranges.push({ start: at, end: next });
    at = next;
  }
  return ranges;
}

/** So many ranges are on their way at once: 64 MB, which fills a fast line and fits a small host. */
const PARALLEL = 8;

/** The bytes of the ranges in their order, the next ones on their way while one is used. */
export async function* inOrder(
  ranges: readonly Range[],
  get: (range: Range) => Promise<Buffer>,
): AsyncGenerator<Buffer> {
  const waiting = [...ranges];
  const ahead: Promise<Buffer>[] = [];
  const begin = (): void => {
    const range = waiting.shift();
    if (!range) return;
    const bytes = get(range);
    // A failure is met when its turn comes.
    bytes.catch(() => {});
    ahead.push(bytes);
  };
  for (let count = 0; count < PARALLEL; count += 1) begin();
  for (let next = ahead.shift(); next; next = ahead.shift()) {
    yield await next;
    begin();
  }
}

/** Fills a new file of known size from its ranges, in whatever order they come. One failure ends all. */
export async function fillFile(
  path: string,
  sizeBytes: number,
  get: (range: Range, signal: AbortSignal) => Promise<Buffer>,
  { signal, onBytes }: FetchOptions,
): Promise<void> {
  const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  try {
    await file.truncate(sizeBytes);
    const waiting = cutIntoRanges(0, sizeBytes);
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let done = 0;
    const worker = async (): Promise<void> => {
      for (let range = waiting.shift(); range; range = waiting.shift()) {
        const bytes = await get(range, either);
        await writeAll(file, bytes, range.start);
        done += bytes.length;
        onBytes(done);
      }
    };
    const workers = Array.from({ length: PARALLEL }, () =>
      worker().catch((error: unknown) => stop.abort(error)),
    );
    await Promise.all(workers);
    either.throwIfAborted();
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}
