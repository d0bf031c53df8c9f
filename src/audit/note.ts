import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** A key that a verifier trusts, as C2SP `signed-note` writes it: `name+key id+base64(0x01 ‖ key)`. */
export interface Vkey {
  /** Without spaces and plus signs; for a log's own key the origin of its checkpoints. */
  readonly name: string;
  /** 8 hex characters: tells keys of one name apart. It proves nothing by itself. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

/** A C2SP signed note, taken apart. Nothing in it may be believed before `verifyNote`. */
export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** A note, a vkey or a checkpoint that cannot be believed, and why. */
export class NoteError extends Error {
  readonly code: 'malformed' | 'unknown_key' | 'bad_signature' | 'wrong_log';

  constructor(code: NoteError['code'], message: string) {
    super(message);
    this.name = 'NoteError';
    this.code = code;
  }
}

const ED25519 = 1;
const MOST_SIGNATURES = 100;

/**
 * Signs a text as a note of one signature line. Others may append their own lines to it.
 *
 * @param text ends in a newline and has no other control character.
 * @throws NoteError `malformed` for a text or a name that no note can carry.
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  const { keyId } = vkeyOf(name, createPublicKey(privateKey));
  const signature = Buffer.concat([Buffer.from(keyId, 'hex'), sign(null, Buffer.from(text), privateKey)]);
  const note = `${text}\n— ${name} ${signature.toString('base64')}\n`;
  if (parseNote(note).text !== text)
    throw new NoteError('malformed', 'The text of a note must end in a newline');
  return note;
}

/** @throws NoteError `malformed` */
export function parseNote(note: string): Note {
  const end = note.lastIndexOf('\n\n');
  if (end < 1 || !note.endsWith('\n') || !note.isWellFormed() || hasControlCharacter(note))
    throw new NoteError(
      'malformed',
      'Not a signed note: expected a text, an empty line, and signature lines',
    );
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES)
    throw new NoteError('malformed', `A signed note may have ${MOST_SIGNATURES} signatures, this has more`);
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureLine) };
}

/**
 * Verifies a note by one trusted key and gives its parts. Lines of other keys are ignored, whatever they
 * say; every line of this key must verify, and there must be one.
 *
 * @throws NoteError
 */
export function verifyNote(note: string, vkey: Vkey): Note {
  const parsed = parseNote(note);
  const own = parsed.signatures.filter(({ name, keyId }) => name === vkey.name && keyId === vkey.keyId);
  if (own.length === 0)
    throw new NoteError('unknown_key', `Not signed by ${vkey.name}+${vkey.keyId}, but by ${signers(parsed)}`);
  const text = Buffer.from(parsed.text);
  if (!own.every(({ bytes }) => verify(null, text, vkey.publicKey, bytes)))
    throw new NoteError('bad_signature', `The signature of ${vkey.name}+${vkey.keyId} does not fit the text`);
  return parsed;
}

/** @throws NoteError `malformed` for a name with spaces or plus signs, or a key that is not Ed25519. */
export function vkeyOf(name: string, publicKey: KeyObject): Vkey {
  if (!isKeyName(name))
    throw new NoteError('malformed', `A key name has no spaces and no plus signs: '${name}'`);
  return { name, keyId: keyIdOf(name, encoded(publicKey)), publicKey };
}

/** The text form of a vkey: what operators paste into configuration and pass to `--key`. */
export function formatVkey({ name, keyId, publicKey }: Vkey): string {
  return `${name}+${keyId}+${encoded(publicKey).toString('base64')}`;
}

/** @throws NoteError `malformed`, also when the key id does not belong to the name and key. */
export function parseVkey(text: string): Vkey {
  const [, name = '', keyId = '', base64 = ''] =
    /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const key = decoded(base64);
  if (!isKeyName(name) || key === null || key.length !== 33 || key[0] !== ED25519)
    throw new NoteError('malformed', 'Not an Ed25519 vkey: expected <name>+<8 hex characters>+<base64>');
  if (keyIdOf(name, key) !== keyId)
    throw new NoteError(
      'malformed',
      `The vkey of ${name} was altered: its key id should be ${keyIdOf(name, key)}`,
    );
  const x = key.subarray(1).toString('base64url');
  return {
    name,
    keyId,
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  };
}

function keyIdOf(name: string, key: Buffer): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), key])).slice(0, 8);
}

/** The signature type and the raw key, as both key ids and vkeys hold them. */
function encoded(publicKey: KeyObject): Buffer {
  const { crv, x } = publicKey.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined)
    throw new NoteError('malformed', 'Notes are signed by Ed25519 keys');
  return Buffer.concat([Buffer.of(ED25519), Buffer.from(x, 'base64url')]);
}

function signatureLine(line: string): NoteSignature {
  const [, name = '', base64 = ''] = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? [];
  const bytes = decoded(base64);
  if (!isKeyName(name) || bytes === null || bytes.length < 5)
    throw new NoteError('malformed', 'A signature line of the note is malformed: expected — <name> <base64>');
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) };
}

/** Only the one spelling: Node's decoder forgives stray characters and unused bits. */
function decoded(base64: string): Buffer | null {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : null;
}

function isKeyName(name: string): boolean {
  return /^[^\s+\p{Cc}]+$/u.test(name) && name.isWellFormed();
}

function hasControlCharacter(note: string): boolean {
  return [...note].some((character) => character < ' ' && character !== '\n');
}

function signers(note: Note): string {
  return note.signatures.map(({ name, keyId }) => `${name}+${keyId}`).join(', ');
}
