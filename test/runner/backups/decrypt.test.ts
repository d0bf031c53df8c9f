import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Encryption } from '../../../src/config/runner-config.ts';
import { type DecryptOptions, decrypt } from '../../../src/runner/backups/decrypt.ts';
import { identify } from '../../../src/runner/backups/identify.ts';
import { encrypt, inPieces, refusalOf } from './dumps.ts';

const KEY = 'correct horse; $(battery) "staple"';
const TEXT = Buffer.from(
  `--\n-- PostgreSQL database dump\n--\n${'-- Dumped from database version 15.1\n'.repeat(500)}`,
);
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'twokey-test-decrypt-'));
  await writeFile(join(directory, 'plain'), TEXT);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const written = async (...args: string[]): Promise<Buffer> => {
  await encrypt(join(directory, 'plain'), join(directory, 'enc'), KEY, ...args);
  return readFile(join(directory, 'enc'));
};
const options = (more: Record<string, unknown> = {}, key = KEY): DecryptOptions => ({
  encryption: Encryption.parse({
    tool: 'openssl',
    key: { env: 'THE_KEY', file: '/srv/.env.backup' },
    ...more,
  }),
  key,
  environment: {},
  signal: new AbortController().signal,
});
const open = (stored: Buffer, given: DecryptOptions) => buffer(decrypt(inPieces(stored, 1000), given));
const look = (stored: Buffer, given: DecryptOptions) =>
  identify(stored, { display: 'backup.sql.enc', zone: 'UTC', decryption: () => given });

describe('what openssl encrypted', () => {
  test.each([
    ['the defaults', ['-aes-256-cbc', '-pbkdf2'], {}],
    [
      'other rounds and digest',
      ['-aes-128-cbc', '-pbkdf2', '-iter', '99', '-md', 'sha512'],
      { cipher: 'aes-128-cbc', iterations: 99, digest: 'sha512' },
    ],
    ['no PBKDF2', ['-aes-256-cbc', '-md', 'md5'], { iterations: 0, digest: 'md5' }],
    ['CTR', ['-aes-256-ctr', '-pbkdf2'], { cipher: 'aes-256-ctr' }],
  ])('with %s is decrypted', async (_, args, config) => {
    expect((await open(await written(...args), options(config))).equals(TEXT)).toBe(true);
  });

  test('with another key is refused, naming how it was tried and where the key is from, never the key', async () => {
    const refused = await refusalOf(look(await written(), options({}, 'a wrong secret')));
    expect(refused.code).toBe('backup_wrong_key');
    expect(refused.message).toMatch(
      /`THE_KEY` in \/srv\/\.env\.backup \(aes-256-cbc, sha256, PBKDF2 with 10000 iterations\)/,
    );
    expect(JSON.stringify(refused)).not.toContain('a wrong secret');
  });

  test('with a key that "decrypts" with exit code 0 is refused all the same', async () => {
    const stored = await written('-aes-256-cbc', '-pbkdf2', '-iter', '1');
    const given = options({ iterations: 1 }, keyThatPads(stored));
    // openssl and the count of bytes have nothing against it: this is noise with right padding.
    expect((await open(stored, given)).equals(TEXT)).toBe(false);
    expect(await refusalOf(look(stored, given))).toMatchObject({ code: 'backup_wrong_key' });
  });

  test('with CTR, where every key "works", is refused with another key', async () => {
    const stored = await written('-aes-256-ctr', '-pbkdf2');
    const given = options({ cipher: 'aes-256-ctr' }, 'wrong');
    expect(await refusalOf(look(stored, given))).toMatchObject({ code: 'backup_wrong_key' });
  });

  test('and then cut is truncated, wherever it was cut', async () => {
    const stored = await written();
    for (const length of [stored.length - 16, stored.length - 5, 4096, 4100]) {
      expect(await refusalOf(open(stored.subarray(0, length), options()))).toMatchObject({
        code: 'backup_truncated',
      });
    }
  });
});

describe('decryption', () => {
  test('without openssl says which package to install', async () => {
    const given = { ...options(), environment: { PATH: directory } };
    expect(await refusalOf(open(await written(), given))).toMatchObject({
      code: 'openssl_missing',
      hint: expect.stringContaining('apt-get install openssl'),
    });
  });

  test('passes on the failure of what it reads from', async () => {
    const stored = await written();
    const broken = async function* () {
      yield stored.subarray(0, 2000);
      throw new Error('the disk is gone');
    };
    await expect(buffer(decrypt(broken(), options()))).rejects.toThrow('the disk is gone');
  });

  test('ends when it is aborted, while its input hangs', async () => {
    const stored = await written();
    const stop = new AbortController();
    const hanging = async function* () {
      yield stored.subarray(0, 2000);
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
    };
    setTimeout(() => stop.abort(new Error('cancelled')), 50);
    await expect(buffer(decrypt(hanging(), { ...options(), signal: stop.signal }))).rejects.toThrow();
  });

  test('of a file whose source names no key is refused', async () => {
    const refused = refusalOf(identify(await written(), { display: 'b.enc', zone: 'UTC', decryption: null }));
    expect(await refused).toMatchObject({ code: 'backup_encrypted' });
  });
});

/** A wrong passphrase whose noise happens to end in right padding; one in 256 does. */
function keyThatPads(stored: Buffer): string {
  for (let count = 0; ; count += 1) {
    const derived = pbkdf2Sync(`wrong ${count}`, stored.subarray(8, 16), 1, 48, 'sha256');
    const decipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32));
    try {
      decipher.update(stored.subarray(16));
      decipher.final();
      return `wrong ${count}`;
    } catch {
      // The padding gave it away.
    }
  }
}
