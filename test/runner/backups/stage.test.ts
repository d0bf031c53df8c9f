import { createHash } from 'node:crypto';
import { appendFile, copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { BackupRef } from '../../../src/actions/backup.ts';
import { resolveBackup } from '../../../src/runner/backups/inspect.ts';
import { stageBackup } from '../../../src/runner/backups/stage.ts';
import { readStaged } from '../../../src/runner/backups/staged-record.ts';
import { type S3StandIn, startS3StandIn } from '../../support/s3-stand-in/server.ts';
import { writeArchive } from './archive/write-archive.ts';
import { ENCRYPTION, folder, testContext } from './context.ts';
import { type Dumps, encrypt, gzipFile, refusalOf, startDumps } from './dumps.ts';

const environment = { BACKUP_ENCRYPTION_KEY: 'the right one', ID: '', SECRET: '' };
let dumps: Dumps;
let s3: S3StandIn;
let into: string;
beforeAll(async () => {
  dumps = await startDumps();
  s3 = await startS3StandIn();
  environment.ID = s3.credentials.accessKeyId;
  environment.SECRET = s3.credentials.secretAccessKey;
  await dumps.dump('shop.dump', '-Fc');
  await dumps.dump('shop.sql');
  await gzipFile(dumps.path('shop.sql'), dumps.path('shop.sql.gz'));
  await gzipFile(dumps.path('shop.dump'), dumps.path('shop.dump.gz'));
  for (const name of ['shop.dump', 'shop.sql.gz'])
    await encrypt(dumps.path(name), dumps.path(`${name}.enc`), environment.BACKUP_ENCRYPTION_KEY);
  const bucket = s3.createBucket('offsite');
  for (const name of ['shop.dump', 'shop.sql.gz', 'shop.dump.enc']) {
    bucket.put(name, { bytes: await readFile(dumps.path(name)), checksums: {} });
  }
});
beforeEach(() => {
  into = join(dumps.directory, `staged-${Math.random()}`);
});
afterAll(async () => {
  await s3.stop();
  await dumps.stop();
});

const context = (signal?: AbortSignal, more: Record<string, string> = {}) =>
  testContext({
    environment: { ...environment, ...more },
    ...(signal ? { signal } : {}),
    backups: [
      folder(dumps.directory, { encryption: ENCRYPTION }),
      {
        name: 'offsite',
        kind: 's3',
        bucket: 'offsite',
        endpoint: s3.endpoint,
        'path-style': true,
        patterns: ['*'],
        encryption: ENCRYPTION,
        'access-key-id': { env: 'ID' },
        'secret-access-key': { env: 'SECRET' },
      },
    ],
  });
const refOf = async (request: string): Promise<BackupRef> => (await resolveBackup(request, context())).ref;
const outcomes = (rungs: readonly { rung: string; outcome: string }[]) =>
  rungs.map(({ rung, outcome }) => `${rung} ${outcome}`);
const gone = () => expect(stat(into)).rejects.toThrow('ENOENT');

describe('staging a healthy backup', () => {
  test.each(['shop.dump', 'shop.sql', 'shop.sql.gz'])('reads %s where it lies', async (name) => {
    const staged = await stageBackup(await refOf(name), context(), into);
    expect(staged.path).toBe(dumps.path(name));
    expect(outcomes(staged.rungs)).toEqual(['artifact pass', 'decode pass']);
    expect(staged.contents.tables).toHaveLength(7);
    expect(await readStaged(into)).toEqual(staged);
    expect(await readdir(into)).toEqual(['staged.json']);
  });

  test.each([
    ['shop.dump.enc', 'shop.dump'],
    ['shop.sql.gz.enc', 'shop.sql.gz'],
    ['shop.dump.gz', 'shop.dump'],
    ['s3://offsite/shop.dump', 'shop.dump'],
    ['s3://offsite/shop.sql.gz', 'shop.sql.gz'],
    ['s3://offsite/shop.dump.enc', 'shop.dump'],
  ])('leaves one plain copy of %s, for the runner alone', async (request, same) => {
    const staged = await stageBackup(await refOf(request), context(), into);
    expect(outcomes(staged.rungs)).toEqual(['artifact pass', 'decode pass']);
    expect((await readFile(staged.path)).equals(await readFile(dumps.path(same)))).toBe(true);
    expect((await stat(staged.path)).mode & 0o777).toBe(0o600);
    expect((await stat(into)).mode & 0o777).toBe(0o700);
    expect(await readdir(into)).toHaveLength(2);
    expect(await readStaged(into)).toEqual(staged);
  });

  test('tells how far it has come, in bytes', async () => {
    const given = context();
    const ref = await refOf('s3://offsite/shop.dump.enc');
    await stageBackup(ref, given, into);
    expect(given.told.map(({ stage }) => stage)).toEqual(['Fetching the backup', 'Decoding the backup']);
    expect(given.told.at(-1)).toMatchObject({ done: ref.sizeBytes, total: ref.sizeBytes, unit: 'bytes' });
  });

  test('may be done again over what an interrupted one left', async () => {
    const ref = await refOf('shop.dump.enc');
    await stageBackup(ref, context(), into);
    await writeFile(join(into, 'fetched'), 'rest');
    expect(outcomes((await stageBackup(ref, context(), into)).rungs)).toEqual([
      'artifact pass',
      'decode pass',
    ]);
  });
});

describe('staging refuses bytes that nobody approved, and leaves nothing', () => {
  test('of a file that was written to since', async () => {
    await copyFile(dumps.path('shop.sql'), dumps.path('moving.sql'));
    const ref = await refOf('moving.sql');
    await appendFile(dumps.path('moving.sql'), '-- more\n');
    expect(await refusalOf(stageBackup(ref, context(), into))).toMatchObject({ code: 'backup_changed' });
    await gone();
  });

  test('of a file with other bytes of the same size, whether they can be decoded or not', async () => {
    const text = await readFile(dumps.path('shop.sql'), 'utf8');
    for (const other of [text.replace('line1', 'line2'), text.replace('dump complete', 'dump kumplete')]) {
      await writeFile(dumps.path('other.sql'), text);
      const ref = await refOf('other.sql');
      await writeFile(dumps.path('other.sql'), other);
      expect(await refusalOf(stageBackup(ref, context(), into))).toMatchObject({ code: 'backup_changed' });
      await gone();
    }
  });

  test('of an object that was replaced', async () => {
    const bucket = s3.bucket('offsite');
    bucket.put('moving.dump', { bytes: await readFile(dumps.path('shop.dump')), checksums: {} });
    const ref = await refOf('s3://offsite/moving.dump');
    const bytes = await readFile(dumps.path('shop.dump'));
    bucket.put('moving.dump', { bytes: Buffer.from(bytes).reverse(), checksums: {} });
    expect(await refusalOf(stageBackup(ref, context(), into))).toMatchObject({ code: 'backup_changed' });
    await gone();
  });

  test('of an object whose body never comes whole', async () => {
    const ref = await refOf('s3://offsite/shop.dump');
    s3.inject({ kind: 'cut' });
    expect(await refusalOf(stageBackup(ref, context(), into))).toMatchObject({ code: 's3_unreachable' });
    s3.clearFaults();
    await gone();
  });

  test('of a staged file that somebody touched before the restore', async () => {
    const staged = await stageBackup(await refOf('shop.dump.enc'), context(), into);
    await appendFile(staged.path, 'x');
    expect(await refusalOf(readStaged(into))).toMatchObject({ code: 'backup_changed' });
    expect(await refusalOf(readStaged(join(into, 'nothing')))).toMatchObject({ code: 'backup_not_staged' });
  });

  test('with a key that is no longer the right one, without calling the backup damaged', async () => {
    const ref = await refOf('shop.dump.enc');
    const given = context(undefined, { BACKUP_ENCRYPTION_KEY: 'another' });
    expect(await refusalOf(stageBackup(ref, given, into))).toMatchObject({ code: 'backup_wrong_key' });
    const missing = context(undefined, { BACKUP_ENCRYPTION_KEY: '' });
    expect(await refusalOf(stageBackup(ref, missing, into))).toMatchObject({ code: 'secret_empty' });
    await gone();
  });

  test('when it is cancelled', async () => {
    const stop = new AbortController();
    const given = { ...context(stop.signal), progress: () => stop.abort(new Error('cancelled')) };
    await expect(stageBackup(await refOf('shop.dump.enc'), given, into)).rejects.toThrow();
    await gone();
  });
});

describe('a damaged backup is a failed rung, not a failure', () => {
  /** As if preflight had had no time to decode it. */
  const approved = async (name: string, bytes: Buffer): Promise<BackupRef> => {
    await writeFile(dumps.path(name), bytes);
    const like = await refOf(name.endsWith('.dump') ? 'shop.dump' : 'shop.sql.gz');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { ...like, path: name, display: dumps.path(name), sizeBytes: bytes.length, sha256 };
  };

  test.each([
    ['backup_truncated', 'cut.dump', async () => (await readFile(dumps.path('shop.dump'))).subarray(0, 9000)],
    ['backup_corrupt', 'flipped.sql.gz', async () => flipped(await readFile(dumps.path('shop.sql.gz')))],
  ])('%s', async (code, name, make) => {
    const ref = await approved(name, await make());
    const { rungs } = await stageBackup(ref, context(), into);
    expect(outcomes(rungs)).toEqual(['artifact pass', 'decode fail']);
    expect(rungs[1]?.findings).toEqual([expect.objectContaining({ severity: 'error', code })]);
    await gone();
  });

  test('one that only a newer pg_restore can read is not proven', async () => {
    const entries = [
      { kind: 'TABLE', tag: 'a' },
      { kind: 'TABLE DATA', tag: 'a', data: 'not really zstd' },
    ];
    const ref = await approved('zstd.dump', writeArchive({ minor: 16, compression: 'zstd', entries }));
    expect(outcomes((await stageBackup(ref, context(), into)).rungs)).toEqual([
      'artifact pass',
      'decode not-run',
    ]);
  });
});

function flipped(bytes: Buffer): Buffer {
  const at = gunzipSync(bytes).length > 0 ? Math.floor(bytes.length / 2) : 0;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}
