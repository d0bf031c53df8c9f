import { chmod, chown, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { anotherDemoRuns, makeDemoDirectory, removeDemoDirectory } from '../../src/demo/demo-directory.ts';
import { startEmbeddedPostgres } from '../../src/demo/embedded-postgres.ts';
import { ensureHostUsers, runAs } from '../../src/demo/host-users.ts';
import { listProcesses } from '../../src/demo/processes.ts';
import { removeStaleDemos } from '../../src/demo/stale.ts';
import { serverUser } from '../support/server-user.ts';

const users = `tk-s${process.pid}`;
const said: string[] = [];
const say = (line: string) => said.push(line);
let parent = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await chmod(parent, 0o755);
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** What a demo leaves that was killed: here its process is one that never was. */
async function deadDemo(): Promise<string> {
  const directory = await makeDemoDirectory(parent);
  const marker = { pid: 4_194_304, startedAt: 1, boot: 'of another day' };
  await writeFile(join(directory, 'demo.json'), JSON.stringify(marker));
  return directory;
}

const inside = async (directory: string) =>
  (await listProcesses()).filter(({ argv, workingDirectory }) =>
    [...argv, workingDirectory ?? ''].some((word) => word.startsWith(`${directory}/`)),
  );

describe('what a killed demo left', () => {
  test('is ended and removed: server, children, directory and users', async () => {
    const directory = await deadDemo();
    await startEmbeddedPostgres({
      directory: join(directory, 'pg'),
      ...(await serverUser()),
      say,
      durable: false,
    });
    await writeFile(
      join(directory, 'bot.mjs'),
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);",
    );
    const bot = execa(process.execPath, [join(directory, 'bot.mjs')], { reject: false });
    const people = await ensureHostUsers(users);
    const { file, args } = runAs(people.runner, 'sleep', ['60']);
    const sleeper = execa(file, args, { reject: false });
    while ((await inside(directory)).length < 7) await new Promise((resolve) => setTimeout(resolve, 20));

    await removeStaleDemos(say, parent, users);
    expect((await bot).isTerminated).toBe(true);
    if (people.mode === 'separate') expect((await sleeper).isTerminated).toBe(true);
    else sleeper.kill();
    expect(await inside(directory)).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
    const { stdout } = await execa('getent', ['passwd']);
    expect(stdout).not.toContain(users);
  }, 30_000);

  test('does not cost a person their shell', async () => {
    const directory = await deadDemo();
    const shell = execa('sleep', ['60'], { cwd: directory, reject: false });
    await removeStaleDemos(say, parent, users);
    expect(await readdir(parent)).toEqual([]);
    expect(shell.kill()).toBe(true);
    expect((await shell).signal).toBe('SIGTERM');
  });
});

describe('what is not stale', () => {
  test('is a living demo, one that just begins, and whatever belongs to others', async () => {
    const living = await makeDemoDirectory(parent);
    const beginning = await mkdtemp(join(parent, 'twokey-demo-'));
    await mkdir(join(parent, 'twokey-other'));
    const foreign = await deadDemo();
    const root = userInfo().uid === 0;
    if (root) await chown(foreign, 65534, 65534);
    await removeStaleDemos(say, parent, users);
    expect((await readdir(parent)).map((name) => join(parent, name))).toEqual(
      expect.arrayContaining([living, beginning, join(parent, 'twokey-other'), ...(root ? [foreign] : [])]),
    );
    expect(await anotherDemoRuns('', parent)).toBe(true);

    await utimes(beginning, 0, 0);
    await removeStaleDemos(say, parent, users);
    expect(await anotherDemoRuns(living, parent)).toBe(false);
    await removeDemoDirectory(living, say);
    expect(await readdir(parent)).toEqual(
      root ? [foreign.slice(parent.length + 1), 'twokey-other'] : ['twokey-other'],
    );
  });
});
