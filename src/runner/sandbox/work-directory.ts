import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preparePlace } from './place.ts';
import { identify } from './processes.ts';
import { ProcessIdentity } from './record.ts';

/** Names of directories that hold fetched and decrypted backups of one run. */
export const WORK_PREFIX = '.work-';

const MAKER_FILE = 'maker.json';

/**
 * A directory for one run's fetched backup, beside the sandboxes, so that it counts against the same disk
 * and is collected with them when its maker dies. Only this user can read it.
 */
export async function makeWorkDirectory(base: string): Promise<string> {
  await preparePlace(base);
  const directory = await mkdtemp(join(base, WORK_PREFIX));
  await writeFile(join(directory, MAKER_FILE), JSON.stringify(await identify(process.pid)), { mode: 0o600 });
  return directory;
}

/** The process that made it; null when nobody knows. */
export async function makerOf(directory: string): Promise<ProcessIdentity | null> {
  try {
    return ProcessIdentity.parse(JSON.parse(await readFile(join(directory, MAKER_FILE), 'utf8')));
  } catch {
    return null;
  }
}
