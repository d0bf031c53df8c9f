import { createPrivateKey, type KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { errorCode } from './error-code.ts';
import { Refusal } from './refusal.ts';

/**
 * The runner's private key, from a file that nobody else can read.
 *
 * @throws Refusal `key_file`, whose text never holds anything of the file.
 */
export function readKeyFile(path: string, uid: number): KeyObject {
  const text = readPrivately(path, uid);
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Whatever OpenSSL says of it is of no use to people.
  }
  throw refusal(`${path} holds no Ed25519 private key in PEM.`, `Make one: twokey keys new --out ${path}`);
}

function readPrivately(path: string, uid: number): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw refusal(
      `The key ${path} cannot be read (${errorCode(error) ?? 'unknown error'}).`,
      `Make one as the runner's user: twokey keys new --out ${path}`,
    );
  }
  try {
    const { mode, uid: owner } = fstatSync(file);
    if ((mode & 0o077) !== 0 || (owner !== uid && owner !== 0))
      throw refusal(
        `The key ${path} belongs to uid ${owner} with mode ${(mode & 0o777).toString(8)}: others can read or change it.`,
        `chown ${uid} ${path} && chmod 0600 ${path}; and make a new key if somebody may have read it.`,
      );
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function refusal(text: string, hint: string): Refusal {
  return new Refusal('key_file', text, hint);
}
