import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { readVerifyOptions, type VerifyOptions } from '../../../src/cli/verify/options.ts';

const read = (backup: string, options: Partial<VerifyOptions> = {}) =>
  readVerifyOptions(backup, { expectTable: [], postgres: [], ...options });
const wrong = (message: RegExp) =>
  expect.objectContaining({ code: 'wrong_option', message: expect.stringMatching(message) });

describe('the options of twokey verify', () => {
  test('a plain path becomes a folder source of its directory', () => {
    const { target, request, sandbox } = read('backups/a.dump');
    expect(request).toBe(resolve('backups/a.dump'));
    expect(target.backups).toEqual([
      { name: 'folder', kind: 'folder', folder: resolve('backups'), patterns: ['*'], zone: 'UTC' },
    ]);
    expect(sandbox.directory).toMatch(/^\/var\/tmp\/twokey-/);
    expect(sandbox.profile).toBe('fast');
  });

  test('expectations stand as they would in runner.yml', () => {
    const { target } = read('a.dump', {
      database: 'orders',
      expectTable: ['users=1', 'shop.orders=1000', 'notes'],
      migrationHead: 'ae1027a6',
      migrationTable: 'alembic_version',
    });
    expect(target.verify).toEqual({
      database: 'orders',
      tables: { users: 1, 'shop.orders': 1000, notes: 0 },
      migration: { table: 'alembic_version', head: { value: 'ae1027a6' } },
    });
  });

  test('a key is named by its variable, with how openssl was called', () => {
    const { target } = read('a.sql.gz.enc', { encryptedWith: 'env:KEY', digest: 'md5', iterations: '0' });
    expect(target.backups[0]?.encryption).toEqual({
      tool: 'openssl',
      cipher: 'aes-256-cbc',
      digest: 'md5',
      iterations: 0,
      key: { env: 'KEY' },
    });
  });

  test('the sandbox can be placed and shaped', () => {
    const options = { sandboxDirectory: '/srv/x', profile: 'faithful', jobs: '3', postgres: ['/opt/pg'] };
    expect(read('a.dump', options).sandbox).toMatchObject({
      directory: '/srv/x',
      profile: 'faithful',
      jobs: 3,
      postgres: ['/opt/pg'],
    });
  });

  test.each<[Partial<VerifyOptions>, RegExp]>([
    [{ encryptedWith: 'hunter2' }, /wants the name of an environment variable/],
    [{ cipher: 'aes-128-cbc' }, /which key to decrypt with/],
    [{ encryptedWith: 'env:KEY', cipher: 'rot13' }, /cipher/],
    [{ encryptedWith: 'env:KEY', iterations: 'many' }, /iterations/],
    [{ expectTable: ['users=some'] }, /not a table and a number/],
    [{ expectTable: ['=1'] }, /not a table and a number/],
    [{ migrationTable: 'x' }, /compares nothing/],
    [{ profile: 'quick' }, /profile/],
    [{ jobs: '0' }, /jobs/],
    [{ jobs: 'two' }, /jobs/],
  ])('%j is refused', (options, message) => {
    expect(() => read('a.dump', options)).toThrow(wrong(message));
  });

  test('a secret given in the wrong place is not repeated', () => {
    expect(() => read('a.dump', { encryptedWith: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  test.each(['latest', 's3://bucket/key'])('%s needs sources', (backup) => {
    expect(() => read(backup)).toThrow(wrong(/needs sources/));
  });
});

describe('with the settings of a runner', () => {
  let directory = '';
  let config = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tk-options-'));
    config = join(directory, 'runner.yml');
    const key = `ed25519:${'A'.repeat(43)}=`;
    const target = (folder: string) => ({
      environment: 'production',
      backups: [{ name: 'nightly', kind: 'folder', folder, patterns: ['*.dump'] }],
      verify: { tables: { users: 1 } },
      actions: ['backup.fetch'],
    });
    const settings = {
      runner: 'r',
      bot: { url: 'wss://bot.example.com/runner', 'order-keys': [key], 'log-key': 'log+1234+AAAA' },
      key: '/etc/twokey/runner.pem',
      state: '/var/lib/twokey/state',
      allow: { directory: '/run/twokey', group: 'ops' },
      operators: [{ uid: 1000, slack: 'U1' }],
      sandbox: { directory: '/var/lib/twokey/sandboxes', lifetime: '4h' },
      targets: { orders: target('/backups/orders'), users: target('/backups/users') },
    };
    await writeFile(config, stringify(settings), { mode: 0o600 });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('sources, expectations and sandbox are theirs, and options go before them', () => {
    const plan = read('latest', {
      sourceConfig: config,
      target: 'orders',
      expectTable: ['users=5', 'x=1'],
      jobs: '2',
    });
    expect(plan).toMatchObject({
      targetName: 'orders',
      request: 'latest',
      sandbox: { directory: '/var/lib/twokey/sandboxes', lifetime: '4h', jobs: 2 },
      target: { environment: 'production', verify: { tables: { users: 5, x: 1 } } },
    });
    expect(plan.target.backups[0]).toMatchObject({ folder: '/backups/orders' });
  });

  test('one of several targets must be named, and must be there', () => {
    expect(() => read('latest', { sourceConfig: config })).toThrow(wrong(/several targets: orders, users/));
    expect(() => read('latest', { sourceConfig: config, target: 'prod' })).toThrow(wrong(/no target `prod`/));
  });
});
