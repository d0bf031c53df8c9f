import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { parseVkey } from '../../src/audit/note.ts';
import { keysCommand } from '../../src/cli/keys.ts';
import { formatPublicKey, keyId } from '../../src/wire/signature.ts';

let directory: string;
let said: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-keys-'));
  said = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const keys = (...args: string[]) => keysCommand().parseAsync(args, { from: 'user' });
const file = (): string => join(directory, 'runner.pem');

test('a new key is private to its file, and its public half is as the configuration wants it', async () => {
  await keys('new', '--out', file(), '--kind', 'order');
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  const publicKey = createPublicKey(createPrivateKey(readFileSync(file())));
  expect(said).toContain(formatPublicKey(publicKey));
  expect(said).toContain(keyId(publicKey));
  expect(said).toContain('bot.order-keys');
  expect(said).not.toContain('PRIVATE');
});

test('a key that exists is never written over', async () => {
  await keys('new', '--out', file());
  const before = readFileSync(file(), 'utf8');
  await expect(keys('new', '--out', file())).rejects.toThrow('was not made');
  expect(readFileSync(file(), 'utf8')).toBe(before);
});

test('show prints the same again, and the vkey of a log', async () => {
  await keys('new', '--out', file());
  const made = said.split('\n')[0] ?? '';
  said = '';
  await keys('show', file(), '--origin', 'ops.example.com/twokey');
  expect(said.split('\n')[0]).toBe(made);
  const vkey = parseVkey(/^vkey +(\S+)$/m.exec(said)?.[1] ?? '');
  expect(made).toContain(formatPublicKey(vkey.publicKey));
});

test('show names a file that is no key', async () => {
  writeFileSync(file(), 'hello');
  await expect(keys('show', file())).rejects.toThrow('holds no Ed25519 key in PEM');
  await expect(keys('show', join(directory, 'nowhere'))).rejects.toThrow('ENOENT');
});
