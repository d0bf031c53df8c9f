import { chmod, mkdtemp, readdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';

test('`twokey demo --script` plays it all, ends with 0, and leaves nothing behind', async () => {
  const own = await mkdtemp(join(tmpdir(), 'tk-'));
  await chmod(own, 0o755);
  const { exitCode, all } = await execa(process.execPath, ['dist/main.js', 'demo', '--script'], {
    all: true,
    reject: false,
    timeout: 170_000,
    env: { TMPDIR: own },
  });
  expect(all).toContain('Everything held.');
  expect(all).toContain('someone else has to approve');
  expect(all).toMatch(/WHOLE {2}twokey-demo/);
  expect(exitCode).toBe(0);
  expect(await readdir(own)).toEqual([]);
  await rmdir(own);
}, 180_000);
