import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import pino from 'pino';
import { readVerifyOptions, type VerifyOptions } from '../../../src/cli/verify/options.ts';
import { type RestoreTest, runRestoreTest } from '../../../src/cli/verify/restore-test.ts';
import { listSandboxes } from '../../../src/runner/sandbox/lifetime.ts';
import { removeSandbox } from '../../../src/runner/sandbox/remove.ts';
import { type Cluster, postgresProgram, startCluster } from '../../support/postgres-cluster.ts';
import { said } from '../../support/restore-bench.ts';

const SHOP = `
  CREATE TABLE users (id serial PRIMARY KEY, name text);
  CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES users);
  CREATE TABLE alembic_version (version_num text);
  INSERT INTO users (name) SELECT 'user ' || n FROM generate_series(1, 300) n;
  INSERT INTO orders (customer) SELECT n % 300 + 1 FROM generate_series(1, 900) n;
  INSERT INTO alembic_version VALUES ('ae1027a6');`;
const KEY = { BACKUP_ENCRYPTION_KEY: 'correct horse' };

let source: Cluster;
let directory = '';
const file = (name: string) => join(directory, name);
beforeAll(async () => {
  [source, directory] = await Promise.all([startCluster(), mkdtemp(join(tmpdir(), 'tk-cli-'))]);
  await chmod(directory, 0o755);
  await source.query('postgres', 'CREATE DATABASE shop');
  await source.query('shop', SHOP);
  await dump('shop.dump', '-Fc');
  await dump('shop.sql');
  const sql = await readFile(file('shop.sql'));
  await writeFile(file('shop.sql.gz'), gzipSync(sql));
  const args = ['enc', '-aes-256-cbc', '-pbkdf2', '-salt', '-pass', 'env:BACKUP_ENCRYPTION_KEY'];
  await execa('openssl', [...args, '-in', file('shop.sql.gz'), '-out', file('shop.sql.gz.enc')], {
    env: KEY,
  });
  const archive = await readFile(file('shop.dump'));
  await writeFile(file('cut.dump'), archive.subarray(0, archive.length * 0.7));
  const cutAt = sql.indexOf('\n', sql.indexOf('COPY public.users') + 800) + 1;
  await writeFile(file('cut.sql'), sql.subarray(0, cutAt));
  await writeFile(file('empty.dump'), '');
});
afterAll(async () => {
  const base = file('s');
  for (const { name } of await listSandboxes({ directory: base })) await removeSandbox(base, name);
  await source.stop();
  await rm(directory, { recursive: true, force: true });
});

async function dump(name: string, ...args: string[]): Promise<void> {
  const connection = ['-h', source.socketDirectory, '-U', source.user, '-d', 'shop'];
  await execa(postgresProgram('pg_dump'), [...connection, ...args, '-f', file(name)]);
}

async function verify(
  name: string,
  options: Partial<VerifyOptions> = {},
  settings: { signal?: AbortSignal; environment?: Record<string, string>; keep?: boolean } = {},
): Promise<RestoreTest> {
  const sandboxDirectory = file('s');
  const plan = readVerifyOptions(file(name), { expectTable: [], postgres: [], sandboxDirectory, ...options });
  return runRestoreTest(plan, {
    environment: { PATH: process.env['PATH'], ...settings.environment },
    signal: settings.signal ?? new AbortController().signal,
    progress: () => {},
    log: pino({ level: 'silent' }),
    keep: settings.keep ?? false,
  });
}

const failures = ({ rungs }: RestoreTest) => said(rungs).filter((line) => line.includes(' fail'));
const nothingLeft = async () => expect(await readdir(file('s')).catch(() => [])).toEqual([]);

describe('a restore test without Slack', () => {
  test('verifies an encrypted, compressed SQL dump, and leaves nothing behind', async () => {
    const encryptedWith = 'env:BACKUP_ENCRYPTION_KEY';
    const result = await verify(
      'shop.sql.gz.enc',
      { encryptedWith, profile: 'faithful' },
      { environment: KEY },
    );
    expect(result).toMatchObject({
      verdict: 'verified',
      kept: null,
      stopped: null,
      server: { profile: 'faithful' },
    });
    await nothingLeft();
  });

  test.each<[string, Partial<VerifyOptions>, string]>([
    ['cut.dump', {}, 'decode fail error:backup_truncated'],
    ['cut.sql', {}, 'decode fail error:backup_truncated'],
    ['empty.dump', {}, 'artifact fail error:backup_empty'],
    ['shop.dump', { database: 'invoices' }, 'artifact fail error:backup_wrong_database'],
  ])('does not verify %s with %j', async (name, options, failure) => {
    const result = await verify(name, options);
    expect(failures(result)).toEqual([failure]);
    expect(result).toMatchObject({ verdict: 'backup_not_verified', stopped: null });
    await nothingLeft();
  });

  test.each<[string, Partial<VerifyOptions>, Record<string, string>, string]>([
    [
      'shop.sql.gz.enc',
      { encryptedWith: 'env:BACKUP_ENCRYPTION_KEY' },
      { BACKUP_ENCRYPTION_KEY: 'wrong' },
      'backup_wrong_key',
    ],
    ['shop.sql.gz.enc', {}, {}, 'backup_encrypted'],
    ['nothing.dump', {}, {}, 'backup_not_found'],
    ['shop.dump', { postgres: ['/nowhere'] }, {}, 'server_programs'],
  ])('cannot check %s with %j', async (name, options, environment, code) => {
    const result = await verify(name, options, { environment });
    expect(result.stopped?.code).toBe(code);
    expect(result.verdict).toBe('could_not_check');
    expect(JSON.stringify(result)).not.toContain('correct horse');
    await nothingLeft();
  });

  test('holds a copy to what is expected of it', async () => {
    const result = await verify('shop.dump', { expectTable: ['invoices'], migrationHead: 'ffff' });
    expect(failures(result)).toEqual([
      'counts fail error:table_missing',
      'migration fail error:migration_differs',
    ]);
    expect(result.verdict).toBe('backup_not_verified');
    await nothingLeft();
  });

  test('verifies an archive on every rung, and keeps the copy when it is asked to', async () => {
    const expected = { expectTable: ['users=300'], migrationHead: 'ae1027a6' };
    const result = await verify('shop.dump', expected, { keep: true });
    expect(said(result.rungs)).toEqual([
      'artifact pass',
      'decode pass',
      'restore pass',
      'counts pass',
      'migration pass',
      'sequences pass',
      'foreign-keys pass',
    ]);
    expect(result).toMatchObject({ verdict: 'verified', stopped: null });
    expect(result.rungs[3]?.summary).toBe('3 tables, 1 201 rows, 3 compared with the backup');
    expect(result.kept?.inspect.at(0)).toBe('psql');
    expect(await readdir(file('s'))).toEqual([expect.stringMatching(/^verify-[0-9a-f]{4}$/)]);
  });
});
