import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';
import { Refusal } from './refusal.ts';
import type { Self } from './self.ts';

/**
 * Makes the runner's own directory, or checks that it is nobody else's.
 *
 * @throws Refusal `state_directory`
 */
export function prepareState(path: string, uid: number): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST')
      throw refusal(`${path} is not there and cannot be made (${errorCode(error)}).`, path, uid);
  }
  const seen = lstatSync(path);
  if (!seen.isDirectory()) throw refusal(`${path} is not a directory.`, path, uid);
  if (seen.uid !== uid || (seen.mode & 0o077) !== 0)
    throw refusal(
      `${path} belongs to uid ${seen.uid} with mode ${(seen.mode & 0o777).toString(8)}; the journal needs uid ${uid} and 700.`,
      path,
      uid,
    );
}

/** Removes work directories of operations that are over: a crash leaves them, with copies of backups. */
export function clearWork({ config, journal, log }: Self): void {
  const directory = join(config.state, 'work');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(directory)) {
    const operation = journal.state.operations.get(name);
    const needed =
      operation?.grant && (operation.finished === null || operation.finished.outcome === 'unknown');
    if (needed) continue;
    log.info({ operation: name }, 'removed what an earlier run left in its work directory');
    rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/**
 * A process of root's could read every secret and undo every check of this host, and PostgreSQL's server
 * refuses it anyway: the runner has a user of its own.
 *
 * @throws Refusal `runner_is_root`
 */
export function requireOwnUser(): number {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return uid;
  throw new Refusal(
    'runner_is_root',
    'The runner does not run as root: PostgreSQL servers refuse root, and the host key would prove nothing.',
    'Give it a user of its own (useradd --system twokey) and start it as that user.',
  );
}

function refusal(text: string, path: string, uid: number): Refusal {
  return new Refusal('state_directory', text, `install -d -m 0700 -o ${uid} ${path}`);
}
