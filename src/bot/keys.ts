import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** Two keys, so that whoever can sign orders cannot also sign the log that would give them away. */
export interface BotKeys {
  readonly order: KeyObject;
  readonly log: KeyObject;
}

/** @throws when a file is missing, is no Ed25519 private key, or can be read by others. */
export async function loadBotKeys(paths: { readonly order: string; readonly log: string }): Promise<BotKeys> {
  return { order: await loadKey(paths.order), log: await loadKey(paths.log) };
}

async function loadKey(path: string): Promise<KeyObject> {
  const hint = `Make one with \`twokey keys new --out ${path}\`.`;
  const info = await stat(path).catch(() => {
    throw new Error(`No key file ${path}. ${hint}`);
  });
  if ((info.mode & 0o077) !== 0) throw new Error(`${path} can be read by others. Run: chmod 0600 ${path}`);
  const key = parseKey(await readFile(path, 'utf8'), path, hint);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} holds no Ed25519 key. ${hint}`);
  return key;
}

function parseKey(pem: string, path: string, hint: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(`${path} holds no private key in PEM form. ${hint}`);
  }
}
