import { randomBytes } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { planDigest } from '../../operation/plan.ts';
import { errorCode } from '../error-code.ts';
import { Refusal } from '../refusal.ts';
import { allowfileName, consentLine } from './consent.ts';
import { Answer, answerPath, type Pending, pendingCodes, pendingPath, readPending } from './pending.ts';

/**
 * What waits for its host key under this code, as the runner published it and as it may be believed: the
 * digest is recomputed here, and the plan is for this host and still in time.
 *
 * @throws Refusal with what to do next.
 */
export function findPending(directory: string, code: string, here: { host: string; now: number }): Pending {
  const pending = read(directory, code);
  requireRunnersOwn(directory, code);
  const own = planDigest(pending.plan);
  if (own !== pending.digest || pending.plan.code !== code)
    throw new Refusal(
      'plan_digest',
      `The plan of ${code} has the digest ${own.slice(0, 16)}, and the runner published ${pending.digest.slice(0, 16)}.`,
      'Do not go on. Somebody has changed what the runner published; tell whoever looks after this host.',
    );
  if (pending.host !== here.host)
    throw new Refusal(
      'wrong_host',
      `${code} waits for its key on the host ${pending.host}; this is ${here.host}.`,
      `Log in to ${pending.host} and type it there.`,
    );
  if (here.now > Date.parse(pending.expiresAt))
    throw new Refusal(
      'host_key_expired',
      `The time to turn the host key of ${code} ended at ${pending.expiresAt}.`,
      'Nothing was started. Ask anew in Slack.',
    );
  return pending;
}

/** The file that was written: by these two the runner's answer names it. */
export interface WrittenFile {
  readonly ino: string;
  readonly ctimeNs: string;
}

/**
 * Writes the allowfile. It appears whole, under its final name, and whatever stood there before is
 * replaced and never followed.
 *
 * Its mode is 0644: the runner is another user, perhaps in none of our groups, and has to read it. The
 * directory keeps everybody else out, and the content is no secret.
 *
 * @throws Refusal
 */
export function writeAllowfile(
  directory: string,
  pending: Pending,
  typed: { target: string; phrase: string | null },
): WrittenFile {
  const { code, challenge, digest, host } = pending;
  const draft = join(directory, `.${code}.${randomBytes(6).toString('hex')}`);
  const path = join(directory, allowfileName(code, challenge));
  try {
    const file = openSync(draft, 'wx', 0o644);
    try {
      fchmodSync(file, 0o644);
      writeSync(file, consentLine({ code, challenge, digest, host, ...typed }));
      fsyncSync(file);
      renameSync(draft, path);
      return named(fstatSync(file, { bigint: true }));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw new Refusal(
      'allowfile_not_written',
      `${path} could not be written (${errorCode(error) ?? 'unknown error'}).`,
      errorCode(error) === 'EPERM'
        ? 'The file of another operator stands there; they remove it, or the operation is asked for anew.'
        : 'Check the disk, and that you are in the group of the directory (`id`).',
    );
  }
}

/** Waits for the runner's word on a file; null when it says nothing in time. */
export async function awaitAnswer(
  directory: string,
  { code, challenge }: Pending,
  file: WrittenFile,
  deadlineMs: number,
): Promise<Answer | null> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    const said = readAnswer(directory, code);
    if (said?.challenge === challenge && said.ino === file.ino && said.ctimeNs === file.ctimeNs) return said;
    if (Date.now() > until) return null;
    await sleep(100);
  }
}

function read(directory: string, code: string): Pending {
  try {
    return readPending(directory, code);
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOENT':
        throw nothingPending(directory, code);
      case 'EACCES':
        throw new Refusal(
          'not_an_operator',
          `You may not look at what waits in ${directory}.`,
          `Only members of the group of ${directory} may (\`stat -c %G ${directory}\`); log in again after you were added.`,
        );
      default:
        throw new Refusal(
          'pending_unreadable',
          `${pendingPath(directory, code)} is not what a runner of this version writes.`,
          'Update twokey on this host, or restart the runner.',
        );
    }
  }
}

function nothingPending(directory: string, code: string): Refusal {
  try {
    const waiting = pendingCodes(directory);
    return new Refusal(
      'nothing_pending',
      `No operation ${code} waits for its host key here.`,
      waiting.length === 0
        ? 'Nothing waits on this host. Look into the thread for the right host, and whether the time is over.'
        : `These wait: ${waiting.join(', ')}.`,
    );
  } catch {
    return new Refusal(
      'no_directory',
      `There is no ${join(directory, 'pending')}.`,
      'Is this the host that the thread names, and does its runner run? Another directory is given with --directory.',
    );
  }
}

/** Only whoever owns the directory may publish in it: a file of anybody else is a trap. */
function requireRunnersOwn(directory: string, code: string): void {
  const owner = lstatSync(directory).uid;
  const paths = [join(directory, 'pending'), pendingPath(directory, code)];
  const foreign = paths.find((path) => lstatSync(path).uid !== owner);
  if (foreign !== undefined)
    throw new Refusal(
      'pending_foreign',
      `${foreign} does not belong to the owner of ${directory}.`,
      'Do not go on. Tell whoever looks after this host.',
    );
}

function readAnswer(directory: string, code: string): Answer | null {
  try {
    return Answer.parse(JSON.parse(readFileSync(answerPath(directory, code), 'utf8')));
  } catch {
    return null;
  }
}

function named({ ino, ctimeNs }: BigIntStats): WrittenFile {
  return { ino: String(ino), ctimeNs: String(ctimeNs) };
}
