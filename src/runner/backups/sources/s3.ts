import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import type { S3Source } from '../../../config/runner-config.ts';
import { readSecret } from '../../../config/secrets.ts';
import { explain, isBodyless } from './s3-errors.ts';
import { retrying, ShortBody } from './s3-failure.ts';
import { cutIntoRanges, type Range } from './s3-ranges.ts';
import type { BackupSource, StoredFile } from './source.ts';

type S3Config = z.infer<typeof S3Source>;
type Environment = Readonly<Record<string, string | undefined>>;

/** So many ranges are on their way at once: 64 MB, which fills a fast line and fits a small host. */
const PARALLEL = 8;
const RANGE_DEADLINE_MS = 60_000;
const ASK_DEADLINE_MS = 15_000;

/** A bucket of S3 or of a store that speaks its protocol. */
export function s3Source(config: S3Config, environment: Environment): BackupSource {
  const client = clientFor(config, environment);
  const display = (path: string): string => `s3://${config.bucket}/${path}`;
  const ask = <Answer>(
    path: string,
    signal: AbortSignal,
    request: (deadline: AbortSignal) => Promise<Answer>,
  ) =>
    retrying(signal, ASK_DEADLINE_MS, request).catch((error: unknown) => {
      throw explain(error, config, path);
    });

  const list = async (prefix: string, signal: AbortSignal, max?: number): Promise<StoredFile[]> => {
    const files: StoredFile[] = [];
    let token: string | undefined;
    do {
      const page = await ask('', signal, (abortSignal) =>
        client.send(
          new ListObjectsV2Command({
            Bucket: config.bucket,
            Prefix: prefix,
            ...(token ? { ContinuationToken: token } : {}),
            ...(max ? { MaxKeys: max } : {}),
          }),
          { abortSignal },
        ),
      );
      for (const { Key, Size = 0, LastModified, ETag } of page.Contents ?? []) {
        if (!Key || Key.endsWith('/')) continue;
        const modifiedAt = LastModified ?? null;
        files.push({
          path: Key,
          sizeBytes: Size,
          modifiedAt,
          version: ETag ?? null,
          sha256: null,
          crc32: null,
        });
      }
      token = max ? undefined : page.NextContinuationToken;
    } while (token);
    return files;
  };

  const stat = async (path: string, signal: AbortSignal, version?: string | null): Promise<StoredFile> => {
    const which = { Bucket: config.bucket, Key: path, ...versionOnly(version) };
    const head = await retrying(signal, ASK_DEADLINE_MS, (abortSignal) =>
      client.send(new HeadObjectCommand({ ...which, ChecksumMode: 'ENABLED' }), { abortSignal }),
    ).catch(async (error: unknown) => {
      // The answer to HEAD has no body to say why; a listing has.
      if (isBodyless(error)) await list(path, signal, 1);
      throw explain(error, config, path);
    });
    const versioned = head.VersionId && head.VersionId !== 'null' ? head.VersionId : head.ETag;
    return {
      path,
      sizeBytes: head.ContentLength ?? 0,
      modifiedAt: head.LastModified ?? null,
      version: versioned ?? null,
      sha256: wholeDigest(head.ChecksumSHA256),
      crc32: wholeDigest(head.ChecksumCRC32),
    };
  };

  const getRange = async (file: StoredFile, { start, end }: Range, signal: AbortSignal): Promise<Buffer> =>
    retrying(signal, RANGE_DEADLINE_MS, async (abortSignal) => {
      const answer = await client.send(
        new GetObjectCommand({
          Bucket: config.bucket,
          Key: file.path,
          Range: `bytes=${start}-${end - 1}`,
          ...exactly(file.version),
        }),
        { abortSignal },
      );
      const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      if (bytes.length !== end - start) {
        throw new ShortBody(`asked for ${end - start} bytes, got ${bytes.length}`);
      }
      return bytes;
    }).catch((error: unknown) => {
      throw explain(error, config, file.path);
    });

  return {
    config,
    display,
    nameOf: (path) => path.slice(config.prefix.length),
    localPath: () => null,
    pathOf: async (request) => {
      const key = request.startsWith(`s3://${config.bucket}/`)
        ? request.slice(config.bucket.length + 6)
        : null;
      return key?.startsWith(config.prefix) && key !== '' ? key : null;
    },
    list: (signal) => list(config.prefix, signal),
    stat,
    open: async (file, { start = 0, end = file.sizeBytes, signal }) =>
      Readable.from(
        inOrder(cutIntoRanges(start, end), (range) => getRange(file, range, signal)),
        {
          objectMode: false,
          highWaterMark: 1 << 20,
        },
      ),
    fetch: async (file, into, { signal, onBytes }) => {
      const handle = await open(into, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      try {
        await handle.truncate(file.sizeBytes);
        const waiting = cutIntoRanges(0, file.sizeBytes);
        let done = 0;
        const stop = new AbortController();
        const either = AbortSignal.any([signal, stop.signal]);
        const worker = async (): Promise<void> => {
          for (let range = waiting.shift(); range; range = waiting.shift()) {
            const bytes = await getRange(file, range, either);
            await handle.write(bytes, 0, bytes.length, range.start);
            done += bytes.length;
            onBytes(done);
          }
        };
        const workers = Array.from({ length: PARALLEL }, () =>
          worker().catch((error: unknown) => {
            stop.abort(error);
            throw error;
          }),
        );
        const results = await Promise.allSettled(workers);
        for (const result of results)
          if (result.status === 'rejected') throw stop.signal.reason ?? result.reason;
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

function clientFor(config: S3Config, environment: Environment): S3Client {
  const { 'access-key-id': id, 'secret-access-key': secret } = config;
  return new S3Client({
    region: config.region,
    forcePathStyle: config['path-style'],
    // One rule for all retries, of requests and of bodies: `retrying`.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: RANGE_DEADLINE_MS },
    ...(config.endpoint ? { endpoint: config.endpoint } : {}),
    ...(id && secret
      ? {
          credentials: {
            accessKeyId: readSecret(id, environment),
            secretAccessKey: readSecret(secret, environment),
          },
        }
      : {}),
  });
}

/** Ranges in their order, the next ones on their way while one is used. */
async function* inOrder(ranges: Range[], get: (range: Range) => Promise<Buffer>): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = [];
  const begin = (): void => {
    const range = ranges.shift();
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

/** An ETag comes with its quotes, a version id never has any. */
function exactly(version: string | null): { IfMatch?: string; VersionId?: string } {
  return version?.startsWith('"') ? { IfMatch: version } : versionOnly(version);
}

function versionOnly(version: string | null | undefined): { VersionId?: string } {
  return version && !version.startsWith('"') ? { VersionId: version } : {};
}

/** A digest over parts (`…-7`) says nothing of the whole. */
function wholeDigest(base64: string | undefined): string | null {
  return base64 && !base64.includes('-') ? Buffer.from(base64, 'base64').toString('hex') : null;
}
