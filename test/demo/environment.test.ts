import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { createCleanUp } from '../../src/demo/clean-up.ts';
import { makeDemoDirectory, removeDemoDirectory } from '../../src/demo/demo-directory.ts';
import { writeDemoFiles } from '../../src/demo/demo-files.ts';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { ensureHostTools, type HostTools } from '../../src/demo/host-tools.ts';
import { ensureHostUsers, type HostUser, type HostUsers, runAs } from '../../src/demo/host-users.ts';
import { listProcesses } from '../../src/demo/processes.ts';
import { type DemoBackups, makeBackups } from '../../src/demo/shop/backups.ts';
import { type Shop, startShop } from '../../src/demo/shop/shop.ts';

const prefix = `tk-e${process.pid}`;
const say = () => {};
const cleanUp = createCleanUp();
let parent = '';
let directory = '';
let tools: HostTools;
let users: HostUsers;
let botDatabase = '';
let shop: Shop;
let backups: DemoBackups;

/** The demo's pieces in the order in which the demo puts them together. */
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await execa('chmod', ['755', parent]);
  tools = await ensureHostTools(say);
  directory = await makeDemoDirectory(parent);
  cleanUp.add('users', async () => users.remove());
  cleanUp.add('directory', () => removeDemoDirectory(directory, say));
  users = await ensureHostUsers(prefix);
  const separate = users.mode === 'separate';
  const asBot = separate ? { uid: users.bot.uid, gid: users.bot.gid } : {};
  const [embedded, started] = await Promise.all([
    startEmbeddedPostgres({ directory: join(directory, 'pg'), ...asBot, say }),
    startShop({ tools, directory, owner: separate ? users.runner : undefined, scale: 0.02, say }),
  ]);
  shop = started;
  cleanUp.add('embedded PostgreSQL', embedded.stop);
  cleanUp.add('shop', shop.stop);
  botDatabase = await embedded.createDatabase('twokey');
  const key = 'k';
  backups = await makeBackups({ tools, shop, directory, readers: users.runner, key, say });
  await writeDemoFiles({
    directory,
    users,
    tools,
    programRoot: fileURLToPath(new URL('../../', import.meta.url)),
    slackApiUrl: 'http://127.0.0.1:3000/api/',
    gatewayPort: 4001,
    databaseUrl: shop.databaseUrl,
    backupKey: key,
    backups,
    rows: shop.rows,
  });
});
afterAll(async () => {
  await cleanUp.run();
  await rm(parent, { recursive: true, force: true });
});

async function as(user: HostUser, program: string, given: string[]) {
  const { file, args } = runAs(user, program, given);
  return execa(file, args, {
    reject: false,
    cwd: '/',
    extendEnv: false,
    env: { PATH: '/usr/bin:/bin', HOME: '/' },
  });
}
const sql = (user: HostUser, url: string, query: string) =>
  as(user, join(tools.bin, 'psql'), ['-X', '-A', '-t', '-c', query, '-d', url]);

describe('the whole environment', () => {
  test('lets the bot into its own database and nobody else', async () => {
    expect((await sql(users.bot, botDatabase, 'select current_user')).stdout).toBe('twokey');
    if (users.mode === 'same-user') return;
    expect((await sql(users.runner, botDatabase, 'select 1')).stderr).toContain('Permission denied');
    expect((await sql(users.operator, botDatabase, 'select 1')).stderr).toContain('Permission denied');
  });

  test('lets the runner into the shop as the application, by the URL of .env.backend', async () => {
    const lines = (await readFile(join(directory, 'app/.env.backend'), 'utf8')).split('\n');
    const url = lines.find((line) => line.startsWith('DATABASE_URL='))?.slice('DATABASE_URL='.length) ?? '';
    const { stdout } = await sql(
      users.runner,
      url.replace('+asyncpg', ''),
      'select current_user, count(*) from orders',
    );
    expect(stdout).toBe(`orders_app|${shop.rows.orders}`);
    if (users.mode === 'same-user') return;
    expect((await sql(users.bot, url.replace('+asyncpg', ''), 'select 1')).exitCode).not.toBe(0);
  });

  test('lets the runner read the backups, and change none', async () => {
    const latest = join(backups.nightly, backups.latest);
    const listing = await as(users.runner, join(tools.bin, 'pg_restore'), ['-l', latest]);
    expect(listing.stdout).toContain('dbname: orders');
    if (users.mode === 'same-user') return;
    expect((await as(users.runner, 'rm', ['-f', latest])).stderr).toContain('Permission denied');
    expect((await as(users.runner, 'touch', [latest])).stderr).toContain('Permission denied');
    expect((await as(users.bot, 'cat', [latest])).stderr).toContain('Permission denied');
    expect((await as(users.operator, 'ls', [backups.nightly])).stderr).toContain('Permission denied');
  });

  test('is gone without a trace when it is cleaned up', async () => {
    await cleanUp.run();
    expect(await readdir(parent)).toEqual([]);
    const left = (await listProcesses()).filter(({ argv, workingDirectory }) =>
      [...argv, workingDirectory ?? ''].some((word) => word.includes(directory)),
    );
    expect(left).toEqual([]);
    expect(await readFile('/etc/passwd', 'utf8')).not.toContain(prefix);
    expect(await readFile('/etc/group', 'utf8')).not.toContain(prefix);
  });
});
