import { basename, extname } from 'node:path';
import { deepFreeze } from './freeze.ts';
import type { Policy } from './policy.ts';
import { compilePolicy, PolicyFile } from './policy-file.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { type Entry, type Folder, readFolder } from './yaml-folder.ts';

/**
 * The policies of a directory, in the order of their names.
 *
 * @throws ConfigError with everything that is wrong in any of its files.
 */
export function loadPolicies(directory: string): readonly Policy[] {
  const { entries, problems } = readPolicies(directory);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(entries.map(({ value }) => value));
}

/** The same, for whoever has more to check and says everything at once. */
export function readPolicies(directory: string): Folder<Policy> {
  const { entries, problems } = readFolder(directory, PolicyFile, compilePolicy);
  return { entries, problems: [...problems, ...entries.flatMap(misnamed)] };
}

/** So that nobody reads `production.yml` and edits another policy; it also keeps names apart. */
function misnamed({ value, file, problemAt }: Entry<Policy>): ConfigProblem[] {
  const name = basename(file, extname(file));
  return value.name === name ? [] : [problemAt(['policy'], `expected \`${name}\`, the name of the file`)];
}
