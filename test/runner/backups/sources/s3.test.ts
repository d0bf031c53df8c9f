import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { S3Source } from '../../../../src/config/runner-config.ts';
import { s3Source } from '../../../../src/runner/backups/sources/s3.ts';
import { type S3StandIn, startS3StandIn } from '../../../support/s3-stand-in/server.ts';
import { refusalOf } from '../dumps.ts';

const MB = 1024 * 1024;
const bytes = randomBytes(20 * MB + 7);
const signal = new AbortController().signal;
let s3: S3StandIn;
let directory: string;
beforeAll(async () => {
  s3 = await startS3StandIn({ pageSize: 3 });
  directory = await mkdtemp(join(tmpdir(), 'twokey-test-s3-'));
  const bucket = s3.createBucket('backups');
  bucket.put('db/big.dump', { bytes, checksums: {} });
  for (let count = 0; count < 8; count += 1)
    bucket.put(`db/${count}.dump`, { bytes: Buffer.from('x'), checksums: {} });
  bucket.put('other/z.dump', { bytes: Buffer.from('x'), checksums: {} });
  s3.createBucket('versioned', { versioning: true });
  s3.createBucket('far', { region: 'eu-central-1' });
  s3.createBucket('closed');
  s3.deny('closed');
});
afterEach(() => s3.clearFaults());
afterAll(async () => {
  await s3.stop();
  await rm(directory, { recursive: true, force: true });
});

const source = (more: Record<string, unknown> = {}, environment: Record<string, string> = {}) =>
  s3Source(
    S3Source.parse({
      name: 'offsite',
      kind: 's3',
      bucket: 'backups',
      prefix: 'db/',
      endpoint: s3.endpoint,
      'path-style': true,
      patterns: ['*.dump'],
      'access-key-id': { env: 'ID' },
      'secret-access-key': { env: 'SECRET' },
      ...more,
    }),
    { ID: s3.credentials.accessKeyId, SECRET: s3.credentials.secretAccessKey, ...environment },
    { attempts: 5, firstPauseMs: 5 },
  );

async function fetched(name: string): Promise<Buffer> {
  const into = join(directory, name);
  const file = await source().stat('db/big.dump', signal);
  await source().bring(file, into, { signal, onBytes: () => {} });
  return readFile(into);
}

describe('a bucket (against the S3 stand-in)', () => {
  test('is listed page by page, below its prefix only', async () => {
    const files = await source().list(signal);
    expect(files).toHaveLength(9);
    expect(files.every(({ path }) => path.startsWith('db/'))).toBe(true);
  });

  test('gives an object whole, and any part of it', async () => {
    const file = await source().stat('db/big.dump', signal);
    expect(file).toMatchObject({
      sizeBytes: bytes.length,
      version: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    expect((await buffer(await source().open(file, { signal }))).equals(bytes)).toBe(true);
    const part = await buffer(await source().open(file, { start: 8 * MB - 3, end: 8 * MB + 5, signal }));
    expect(part.equals(bytes.subarray(8 * MB - 3, 8 * MB + 5))).toBe(true);
  });

  test('is fetched by aligned ranges into a file of the runner alone', async () => {
    s3.requests.length = 0;
    expect((await fetched('whole')).equals(bytes)).toBe(true);
    expect((await stat(join(directory, 'whole'))).mode & 0o777).toBe(0o600);
    const ranges = s3.requests
      .filter((line) => line.includes('bytes='))
      .map((line) => line.split('bytes=')[1]);
    expect(ranges.sort()).toEqual(
      [`0-${8 * MB - 1}`, `${16 * MB}-${bytes.length - 1}`, `${8 * MB}-${16 * MB - 1}`].sort(),
    );
  });

  test.each(['slow-down', 'cut', 'truncate'] as const)(
    'is fetched whole in spite of `%s` that passes',
    async (kind) => {
      s3.inject({ kind, times: 3 });
      expect((await fetched(kind)).equals(bytes)).toBe(true);
    },
  );

  test.each(['slow-down', 'cut', 'truncate'] as const)(
    'is refused as unreachable after `%s` without end',
    async (kind) => {
      s3.inject({ kind });
      expect(await refusalOf(fetched(`${kind} for ever`))).toMatchObject({ code: 's3_unreachable' });
    },
  );

  test('notices that an object was replaced between two ranges', async () => {
    const bucket = s3.bucket('backups');
    bucket.put('db/moving.dump', { bytes: Buffer.from('before'), checksums: {} });
    const file = await source().stat('db/moving.dump', signal);
    bucket.put('db/moving.dump', { bytes: Buffer.from('after!'), checksums: {} });
    expect(await refusalOf(source().open(file, { signal }).then(buffer))).toMatchObject({
      code: 'backup_changed',
    });
  });

  test('with versions goes on reading the one that was looked at', async () => {
    const bucket = s3.bucket('versioned');
    bucket.put('db/a.dump', { bytes: Buffer.from('before'), checksums: {} });
    const versioned = source({ bucket: 'versioned' });
    const file = await versioned.stat('db/a.dump', signal);
    bucket.put('db/a.dump', { bytes: Buffer.from('after!'), checksums: {} });
    expect((await buffer(await versioned.open(file, { signal }))).toString()).toBe('before');
    expect(await versioned.stat('db/a.dump', signal, file.version)).toMatchObject({ version: file.version });
    expect((await versioned.stat('db/a.dump', signal)).version).not.toBe(file.version);
    expect(await refusalOf(versioned.stat('db/a.dump', signal, 'gone'))).toMatchObject({
      code: 'backup_changed',
    });
  });

  test('says the SHA-256 that the store keeps of the whole', async () => {
    const content = Buffer.from('content');
    const digest = createHash('sha256').update(content).digest();
    s3.bucket('backups').put('db/sum.dump', {
      bytes: content,
      checksums: { sha256: digest.toString('base64') },
    });
    expect(await source().stat('db/sum.dump', signal)).toMatchObject({
      sha256: digest.toString('hex'),
      crc32: null,
    });
  });

  test('knows which requests speak of it', async () => {
    expect(await source().pathOf('s3://backups/db/a.dump')).toBe('db/a.dump');
    expect(await source().pathOf('s3://backups/other/a.dump')).toBeNull();
    expect(await source().pathOf('s3://others/db/a.dump')).toBeNull();
    expect(await source().pathOf('db/a.dump')).toBeNull();
  });
});

describe('a bucket that says no', () => {
  test.each([
    ['s3_bucket_missing', { bucket: 'nowhere' }, {}],
    ['s3_wrong_region', { bucket: 'far' }, {}],
    ['s3_denied', { bucket: 'closed' }, {}],
    ['s3_credentials', {}, { SECRET: 'wrong' }],
    ['s3_credentials', {}, { ID: 'UNKNOWN' }],
    ['s3_unreachable', { endpoint: 'http://127.0.0.1:9' }, {}],
  ])('%s', async (code, config, environment) => {
    const asked = source(config, environment);
    expect(await refusalOf(asked.list(signal))).toMatchObject({ code });
    const looked = await refusalOf(asked.stat('db/big.dump', signal));
    expect(looked).toMatchObject({ code });
    expect(JSON.stringify(looked)).not.toContain(s3.credentials.secretAccessKey);
  });

  test('has no such key', async () => {
    expect(await refusalOf(source().stat('db/none.dump', signal))).toMatchObject({
      code: 'backup_not_found',
    });
  });

  test('ends its work at once when it is aborted', async () => {
    const stop = new AbortController();
    const file = await source().stat('db/big.dump', signal);
    const fetching = source().bring(file, join(directory, 'aborted'), {
      signal: stop.signal,
      onBytes: () => stop.abort(new Error('cancelled')),
    });
    await expect(fetching).rejects.toThrow('cancelled');
  });

  test('whose credentials have run out says so', async () => {
    const other = await startS3StandIn();
    other.createBucket('backups');
    other.expire();
    const looked = refusalOf(source({ endpoint: other.endpoint }).stat('db/a', signal));
    expect(await looked).toMatchObject({
      code: 's3_credentials',
      message: expect.stringContaining('ExpiredToken'),
    });
    await other.stop();
  });
});
