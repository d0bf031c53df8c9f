import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { withClient } from '../../src/demo/postgres/connection.ts';
import { findPostmaster } from '../../src/demo/postgres/postmaster.ts';
import { listProcesses } from '../../src/demo/processes.ts';
import { stageTree } from '../../src/demo/stage-tree.ts';
import { serverUser } from '../support/server-user.ts';

let root = '';
const said: string[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await chmod(root, 0o755);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function start(name: string, more: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}) {
  const directory = join(root, name);
  const say = (line: string) => said.push(line);
  return startEmbeddedPostgres({ directory, ...(await serverUser()), say, durable: false, ...more });
}

const processesIn = async (name: string) =>
  (await listProcesses()).filter(({ workingDirectory }) => workingDirectory === join(root, name, 'data'));

async function rows(connectionString: string, sql: string): Promise<unknown[]> {
  return withClient(connectionString, async (client) => (await client.query(sql)).rows);
}

describe('the embedded PostgreSQL', () => {
  test('serves a database over a socket of its own user only, and keeps the data over a restart', async () => {
    const first = await start('keep');
    const url = await first.createDatabase('shop floor');
    expect(await first.createDatabase('shop floor')).toBe(url);
    await rows(url, 'create table t (a int); insert into t values (1), (2)');
    expect(await rows(url, "select current_setting('listen_addresses') as tcp")).toEqual([{ tcp: '' }]);
    expect((await stat(first.socketDirectory)).mode & 0o777).toBe(0o700);
    await first.stop();
    expect(await processesIn('keep')).toEqual([]);

    const second = await start('keep');
    expect(second.attached).toBe(false);
    expect(await rows(second.connectionString('shop floor'), 'select a from t order by a')).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    await second.stop();
  });

  test('is attached to when it still runs, and two starters at once share one', async () => {
    const [one, other] = await Promise.all([start('share'), start('share')]);
    const third = await start('share');
    expect(third.attached).toBe(true);
    expect(await rows(third.connectionString('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await Promise.all([one.stop(), other.stop()]);
    await third.stop();
    expect(await processesIn('share')).toEqual([]);
  });

  test('comes up again after its master was killed while a query ran', async () => {
    const first = await start('keep', { durable: true });
    const url = await first.createDatabase('d');
    await rows(url, 'create table t (a int)');
    const endless = rows(url, 'select pg_sleep(600)').catch((error: Error) => error);
    while ((await processesIn('keep')).length < 7) await new Promise((resolve) => setTimeout(resolve, 10));
    const master = await findPostmaster(join(root, 'keep', 'data'));
    process.kill(master?.pid ?? Number.NaN, 'SIGKILL');

    const second = await start('keep', { durable: true });
    expect(await endless).toBeInstanceOf(Error);
    expect(second.attached).toBe(false);
    expect(await rows(second.connectionString('d'), 'select * from t')).toEqual([]);
    await second.stop();
    expect(await processesIn('keep')).toEqual([]);
  });

  test('listens on loopback with a password when asked', async () => {
    const server = await start('keep', { listen: 'loopback' });
    try {
      const url = new URL(server.connectionString('postgres'));
      expect(await rows(url.href, 'select inet_server_addr()::text as at')).toEqual([{ at: '127.0.0.1/32' }]);
      url.password = 'wrong';
      await expect(rows(url.href, 'select 1')).rejects.toThrow('password authentication failed');
    } finally {
      await server.stop();
    }
  });

  test('runs from a clone that its user cannot enter', async () => {
    const require = createRequire(import.meta.url);
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    const installed = dirname(dirname(wrapper.resolve(`@embedded-postgres/${platform()}-${arch()}`)));
    const programs = join(root, 'closed', 'clone');
    await mkdir(join(root, 'closed'), { mode: 0o700 });
    await stageTree(join(installed, 'native'), join(programs, 'native'));
    const server = await start('open', { programs });
    const [seen] = await processesIn('open');
    await server.stop();
    const { uid } = await serverUser();
    expect(seen?.uid).toBe(uid ?? process.getuid?.());
    const staged = (await readdir(join(root, 'open'))).includes('programs');
    expect(staged).toBe(uid !== undefined);
  });
});

describe('a start that cannot be', () => {
  test('says that a path is too long for a socket', async () => {
    await expect(start('x'.repeat(100))).rejects.toThrow('Unix allows 107');
  });

  test('gives the reason of the server itself', async () => {
    await expect(start('keep', { settings: { shared_buffers: 'lots' } })).rejects.toThrow(
      'invalid value for parameter "shared_buffers"',
    );
  });

  test('names the missing user under root', async () => {
    const { stdout } = await execa('id', ['-u']);
    const options = { directory: join(root, 'nobody'), say: () => {}, durable: false };
    if (stdout === '0')
      await expect(startEmbeddedPostgres(options)).rejects.toThrow('refuses to run as root');
    else await (await startEmbeddedPostgres(options)).stop();
  });
});
