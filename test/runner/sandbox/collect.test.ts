import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { collectSandboxes } from '../../../src/runner/sandbox/collect.ts';
import { expireSandboxes, extendSandbox, settleSandbox } from '../../../src/runner/sandbox/lifetime.ts';
import { processesIn } from '../../../src/runner/sandbox/processes.ts';
import { readRecord, type SandboxRecord, writeRecord } from '../../../src/runner/sandbox/record.ts';
import { makeWorkDirectory } from '../../../src/runner/sandbox/work-directory.ts';
import { type SandboxPlace, sandboxPlace } from '../../support/sandbox.ts';

const LOADER = new URL('../../support/typescript-loader.mjs', import.meta.url).pathname;
const CHILD = new URL('./make-sandbox.child.ts', import.meta.url).pathname;

let place: SandboxPlace;
let record: SandboxRecord | null = null;
beforeAll(async () => {
  place = await sandboxPlace({ lifetime: '1h', extension: '30m', extensions: 2 });
});
afterAll(() => place.cleanUp());

const base = () => place.config.directory;
const collect = (now = new Date()) => collectSandboxes(place.config, now);

/** Runs the maker of a sandbox until it came so far, and kills it there. */
async function killMakerWhen(far: () => Promise<boolean>): Promise<void> {
  const child = execa('node', ['--import', LOADER, CHILD, base()], { reject: false, stdout: 'ignore' });
  const deadline = Date.now() + 20_000;
  while (!(await far()) && Date.now() < deadline) await sleep(10);
  child.kill('SIGKILL');
  await child;
}

const initialising = () => exists(join(base(), 'op-dead', 'data', 'PG_VERSION'));
const made = async () => (await readRecord(join(base(), 'op-dead')))?.postmaster != null;
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('collecting what a killed runner left', () => {
  test('a half-made sandbox is removed', async () => {
    await killMakerWhen(initialising);
    const left = await readdir(base());
    expect(left).toHaveLength(1);
    const [collected] = await collect();
    expect(collected).toMatchObject({ action: 'removed', why: expect.stringMatching(/half made/) });
    expect(await readdir(base())).toEqual([]);
  });

  test('a running sandbox with time left is kept; when its time is over it is removed', async () => {
    await killMakerWhen(made);
    expect(await collect()).toMatchObject([{ name: 'op-dead', action: 'kept' }]);
    expect((await processesIn(base())).length).toBeGreaterThan(0);

    const now = new Date();
    const settled = await settleSandbox(place.config, 'op-dead', now);
    expect(Date.parse(settled.removedAt) - now.getTime()).toBe(3_600_000);
    const extended = await extendSandbox(place.config, 'op-dead');
    expect(extended.extensionsLeft).toBe(1);
    expect(Date.parse(extended.removedAt) - now.getTime()).toBe(5_400_000);
    await extendSandbox(place.config, 'op-dead');
    await expect(extendSandbox(place.config, 'op-dead')).rejects.toEqual(
      expect.objectContaining({ code: 'sandbox_extensions_used' }),
    );

    expect(await expireSandboxes(place.config, new Date(now.getTime() + 7_199_000))).toEqual([]);
    expect(await expireSandboxes(place.config, new Date(now.getTime() + 7_200_000))).toEqual(['op-dead']);
    expect(await processesIn(base())).toEqual([]);
    await expect(extendSandbox(place.config, 'op-dead')).rejects.toEqual(
      expect.objectContaining({ code: 'sandbox_absent' }),
    );
  });

  test('a sandbox whose server died is removed', async () => {
    const sandbox = await place.create({ operation: 'OP-CRASH' });
    record = sandbox.record;
    for (const pid of await processesIn(sandbox.directory)) process.kill(pid, 'SIGKILL');
    await sleep(200);
    expect(await collect()).toMatchObject([
      { name: 'op-crash', action: 'removed', why: 'its server is dead' },
    ]);
    expect(await readdir(base())).toEqual([]);
  });
});

describe('collecting by the record alone', () => {
  async function left(name: string, changes: Partial<SandboxRecord>): Promise<string> {
    if (!record) throw new Error('The test before makes the record');
    const directory = join(base(), name);
    await mkdir(join(directory, 'data'), { recursive: true });
    await writeRecord(directory, { ...record, name, ...changes });
    return directory;
  }

  test('a pid file that names a stranger’s process does not get that process ended', async () => {
    const stranger = execa('sleep', ['60'], { reject: false });
    const directory = await left('op-reused', {});
    await writeFile(join(directory, 'data', 'postmaster.pid'), `${stranger.pid}\n`);
    expect(await collect()).toMatchObject([{ name: 'op-reused', action: 'removed' }]);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.kill()).toBe(true);
    await stranger;
  });

  test('one that a living process is still making is left alone', async () => {
    await left('op-making', { postmaster: null });
    expect(await collect()).toMatchObject([{ name: 'op-making', action: 'kept' }]);
    await left('op-making', { postmaster: null, maker: { pid: process.pid, start: 'before the last boot' } });
    expect(await collect()).toMatchObject([{ name: 'op-making', action: 'removed' }]);
  });

  test('a fetched backup goes when its maker has ended', async () => {
    const work = await makeWorkDirectory(base());
    await writeFile(join(work, 'backup.sql'), 'decrypted');
    expect(await collect()).toMatchObject([{ action: 'kept' }]);
    await writeFile(join(work, 'maker.json'), JSON.stringify({ pid: process.pid, start: 'earlier' }));
    expect(await collect()).toMatchObject([{ action: 'removed' }]);
    expect(await readdir(base())).toEqual([]);
  });

  test('what is not ours is ignored and reported; an interrupted removal is finished', async () => {
    await mkdir(join(base(), 'precious'));
    await writeFile(join(base(), 'precious', 'data'), 'theirs');
    await mkdir(join(base(), 'forged'));
    await writeFile(join(base(), 'forged', 'sandbox.json'), '{"version": 1}');
    await mkdir(join(base(), '.new-empty'));
    await left('.gone-op-half-1234', {});
    expect((await collect()).map(({ name, action }) => `${name} ${action}`)).toEqual([
      '.gone-op-half-1234 removed',
      '.new-empty removed',
      'forged ignored',
      'precious ignored',
    ]);
    expect((await readdir(base())).sort()).toEqual(['forged', 'precious']);
  });
});
