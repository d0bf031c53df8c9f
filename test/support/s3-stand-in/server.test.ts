import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type S3StandIn, startS3StandIn } from './server.ts';

let s3: S3StandIn;
let client: S3Client;
beforeAll(async () => {
  s3 = await startS3StandIn();
  s3.createBucket('b');
  s3.createBucket('locked', { versioning: true });
  client = new S3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: s3.credentials,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
});

const where = (Key: string) => ({ Bucket: 'b', Key });
const named = (name: string) => expect.objectContaining({ name });

describe('the S3 stand-in', () => {
  test('keeps what the SDK uploads, and its checksums', async () => {
    await client.send(
      new PutObjectCommand({ ...where('a b+ü.txt'), Body: 'content', ChecksumAlgorithm: 'SHA256' }),
    );
    const head = await client.send(new HeadObjectCommand({ ...where('a b+ü.txt'), ChecksumMode: 'ENABLED' }));
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update('content').digest('base64'));
    const { Body } = await client.send(new GetObjectCommand(where('a b+ü.txt')));
    expect(await Body?.transformToString()).toBe('content');
  });

  test('refuses a body that is not what its digests say', async () => {
    const wrong = createHash('sha256').update('other').digest('base64');
    const put = (more: object) =>
      client.send(new PutObjectCommand({ ...where('x'), Body: 'content', ...more }));
    await expect(put({ ChecksumSHA256: wrong })).rejects.toEqual(named('BadDigest'));
    await expect(put({ ContentMD5: createHash('md5').update('other').digest('base64') })).rejects.toEqual(
      named('BadDigest'),
    );
    await expect(client.send(new GetObjectCommand(where('x')))).rejects.toEqual(named('NoSuchKey'));
  });

  test('keeps its conditions', async () => {
    await client.send(new PutObjectCommand({ ...where('once'), Body: '1', IfNoneMatch: '*' }));
    await expect(
      client.send(new PutObjectCommand({ ...where('once'), Body: '2', IfNoneMatch: '*' })),
    ).rejects.toEqual(named('PreconditionFailed'));
    await expect(client.send(new GetObjectCommand({ ...where('once'), IfMatch: '"other"' }))).rejects.toEqual(
      named('PreconditionFailed'),
    );
  });

  test('puts parts together, and refuses small ones', async () => {
    const begin = async () => (await client.send(new CreateMultipartUploadCommand(where('parts')))).UploadId;
    const upload = async (UploadId: string | undefined, bodies: readonly Buffer[]) => {
      const Parts = [];
      for (const [index, Body] of bodies.entries()) {
        const PartNumber = index + 1;
        const { ETag } = await client.send(
          new UploadPartCommand({ ...where('parts'), UploadId, PartNumber, Body }),
        );
        Parts.push({ PartNumber, ETag });
      }
      return client.send(
        new CompleteMultipartUploadCommand({ ...where('parts'), UploadId, MultipartUpload: { Parts } }),
      );
    };
    const big = Buffer.alloc(5 * 1024 * 1024, 1);
    const { ETag } = await upload(await begin(), [big, Buffer.from('end')]);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(s3.bucket('b').get('parts').bytes).toHaveLength(big.length + 3);
    await expect(upload(await begin(), [Buffer.from('small'), big])).rejects.toEqual(named('EntityTooSmall'));
  });

  test('keeps versions, and lets none go that is under retention', async () => {
    const locked = { Bucket: 'locked', Key: 'a' };
    const { VersionId } = await client.send(
      new PutObjectCommand({
        ...locked,
        Body: '1',
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: new Date(Date.now() + 60_000),
      }),
    );
    await client.send(new PutObjectCommand({ ...locked, Body: '2' }));
    await expect(client.send(new DeleteObjectCommand({ ...locked, VersionId }))).rejects.toEqual(
      named('AccessDenied'),
    );
    await client.send(new DeleteObjectCommand(locked));
    await expect(client.send(new GetObjectCommand(locked))).rejects.toEqual(named('NoSuchKey'));
    const { Body } = await client.send(new GetObjectCommand({ ...locked, VersionId }));
    expect(await Body?.transformToString()).toBe('1');
  });
});
