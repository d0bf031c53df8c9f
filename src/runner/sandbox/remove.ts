import { randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';
import { layoutOf } from './place.ts';
import { endProcesses } from './processes.ts';
import { RECORD_FILE, readRecord } from './record.ts';

/** Names of directories whose removal has begun. */
export const GONE_PREFIX = '.gone-';

/**
 * Stops a sandbox and removes its directory; idempotent. Refuses with `not_a_sandbox` to touch a
 * directory that lacks our record.
 */
export async function removeSandbox(base: string, name: string): Promise<'removed' | 'absent'> {
  const layout = layoutOf(base, name);
  const seen = await lstat(layout.directory).catch(() => null);
  if (seen === null) return 'absent';
  if (!seen.isDirectory() || (await readRecord(layout.directory)) === null) {
    throw new Refusal(
      'not_a_sandbox',
      `${layout.directory} does not hold a sandbox of ours, so it is not removed.`,
      'Look at it on the host; move it away if it is in the way.',
    );
  }
  await endProcesses(layout.directory, layout.data);
  const gone = join(
    base,
    `${GONE_PREFIX}${name.replace(/^\.[a-z]+-/, '')}-${randomBytes(4).toString('hex')}`,
  );
  await rename(layout.directory, gone);
  await clear(gone);
  return 'removed';
}

/** Removes what is left of a directory of ours, the record last: until then it can be recognised. */
export async function clear(directory: string): Promise<void> {
  const names = await readdir(directory);
  for (const name of names.filter((name) => name !== RECORD_FILE)) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
  await rm(join(directory, RECORD_FILE), { force: true });
  await rmdir(directory);
}
