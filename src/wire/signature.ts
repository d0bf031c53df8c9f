import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type Canonical, canonicalJson } from '../audit/canonical.ts';

/** What a signature is for. It is part of the signed bytes, so an order can never pass for a statement. */
export type SigningDomain = 'order' | 'statement' | 'hello' | 'welcome';

export interface Signed<Payload> {
  readonly payload: Payload;
  /** Which key signed: see {@link keyId}. */
  readonly key: string;
  /** Ed25519, base64. */
  readonly signature: string;
}

/** Signs the canonical JSON of `payload` with an Ed25519 private key. */
export function signPayload<Payload extends Canonical>(
  domain: SigningDomain,
  payload: Payload,
  privateKey: KeyObject,
): Signed<Payload> {
  const signature = sign(null, signedBytes(domain, payload), privateKey).toString('base64');
  return { payload, key: keyId(createPublicKey(privateKey)), signature };
}

/** True when one of `trusted` made this very signature over this very payload, for this domain. */
export function isSignedBy(
  domain: SigningDomain,
  signed: Signed<Canonical>,
  trusted: readonly KeyObject[],
): boolean {
  const key = trusted.find((candidate) => keyId(candidate) === signed.key);
  if (key === undefined) return false;
  return verify(null, signedBytes(domain, signed.payload), key, Buffer.from(signed.signature, 'base64'));
}

/** The first 16 hex digits of the SHA-256 of the raw public key: names a key in logs and envelopes. */
export function keyId(publicKey: KeyObject): string {
  return createHash('sha256').update(rawPublicKey(publicKey)).digest('hex').slice(0, 16);
}

/** `ed25519:` and the base64 of the 32 raw bytes: how a public key stands in configuration. */
export function formatPublicKey(publicKey: KeyObject): string {
  return `ed25519:${rawPublicKey(publicKey).toString('base64')}`;
}

/** @throws TypeError when `text` is not what {@link formatPublicKey} makes. */
export function parsePublicKey(text: string): KeyObject {
  const raw = Buffer.from(text.replace(/^ed25519:/, ''), 'base64');
  if (!text.startsWith('ed25519:') || raw.length !== 32) {
    throw new TypeError(
      `Expected a public key such as ed25519:…, as \`twokey keys show\` prints it, got ${text}`,
    );
  }
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
}

function rawPublicKey(publicKey: KeyObject): Buffer {
  const { x } = publicKey.export({ format: 'jwk' });
  if (publicKey.asymmetricKeyType !== 'ed25519' || x === undefined) throw new TypeError('Not an Ed25519 key');
  return Buffer.from(x, 'base64url');
}

function signedBytes(domain: SigningDomain, payload: Canonical): Buffer {
  return Buffer.from(`twokey/${domain}/v1\n${canonicalJson(payload)}`, 'utf8');
}
