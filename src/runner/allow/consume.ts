import { renameSync, rmSync } from 'node:fs';
import type { Problem } from '../../wire/statement.ts';
import { errorCode } from '../error-code.ts';
import { inDirectory, type ReadFile, readAllowfile } from './read-file.ts';

/**
 * Takes an allowfile out of everybody's reach, which only one can do, and proves that what was taken is
 * what was judged. Returns why not, or null.
 */
export function consume(directory: number, name: string, judged: ReadFile): Problem | null {
  const aside = consumedName(name);
  try {
    renameSync(inDirectory(directory, name), inDirectory(directory, aside));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return swapped(`${name} is gone`);
  }
  const taken = readAllowfile(directory, aside);
  const same =
    taken.kind === 'file' &&
    !taken.changed &&
    taken.dev === judged.dev &&
    taken.ino === judged.ino &&
    taken.uid === judged.uid &&
    taken.mode === judged.mode &&
    taken.links === 1 &&
    taken.sha256 === judged.sha256;
  return same ? null : swapped(`${name} was replaced`);
}

/** Where a taken file lies until its operation ends. */
export function consumedName(name: string): string {
  return `.consumed/${name}`;
}

export function forgetConsumed(directory: number, name: string): void {
  rmSync(inDirectory(directory, consumedName(name)), { force: true });
}

function swapped(seen: string): Problem {
  return {
    code: 'allowfile_swapped',
    text: `Between the look at the allowfile and its taking, ${seen}.`,
    hint: 'Nothing was started. Find out who works in the allow directory, then turn both keys anew.',
  };
}
