import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { demoUserIds, ensureHostUsers, removeHostUsers, runAs } from '../../src/demo/host-users.ts';

const root = userInfo().uid === 0;
const prefix = `tk-t${process.pid}`;

async function lines(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes(prefix));
}

describe('the users of a demo', () => {
  afterEach(async () => {
    if (root) await removeHostUsers(prefix);
  });

  test('are three people and a group under root, else one', async () => {
    const users = await ensureHostUsers(prefix);
    const again = await ensureHostUsers(prefix);
    expect(again.runner).toEqual(users.runner);
    const { stdout } = await asUser(users.operator, 'id', []);
    if (root) {
      expect(users.mode).toBe('separate');
      expect(new Set([users.bot.uid, users.runner.uid, users.operator.uid]).size).toBe(3);
      expect(stdout).toContain(`uid=${users.operator.uid}(${prefix}-operator)`);
      expect(stdout).toContain(`${users.operators.gid}(${prefix}-operators)`);
      expect((await asUser(users.bot, 'id', ['-Gn'])).stdout).toBe(`${prefix}-bot`);
      expect(await demoUserIds(prefix)).toHaveLength(3);
    } else {
      expect(users).toMatchObject({ mode: 'same-user', bot: { uid: userInfo().uid } });
      expect(await lines('/etc/passwd')).toEqual([]);
    }
    await users.remove();
    await users.remove();
    expect([...(await lines('/etc/passwd')), ...(await lines('/etc/group'))]).toEqual([]);
  });

  test('are waited for while their last process ends', async () => {
    const users = await ensureHostUsers(prefix);
    const { file, args } = runAs(users.runner, 'sleep', ['0.6']);
    const sleeping = execa(file, args);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await users.remove();
    await sleeping;
    expect(await lines('/etc/passwd')).toEqual([]);
  });

  test('stay while another demo uses them', async () => {
    let needed = true;
    const users = await ensureHostUsers(prefix, async () => needed);
    await users.remove();
    expect(await lines('/etc/passwd')).toHaveLength(root ? 3 : 0);
    needed = false;
    await users.remove();
    expect(await lines('/etc/passwd')).toEqual([]);
  });

  test('are never borrowed from a real installation', async () => {
    if (!root) return expect((await ensureHostUsers(prefix)).mode).toBe('same-user');
    await execa('useradd', ['--system', '--no-create-home', `${prefix}-runner`]);
    try {
      await expect(ensureHostUsers(prefix)).rejects.toThrow('was not made by a demo');
      await removeHostUsers(prefix);
      expect(await lines('/etc/passwd')).toHaveLength(1);
    } finally {
      await execa('userdel', [`${prefix}-runner`]);
    }
  });
});

function asUser(user: Parameters<typeof runAs>[0], program: string, given: string[]) {
  const { file, args } = runAs(user, program, given);
  return execa(file, args);
}
