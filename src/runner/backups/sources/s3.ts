import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import type { S3Source } from '../../../config/runner-config.ts';
import { readSecret } from '../../../config/secrets.ts';
import { Refusal } from '../../refusal.ts';
import { backupChanged } from '../refusals.ts';
import { explain, isBodyless } from './s3-errors.ts';
import { PATIENCE, type Patience, retrying, ShortBody } from './s3-failure.ts';
import { cutIntoRanges, fillFile, inOrder, type Range } from './s3-ranges.ts';
import type { BackupSource, StoredFile } from './source.ts';

type S3Config = z.infer<typeof S3Source>;
type Environment = Readonly<Record<string, string | undefined>>;

const RANGE_DEADLINE_MS = 60_000;
const ASK_DEADLINE_MS = 15_000;

/** A bucket of S3 or of a store that speaks its protocol. */
export function s3Source(
  config: S3Config,
  environment: Environment,
  patience: Patience = PATIENCE,
): BackupSource {
  const client = clientFor(config, environment);
  const display = (path: string): string => `s3://${config.bucket}/${path}`;
  const ask = <Answer>(
    path: string,
    signal: AbortSignal,
    request: (deadline: AbortSignal) => Promise<Answer>,
  ) =>
    retrying(signal, ASK_DEADLINE_MS, patience, request).catch((error: unknown) => {
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
    const head = await retrying(signal, ASK_DEADLINE_MS, patience, (abortSignal) =>
      client.send(new HeadObjectCommand({ ...which, ChecksumMode: 'ENABLED' }), { abortSignal }),
    ).catch(async (error: unknown) => {
      // The answer to HEAD has no body to say why; a listing has.
      if (isBodyless(error)) await list(path, signal, 1);
      const explained = explain(error, config, path);
      const isGone = version && explained instanceof Refusal && explained.code === 'backup_not_found';
      throw isGone
        ? backupChanged(`${display(path)} is no longer there in the version of the plan.`)
        : explained;
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
    retrying(signal, RANGE_DEADLINE_MS, patience, async (abortSignal) => {
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
    bring: async (file, into, { signal, onBytes }) => {
      const get = (range: Range, either: AbortSignal) => getRange(file, range, either);
      await fillFile(into, file.sizeBytes, get, { signal, onBytes });
      return { path: into, copied: true };
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
