import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatPublicKey,
  isSignedBy,
  keyId,
  parsePublicKey,
  type SigningDomain,
  signPayload,
} from '../../src/wire/signature.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').publicKey;
const payload = { operation: 'a', steps: [1, 2], note: 'Zoë' };

describe('a signature', () => {
  test('counts for this payload, this key and this purpose', () => {
    const signed = signPayload('order', payload, privateKey);
    expect(isSignedBy('order', signed, [stranger, publicKey])).toBe(true);
    expect(isSignedBy('order', signed, [stranger])).toBe(false);
    expect(isSignedBy('order', signed, [])).toBe(false);
  });

  test('made for one purpose counts for no other', () => {
    const domains: SigningDomain[] = ['order', 'statement', 'hello', 'welcome'];
    for (const made of domains) {
      const signed = signPayload(made, payload, privateKey);
      for (const claimed of domains) expect(isSignedBy(claimed, signed, [publicKey])).toBe(made === claimed);
    }
  });

  test('does not survive any change of the payload, and does not mind the order of members', () => {
    const signed = signPayload('order', payload, privateKey);
    const turned = { note: 'Zoë', steps: [1, 2], operation: 'a' };
    expect(isSignedBy('order', { ...signed, payload: turned }, [publicKey])).toBe(true);
    const others = [
      { ...payload, more: null },
      { ...payload, steps: [2, 1] },
      { ...payload, note: 'Zoe\u0308' },
    ];
    for (const other of others)
      expect(isSignedBy('order', { ...signed, payload: other }, [publicKey])).toBe(false);
  });

  test('of which any bit is wrong is none, and neither is anything that is no signature', () => {
    const signed = signPayload('order', payload, privateKey);
    const bytes = Buffer.from(signed.signature, 'base64');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 511 }), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return !isSignedBy('order', { ...signed, signature: changed.toString('base64') }, [publicKey]);
      }),
      { numRuns: 60 },
    );
    for (const signature of ['', 'AA==', 'not base64'])
      expect(isSignedBy('order', { ...signed, signature }, [publicKey])).toBe(false);
  });

  test('names a key, and a wrong name does not make another key try', () => {
    const signed = signPayload('order', payload, privateKey);
    expect(signed.key).toBe(keyId(publicKey));
    expect(isSignedBy('order', { ...signed, key: keyId(stranger) }, [publicKey, stranger])).toBe(false);
  });
});

describe('a public key', () => {
  test('stands in configuration as one short line', () => {
    const text = formatPublicKey(publicKey);
    expect(text).toMatch(/^ed25519:[A-Za-z0-9+/]{43}=$/);
    expect(parsePublicKey(text).equals(publicKey)).toBe(true);
    expect(createPublicKey(privateKey).equals(parsePublicKey(text))).toBe(true);
  });

  test.each([
    '',
    'ed25519:',
    'ed25519:AAAA',
    'rsa:AAAA',
    formatPublicKey(publicKey).slice('ed25519:'.length),
  ])('that reads %j is none', (text) => {
    expect(() => parsePublicKey(text)).toThrow('twokey keys show');
  });
});
