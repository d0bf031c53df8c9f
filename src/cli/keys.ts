import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Command, Option } from 'commander';
import { formatVkey, vkeyOf } from '../audit/note.ts';
import { formatPublicKey, keyId } from '../wire/signature.ts';

const KINDS = ['runner', 'order', 'log'] as const;
type Kind = (typeof KINDS)[number];

/** Where the public half of each kind is written, so that the other side trusts it. */
const BELONGS: Readonly<Record<Kind, string>> = {
  runner: 'Put the public key into `runners` of twokey.yml.',
  order: 'Put the public key into `bot.order-keys` of every runner.yml.',
  log: 'Put the vkey (twokey keys show --origin <log name>) into `bot.log-key` of every runner.yml.',
};

/** `twokey keys`: makes and shows the Ed25519 keys of bot, runners and audit log. */
export function keysCommand(): Command {
  const keys = new Command('keys').description(
    'Makes and shows keys. A private key never leaves the file it was made in.',
  );
  keys.addHelpText('after', '\nExample:\n  $ twokey keys new --kind runner --out /etc/twokey/runner.pem');
  keys
    .command('new')
    .description('makes a key: the private half into a new file of mode 0600, the public half to the screen')
    .requiredOption('--out <file>', 'the file; one that exists is never written over')
    .addOption(new Option('--kind <kind>', 'whose key it will be').choices(KINDS).default('runner'))
    .option('--origin <name>', "the log's name, for a key of kind log")
    .addHelpText('after', '\nExample:\n  $ twokey keys new --kind order --out /etc/twokey/order.pem')
    .action(({ out, kind, origin }: { out: string; kind: Kind; origin?: string }) => {
      const { privateKey } = generateKeyPairSync('ed25519');
      writeNew(out, privateKey);
      process.stdout.write(`${describe(privateKey, origin)}\n${BELONGS[kind]}\n`);
    });
  keys
    .command('show')
    .description('shows the public half of a key and its fingerprint')
    .argument('<file>', 'a private or public key in PEM')
    .option('--origin <name>', 'also as the vkey of the audit log of that name (C2SP signed-note)')
    .addHelpText(
      'after',
      '\nExample:\n  $ twokey keys show /etc/twokey/log.pem --origin ops.example.com/twokey',
    )
    .action((file: string, { origin }: { origin?: string }) => {
      process.stdout.write(`${describe(readKey(file), origin)}\n`);
    });
  return keys;
}

function describe(key: KeyObject, origin: string | undefined): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const lines = [`public key   ${formatPublicKey(publicKey)}`, `fingerprint  ${keyId(publicKey)}`];
  return [
    ...lines,
    ...(origin === undefined ? [] : [`vkey         ${formatVkey(vkeyOf(origin, publicKey))}`]),
  ].join('\n');
}

function writeNew(path: string, key: KeyObject): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new Error(`${path} was not made: ${String(error)}`);
  }
  try {
    writeSync(file, key.export({ type: 'pkcs8', format: 'pem' }).toString());
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readKey(path: string): KeyObject {
  const pem = readFileSync(path, 'utf8');
  const key = parsed(() => createPrivateKey(pem)) ?? parsed(() => createPublicKey(pem));
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new Error(`${path} holds no Ed25519 key in PEM. \`twokey keys new\` makes one.`);
  return key;
}

function parsed(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}
