import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { parseVkey } from '../../src/audit/note.ts';
import { loadBotConfig } from '../../src/config/load-bot-config.ts';
import { loadRunnerConfig } from '../../src/config/load-runner-config.ts';
import { makeDemoDirectory } from '../../src/demo/demo-directory.ts';
import { type DemoFiles, INSTALLATION, TARGET, writeDemoFiles } from '../../src/demo/demo-files.ts';
import { ensureHostUsers, type HostUser, type HostUsers, runAs } from '../../src/demo/host-users.ts';
import { directoryProblems, lookAtDirectory } from '../../src/runner/allow/directory.ts';
import { requirePlace } from '../../src/runner/sandbox/place.ts';
import { formatPublicKey, parsePublicKey } from '../../src/wire/signature.ts';

const programRoot = fileURLToPath(new URL('../../', import.meta.url));
const databaseUrl = 'postgresql+asyncpg://orders_app@/orders?host=%2Ftmp%2Fx';
const rows = {
  customers: 10,
  products: 10,
  orders: 10,
  order_lines: 10,
  payments: 10,
  refunds: 10,
  audit_log: 10,
};
let parent = '';
let directory = '';
let users: HostUsers;
let files: DemoFiles;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await execa('chmod', ['755', parent]);
  directory = await makeDemoDirectory(parent);
  users = await ensureHostUsers(`tk-f${process.pid}`);
  files = await writeDemoFiles({
    directory,
    users,
    tools: { major: 15, version: '15.1', bin: '/usr/lib/postgresql/15/bin', root: '/usr/lib/postgresql' },
    programRoot,
    slackApiUrl: 'http://127.0.0.1:3000/api/',
    gatewayPort: 4001,
    databaseUrl,
    backupKey: 'a secret',
    backups: { nightly: join(directory, 'backups'), broken: join(directory, 'broken') },
    rows,
  });
});
afterAll(async () => {
  await users.remove();
  await rm(parent, { recursive: true, force: true });
});

async function as(user: HostUser, program: string, given: string[]) {
  const { file, args } = runAs(user, program, given);
  return execa(file, args, { reject: false, cwd: '/' });
}

describe('the files of the demo', () => {
  test('are settings that bot and runner accept, and that fit each other', () => {
    const bot = loadBotConfig(files.botConfig, {
      SLACK_BOT_TOKEN: 'xoxb-local',
      SLACK_APP_TOKEN: 'xapp-local',
      DATABASE_URL: 'postgresql://twokey@/twokey',
    });
    const runner = loadRunnerConfig(files.runnerConfig);
    expect(Object.keys(bot.targets)).toEqual(Object.keys(runner.targets));
    expect(bot.targets[TARGET]?.runner).toBe(runner.runner);
    expect(runner.bot.url).toContain(`:${bot.gateway.port}/`);
    expect(runner.targets[TARGET]?.['host-key']).toBe(users.mode === 'separate' ? 'operator' : 'same-user');
    expect(parseVkey(runner.bot['log-key']).name).toBe(INSTALLATION);
    expect(bot.installation).toBe(INSTALLATION);
    expect(() => parsePublicKey(bot.runners[runner.runner]?.key ?? '')).not.toThrow();
  });

  test('hold keys that belong together', async () => {
    const runner = loadRunnerConfig(files.runnerConfig);
    const order = createPrivateKey(await readFile(join(directory, 'bot/order.pem')));
    expect(order.asymmetricKeyType).toBe('ed25519');
    expect(runner.bot['order-keys']).toEqual([formatPublicKey(createPublicKey(order))]);
  });

  test('keep each secret to the one user that needs it', async () => {
    const secrets = [
      { path: 'bot/order.pem', user: users.bot },
      { path: 'bot/log.pem', user: users.bot },
      { path: 'runner/runner.pem', user: users.runner },
      { path: 'app/.env.backend', user: users.runner },
    ];
    for (const { path, user } of secrets) {
      const found = await stat(join(directory, path));
      expect({ path, uid: found.uid, mode: found.mode & 0o777 }).toEqual({
        path,
        uid: user.uid,
        mode: 0o600,
      });
      for (const other of [users.bot, users.runner, users.operator]) {
        const { exitCode } = await as(other, 'cat', [join(directory, path)]);
        expect({ path, reader: other.name, may: exitCode === 0 }).toEqual({
          path,
          reader: other.name,
          may: other.uid === user.uid,
        });
      }
    }
    expect((await as(users.operator, 'cat', [files.runnerConfig])).exitCode).toBe(0);
    expect((await as(users.bot, 'cat', [files.botConfig])).exitCode).toBe(0);
  });

  test('give the runner an allow directory that it trusts, and the operator a way in', async () => {
    const facts = lookAtDirectory(files.allowDirectory);
    if (facts === null) throw new Error('no allow directory');
    const { allow } = loadRunnerConfig(files.runnerConfig);
    const wanted = { uid: users.runner.uid, gid: users.operators.gid, group: allow.group };
    expect(directoryProblems(facts, { ...wanted, fileSystems: allow['file-systems'] })).toEqual([]);
    expect((await as(users.operator, 'touch', [join(files.allowDirectory, 'op')])).exitCode).toBe(0);
    const bot = await as(users.bot, 'touch', [join(files.allowDirectory, 'bot')]);
    expect(bot.exitCode === 0).toBe(users.mode === 'same-user');
  });

  test('leave room for the sockets of sandboxes', () => {
    const { sandbox } = loadRunnerConfig(files.runnerConfig);
    expect(() => requirePlace(sandbox.directory.replace(parent, tmpdir()))).not.toThrow();
  });
});
