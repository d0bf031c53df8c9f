import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { crc32 } from 'node:zlib';

export interface ReadOptions {
  /** Bytes read so far; called often. */
  readonly onBytes: (done: number) => void;
  /** Once past, the bytes are only hashed and no longer decoded; ms since 1970. */
  readonly decodeUntil: number;
  /** Once past, reading stops and there is no digest; ms since 1970. */
  readonly readUntil: number;
}

export interface WholeRead<Result> {
  /** Of the stored bytes, lower-case hex; null when time ran out. */
  readonly sha256: string | null;
  readonly crc32: string | null;
  readonly sizeBytes: number;
  readonly decoding:
    | { readonly outcome: 'done'; readonly result: Result }
    | { readonly outcome: 'failed'; readonly error: unknown }
    | { readonly outcome: 'stopped' };
}

const AHEAD_BYTES = 4 * 1024 * 1024;

/**
 * Reads a backup once: the digest of its stored bytes and its decoding come from the same pass. The
 * digest is completed even when the decoding fails, so that damage and exchange can be told apart.
 *
 * @throws whatever the stream itself fails with.
 */
export async function readWhole<Result>(
  stored: AsyncIterable<Buffer>,
  decode: (chunks: AsyncIterable<Buffer>) => Promise<Result>,
  options: ReadOptions,
): Promise<WholeRead<Result>> {
  const digest = createHash('sha256');
  let sum = 0;
  let sizeBytes = 0;
  let inTime = true;
  const feed = startFeed(decode);
  try {
    for await (const chunk of stored) {
      digest.update(chunk);
      sum = crc32(chunk, sum);
      sizeBytes += chunk.length;
      options.onBytes(sizeBytes);
      const now = Date.now();
      inTime = now < options.readUntil;
      if (!inTime) break;
      if (now < options.decodeUntil) await feed.give(chunk);
      else feed.stop();
    }
  } catch (error) {
    feed.stop();
    await feed.end();
    throw error;
  }
  if (!inTime) feed.stop();
  const decoding = await feed.end();
  return {
    sha256: inTime ? digest.digest('hex') : null,
    crc32: inTime ? sum.toString(16).padStart(8, '0') : null,
    sizeBytes,
    decoding,
  };
}

/** Runs the decoding beside the reading, at the pace of the slower one. */
function startFeed<Result>(decode: (chunks: AsyncIterable<Buffer>) => Promise<Result>) {
  const pipe = new PassThrough({ highWaterMark: AHEAD_BYTES });
  let open = true;
  let stopped = false;
  // Closed early by a decoding that failed, or by `stop`; both are known by other ways.
  pipe.on('error', () => {});
  const decoding = decode(pipe)
    .then(
      (result) => ({ outcome: 'done', result }) as const,
      (error: unknown) => ({ outcome: 'failed', error }) as const,
    )
    .finally(() => {
      open = false;
      pipe.destroy();
    });

  return {
    async give(chunk: Buffer): Promise<void> {
      if (!open || stopped || pipe.destroyed || pipe.write(chunk)) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          pipe.off('drain', go).off('close', go);
          resolve();
        };
        pipe.on('drain', go).on('close', go);
      });
    },
    stop(): void {
      if (stopped || !open) return;
      stopped = true;
      pipe.destroy(new Error('Stopped'));
    },
    async end(): Promise<WholeRead<Result>['decoding']> {
      if (!stopped) pipe.end();
      const settled = await decoding;
      return stopped ? { outcome: 'stopped' } : settled;
    },
  };
}
