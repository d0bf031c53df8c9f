import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BackupRef } from '../../../src/actions/backup.ts';
import { resolveBackup } from '../../../src/runner/backups/inspect.ts';
import { ENCRYPTION, folder, testContext } from './context.ts';
import { cutFile, type Dumps, encrypt, gzipFile, refusalOf, startDumps } from './dumps.ts';

const KEY = { BACKUP_ENCRYPTION_KEY: 'the right one' };
let dumps: Dumps;
let at: (name: string) => string;
beforeAll(async () => {
  dumps = await startDumps();
  at = dumps.path;
  await dumps.dump('shop.dump', '-Fc');
  await dumps.dump('shop.sql');
  await dumps.dump('shop.tar', '-Ft');
  await gzipFile(at('shop.sql'), at('shop.sql.gz'));
  await gzipFile(at('shop.dump'), at('shop.dump.gz'));
  for (const name of ['shop.dump', 'shop.sql', 'shop.sql.gz'])
    await encrypt(at(name), at(`${name}.enc`), KEY.BACKUP_ENCRYPTION_KEY);
});
afterAll(() => dumps.stop());

interface Given {
  readonly database?: string;
  readonly environment?: Record<string, string>;
  readonly source?: Record<string, unknown>;
  readonly budgetMs?: number;
}

const resolve = (request: string, { database, environment = KEY, source = {}, budgetMs }: Given = {}) =>
  resolveBackup(
    request,
    testContext({
      backups: [folder(dumps.directory, { encryption: ENCRYPTION, ...source })],
      environment,
      ...(database === undefined ? {} : { database }),
    }),
    budgetMs,
  );

describe('a healthy backup', () => {
  test.each([
    ['shop.dump', 'custom', 'none', 'none'],
    ['shop.dump.gz', 'custom', 'gzip', 'none'],
    ['shop.dump.enc', 'custom', 'none', 'openssl'],
    ['shop.sql', 'sql', 'none', 'none'],
    ['shop.sql.gz', 'sql', 'gzip', 'none'],
    ['shop.sql.enc', 'sql', 'none', 'openssl'],
    ['shop.sql.gz.enc', 'sql', 'gzip', 'openssl'],
  ])('%s is resolved to its last byte', async (name, format, compression, encryption) => {
    const { ref, checks, contents } = await resolve(name);
    const bytes = await readFile(at(name));
    expect(BackupRef.parse(ref)).toMatchObject({
      source: 'local',
      path: name,
      display: at(name),
      format,
      compression,
      encryption,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      database: format === 'custom' ? 'shop' : null,
      serverVersion: expect.stringMatching(/^15\.\d+$/),
      takenAtFrom: format === 'custom' ? 'archive' : 'unknown',
    });
    expect(checks).toContainEqual({
      code: 'backup_decoded',
      outcome: 'pass',
      text: 'Decoded to its end: 7 tables, 3 503 rows.',
    });
    expect(contents?.tables).toHaveLength(7);
    expect(contents?.extensions).toEqual(['pg_trgm']);
  });

  test('is of the date inside, read in the zone of the source', async () => {
    const utc = await resolve('shop.dump');
    const kiritimati = await resolve('shop.dump', { source: { zone: 'Pacific/Kiritimati' } });
    const hours = (Date.parse(utc.ref.takenAt ?? '') - Date.parse(kiritimati.ref.takenAt ?? '')) / 3_600_000;
    expect(hours).toBe(14);
  });

  test('can be named by its absolute path', async () => {
    expect((await resolve(at('shop.sql'))).ref.path).toBe('shop.sql');
  });
});

describe('a backup that is not what was asked for is refused', () => {
  const made: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['backup_empty', 'empty.dump', () => writeFile(at('empty.dump'), '')],
    ['backup_empty', 'empty.sql.gz', () => writeFile(at('empty.sql.gz'), gzipSync(''))],
    ['backup_truncated', 'half.dump', () => cutFile(at('shop.dump'), at('half.dump'), 9000)],
    ['backup_truncated', 'head.dump', () => cutFile(at('shop.dump'), at('head.dump'), 40)],
    ['backup_truncated', 'half.sql', () => cutAtLine('shop.sql', 'half.sql', 'COPY public.orders', 20)],
    ['backup_truncated', 'half.sql.gz', () => cutFile(at('shop.sql.gz'), at('half.sql.gz'), 4000)],
    ['backup_truncated', 'half.dump.enc', () => cutFile(at('shop.dump.enc'), at('half.dump.enc'), 8192)],
    [
      'backup_truncated',
      'half.sql.gz.enc',
      () => cutFile(at('shop.sql.gz.enc'), at('half.sql.gz.enc'), 4001),
    ],
    ['backup_format_unknown', 'shop.tar', async () => {}],
    [
      'backup_format_unknown',
      'noise.dump',
      () => writeFile(at('noise.dump'), Buffer.from('0001020304', 'hex')),
    ],
    ['backup_not_found', 'shop.dmp', async () => {}],
    ['backup_outside_sources', '../shop.dump', async () => {}],
    ['backup_outside_sources', '/etc/passwd', async () => {}],
    ['backup_outside_sources', 's3://bucket/shop.dump', async () => {}],
  ];
  test.each(made)('%s: %s', async (code, name, make) => {
    await make();
    expect(await refusalOf(resolve(name))).toMatchObject({ code, hint: expect.stringMatching(/\w/) });
  });

  test('backup_wrong_database: the archive says another one', async () => {
    await expect(resolve('shop.dump', { database: 'shop' })).resolves.toBeDefined();
    for (const name of ['shop.dump', 'shop.dump.enc']) {
      expect(await refusalOf(resolve(name, { database: 'ledger' }))).toMatchObject({
        code: 'backup_wrong_database',
        message: expect.stringMatching(/`shop`.*`ledger`/),
      });
    }
    const { checks } = await resolve('shop.sql', { database: 'ledger' });
    expect(checks).toContainEqual(expect.objectContaining({ code: 'backup_database', outcome: 'not-run' }));
  });

  test('backup_empty: a database without a table', async () => {
    await dumps.cluster.query('shop', 'create schema if not exists hollow');
    await dumps.dump('hollow.dump', '-Fc', '--schema=hollow');
    expect(await refusalOf(resolve('hollow.dump'))).toMatchObject({ code: 'backup_empty' });
  });

  test('backup_wrong_key, and a key that is missing', async () => {
    const wrong = { environment: { BACKUP_ENCRYPTION_KEY: 'wrong' } };
    for (const name of ['shop.dump.enc', 'shop.sql.gz.enc']) {
      expect(await refusalOf(resolve(name, wrong))).toMatchObject({ code: 'backup_wrong_key' });
    }
    expect(await refusalOf(resolve('shop.dump.enc', { environment: {} }))).toMatchObject({
      code: 'secret_missing',
    });
    await expect(resolve('shop.dump', { environment: {} })).resolves.toBeDefined();
  });

  test('backup_not_found names the nearest names', async () => {
    const { message, hint } = await refusalOf(resolve('shop.sqll'));
    expect(message).toContain('`shop.sqll`');
    expect(hint).toContain(at('shop.sql'));
  });

  test('backup_too_slow: not even a digest within the budget', async () => {
    expect(await refusalOf(resolve('shop.dump', { budgetMs: -1 }))).toMatchObject({
      code: 'backup_too_slow',
    });
  });
});

describe('the latest', () => {
  const PATTERNS = { patterns: ['shop_{YYYY}{MM}{DD}.dump'] };
  const inFolder = async (name: string, files: Record<string, string>) => {
    const path = join(dumps.directory, name);
    await mkdir(path);
    for (const [to, from] of Object.entries(files)) await copyFile(at(from), join(path, to));
    return path;
  };
  const latest = (path: string, source: Record<string, unknown> = {}) =>
    resolveBackup('latest', testContext({ backups: [folder(path, { ...PATTERNS, ...source })] }));

  test('is the one whose archive is newest, and disagreement with its name is reported', async () => {
    const path = await inFolder('by-archive', {
      'shop_20200101.dump': 'shop.dump',
      'shop_20200102.dump': 'shop.sql',
    });
    const { ref, findings } = await latest(path);
    expect(ref).toMatchObject({ path: 'shop_20200101.dump', takenAtFrom: 'archive' });
    expect(findings.map(({ code }) => code)).toContain('backup_date_disagrees');
  });

  test('is the newest by name where nothing inside says a date, and is called stale', async () => {
    const path = await inFolder('by-name', {
      'shop_20260101.dump': 'shop.sql',
      'shop_20260102.dump': 'shop.sql',
    });
    await utimes(join(path, 'shop_20260101.dump'), new Date(), new Date());
    const { ref, checks } = await latest(path);
    expect(ref).toMatchObject({
      path: 'shop_20260102.dump',
      takenAt: '2026-01-02T00:00:00.000Z',
      takenAtFrom: 'name',
    });
    expect(checks).toContainEqual(expect.objectContaining({ code: 'backup_stale', outcome: 'warn' }));
  });

  test('is refused when it is broken, and no older one is taken in its place', async () => {
    const path = await inFolder('broken', {
      'shop_20260101.dump': 'shop.sql',
      'shop_20260102.dump': 'shop.sql',
    });
    await truncate(join(path, 'shop_20260102.dump'), 0);
    expect(await refusalOf(latest(path))).toMatchObject({
      code: 'backup_empty',
      message: expect.stringContaining('shop_20260102'),
    });
  });

  test('does not exist where no name matches', async () => {
    const path = await inFolder('others', { 'ledger_20260101.dump': 'shop.sql' });
    expect(await refusalOf(latest(path))).toMatchObject({
      code: 'backup_not_found',
      message: expect.stringMatching(/holds 1 files, none like/),
    });
    expect(await refusalOf(latest(path, { patterns: ['*.dump'] }))).toMatchObject({
      code: 'backup_not_found',
      message: expect.stringMatching(/Neither contents nor name/),
    });
  });

  test('of several sources counts those that can be read, and names those that cannot', async () => {
    const path = await inFolder('some', { 'shop_20260101.dump': 'shop.dump' });
    const gone = folder('/nowhere', { ...PATTERNS, name: 'gone' });
    const { ref, checks } = await resolveBackup(
      'latest',
      testContext({ backups: [gone, folder(path, PATTERNS)] }),
    );
    expect(ref.source).toBe('local');
    expect(checks).toContainEqual(
      expect.objectContaining({
        code: 'backup_source_read',
        outcome: 'not-run',
        text: expect.stringContaining('gone'),
      }),
    );
  });
});

async function cutAtLine(from: string, to: string, after: string, lines: number): Promise<void> {
  const text = await readFile(at(from));
  let end = text.indexOf(after);
  for (let line = 0; line < lines; line += 1) end = text.indexOf(10, end) + 1;
  await cutFile(at(from), at(to), end);
}
