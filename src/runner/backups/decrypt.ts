import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { Encryption } from '../../config/runner-config.ts';
import type { Check } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { backupTruncated, hasCode } from './refusals.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface DecryptOptions {
  readonly encryption: Encryption;
  /** The secret itself; it goes to openssl through its environment only. */
  readonly key: string;
  /** For PATH alone. */
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

const KEY_VARIABLE = 'TWOKEY_BACKUP_KEY';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** `Salted__` and eight bytes of salt. */
const SALT_BYTES = 16;
const BLOCK_BYTES = 16;

/**
 * The plain bytes of what `openssl enc` wrote. A wrong key often yields noise and exit code 0 (one time
 * in 256, and always with CTR), so the caller must look at the first bytes as well: see `wrongKey`.
 *
 * @throws Refusal `openssl_missing`, `backup_wrong_key`, or `backup_truncated` at the end.
 */
export async function* decrypt(
  stored: AsyncIterable<Buffer>,
  options: DecryptOptions,
): AsyncGenerator<Buffer> {
  const stop = new AbortController();
  const child = execa('openssl', argumentsFor(options.encryption), {
    env: { [KEY_VARIABLE]: options.key, PATH: options.environment['PATH'] ?? PATH },
    extendEnv: false,
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
    reject: false,
    cancelSignal: AbortSignal.any([options.signal, stop.signal]),
  });
  let taken = 0;
  let given = 0;
  const counted = async function* () {
    for await (const chunk of stored) {
      taken += chunk.length;
      yield chunk;
    }
  };
  const feeding = pipeline(counted(), child.stdin).then(
    () => null,
    (error: unknown) => error,
  );
  try {
    for await (const chunk of child.stdout) {
      const bytes = Buffer.from(chunk);
      given += bytes.length;
      yield bytes;
    }
    const result = await child;
    options.signal.throwIfAborted();
    if (result.code === 'ENOENT') throw opensslMissing();
    const feedError = await feeding;
    if (feedError && !hasCode(feedError, 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE')) throw feedError;
    if (result.exitCode !== 0 && given === 0) throw wrongKey(options.encryption);
    requireWhole(options.encryption, result.exitCode, taken, given);
  } finally {
    stop.abort();
    await child;
    await feeding;
  }
}

/** The key did not make sense of the bytes; says how they were read, never the key. */
export function wrongKey({ cipher, digest, iterations, key }: Encryption): Refusal {
  const from = key.file ? `\`${key.env}\` in ${key.file}` : `\`${key.env}\` of the runner's environment`;
  const rounds = iterations > 0 ? `PBKDF2 with ${iterations} iterations` : 'no PBKDF2';
  return new Refusal(
    'backup_wrong_key',
    `It cannot be decrypted with the key in ${from} (${cipher}, ${digest}, ${rounds}).`,
    'Set the key that it was encrypted with, or correct cipher, digest and iterations of this source in `runner.yml`.',
  );
}

export function opensslMissing(): Refusal {
  return new Refusal(
    'openssl_missing',
    'This host has no `openssl`, which decrypts backups.',
    'Install it: `apt-get install openssl`.',
  );
}

function argumentsFor({ cipher, digest, iterations }: Encryption): string[] {
  const derivation = iterations > 0 ? ['-pbkdf2', '-iter', String(iterations)] : [];
  return ['enc', '-d', `-${cipher}`, '-md', digest, ...derivation, '-pass', `env:${KEY_VARIABLE}`];
}

/** The exit code alone proves nothing either way; the count of bytes must fit as well. */
function requireWhole(
  { cipher }: Encryption,
  exitCode: number | undefined,
  taken: number,
  given: number,
): void {
  const payload = taken - SALT_BYTES;
  const padding = payload - given;
  const fits = cipher.endsWith('ctr') ? padding === 0 : padding >= 1 && padding <= BLOCK_BYTES;
  if (exitCode === 0 && fits) return;
  throw backupTruncated(
    `Its beginning decrypts with the key, its end does not: of ${taken} bytes openssl gave ${given} and ended with ${exitCode ?? 'a signal'}.`,
  );
}

/** Whether this host can decrypt. @throws Refusal `openssl_missing`. */
export async function checkOpenssl(environment: Environment, signal: AbortSignal): Promise<Check> {
  const { exitCode, stdout } = await execa('openssl', ['version'], {
    env: { PATH: environment['PATH'] ?? PATH },
    extendEnv: false,
    reject: false,
    timeout: 10_000,
    cancelSignal: signal,
  });
  if (exitCode !== 0) throw opensslMissing();
  return { code: 'openssl', outcome: 'pass', text: `${stdout.split(' ', 2).join(' ')} decrypts the backup.` };
}
