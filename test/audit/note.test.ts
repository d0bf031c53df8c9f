import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  formatVkey,
  NoteError,
  parseNote,
  parseVkey,
  signNote,
  verifyNote,
  vkeyOf,
} from '../../src/audit/note.ts';

/** The example of the C2SP signed-note specification, "Verifier keys". */
const specVkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const specNote =
  'This is an example message.\n\n— example.com/foo ' +
  'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

/** The example of Go's golang.org/x/mod/sumdb/note; the seed stands there in its signer key. */
const goVkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const goKey = seeded(Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1));
const goText =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const goNote = `${goText}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

describe('a verifier key', () => {
  test.each([specVkey, goVkey])('reads and writes the published example %s', (text) => {
    expect(formatVkey(parseVkey(text))).toBe(text);
  });

  test('has the key id of the C2SP example', () => {
    const { name, publicKey } = parseVkey(specVkey);
    expect(vkeyOf(name, publicKey).keyId).toBe('530d903a');
  });

  test('is refused with any character changed', () => {
    for (let at = 0; at < specVkey.length; at += 1) {
      const other = specVkey[at] === 'x' ? 'y' : 'x';
      expect(() => parseVkey(specVkey.slice(0, at) + other + specVkey.slice(at + 1))).toThrow(NoteError);
    }
  });

  test('is only made of Ed25519 keys and of names that notes can carry', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => vkeyOf('a', publicKey)).toThrow('Notes are signed by Ed25519 keys');
    for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u2003b'])
      expect(() => vkeyOf(name, createPublicKey(goKey))).toThrow('no spaces and no plus signs');
  });
});

describe('a signed note', () => {
  test.each([
    [specNote, specVkey, 'This is an example message.\n'],
    [goNote, goVkey, goText],
  ])('of the published examples verifies', (note, vkey, text) => {
    expect(verifyNote(note, parseVkey(vkey)).text).toBe(text);
  });

  test("is signed byte for byte like Go's example", () => {
    expect(signNote(goText, 'PeterNeumann', goKey)).toBe(goNote);
  });

  test('is refused with any byte changed', () => {
    const vkey = parseVkey(goVkey);
    const bytes = Buffer.from(goNote);
    for (let at = 0; at < bytes.length; at += 1)
      for (const flip of [1, 4, 32]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (bytes[at] ?? 0) ^ flip;
        expect(() => verifyNote(flipped.toString('utf8'), vkey)).toThrow(NoteError);
      }
  });

  test('may carry lines of other keys, before or after, which are ignored', () => {
    const other = signNote(goText, 'witness.example', generateKeyPairSync('ed25519').privateKey);
    const line = other.slice(goText.length + 1);
    expect(verifyNote(goNote + line, parseVkey(goVkey)).signatures).toHaveLength(2);
    expect(verifyNote(`${other}${goNote.slice(goText.length + 1)}`, parseVkey(goVkey)).text).toBe(goText);
    expect(() => verifyNote(other, parseVkey(goVkey))).toThrow(
      /^Not signed by PeterNeumann\+c74f20a3, but by witness\.example\+/,
    );
  });

  test('is refused when one of two lines of the same key is false', () => {
    const forged = goNote.slice(goText.length + 1).replace('x08go/', 'x08go+');
    expect(() => verifyNote(goNote + forged, parseVkey(goVkey))).toThrow('does not fit the text');
  });

  test('is refused when another key uses the name and key id', () => {
    const forged = signNote(goText, 'PeterNeumann', generateKeyPairSync('ed25519').privateKey);
    const base64 = forged.slice(goText.length + '\n— PeterNeumann '.length, -1);
    const claimed = Buffer.concat([
      Buffer.from('c74f20a3', 'hex'),
      Buffer.from(base64, 'base64').subarray(4),
    ]);
    const note = `${goText}\n— PeterNeumann ${claimed.toString('base64')}\n`;
    expect(() => verifyNote(note, parseVkey(goVkey))).toThrow(
      expect.objectContaining({ code: 'bad_signature' }),
    );
  });

  test.each([
    ['no signature', goText],
    ['no newline at its end', goNote.slice(0, -1)],
    ['an empty line after the signatures', `${goNote}\n`],
    ['an ordinary dash', goNote.replace('—', '-')],
    ['a tab', goNote.replace('If you', 'If\tyou')],
    ['a line of no base64', `${goNote}— witness AAAA!\n`],
    ['a signature of four bytes', `${goNote}— witness AAAAAA==\n`],
    ['101 signatures', goNote + '— witness AAAAAAA=\n'.repeat(100)],
    ['nothing', ''],
  ])('is refused with %s', (_, note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  test('is not made of a text that would be read back differently', () => {
    for (const text of ['', 'no newline', 'tab\t\n', 'signed already\n\n— b AAAAAAA=', '\ud800\n'])
      expect(() => signNote(text, 'a', goKey)).toThrow(NoteError);
    for (const text of ['a\n', 'a\n\nb\n', 'a\n\n', 'a\n\n— b AAAAAAA=\n'])
      expect(parseNote(signNote(text, 'a', goKey)).text).toBe(text);
  });
});

function seeded(seed: Buffer): KeyObject {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
}
