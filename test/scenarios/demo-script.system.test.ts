import { access } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';

test('`twokey demo --script` plays it all, ends with 0, and leaves nothing behind', async () => {
  const { exitCode, all } = await execa(process.execPath, ['dist/main.js', 'demo', '--script'], {
    all: true,
    reject: false,
    timeout: 170_000,
  });
  expect(all).toContain('Everything held.');
  expect(all).toContain('someone else has to approve');
  expect(all).toMatch(/WHOLE {2}twokey-demo/);
  expect(exitCode).toBe(0);
  const folder = /\S*\/twokey-demo-\w+/.exec(all)?.[0] ?? '';
  await expect(access(folder)).rejects.toThrow(/ENOENT/);
}, 180_000);
