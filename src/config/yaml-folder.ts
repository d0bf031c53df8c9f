import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { type ConfigProblem, fileProblem, unreadable } from './problem.ts';
import { type ProblemAt, readYaml } from './yaml.ts';

/** What was made of one file, with a way to point back into it. */
export interface Entry<Value> {
  readonly value: Value;
  /** The file's path, as it stands in problems. */
  readonly file: string;
  readonly problemAt: ProblemAt;
}

export interface Folder<Value> {
  /** In the order of the files' names; those that fit their schema. */
  readonly entries: readonly Entry<Value>[];
  readonly problems: readonly ConfigProblem[];
}

/** Reads every `.yml` of a directory; all that is wrong with any of them comes back at once. */
export function readFolder<Schema extends z.ZodType, Value>(
  directory: string,
  schema: Schema,
  compile: (
    file: z.output<Schema>,
    problemAt: ProblemAt,
  ) => { value: Value; problems: readonly ConfigProblem[] },
): Folder<Value> {
  const files = yamlFiles(directory);
  if (typeof files === 'string') return { entries: [], problems: [fileProblem(directory, files)] };
  const entries: Entry<Value>[] = [];
  const problems: ConfigProblem[] = [];
  for (const file of files) {
    if (file.endsWith('.yaml')) {
      problems.push(fileProblem(file, 'rename it: only files that end in .yml are taken'));
      continue;
    }
    const parsed = readYaml(schema, file);
    if (!parsed.ok) {
      problems.push(...parsed.problems);
      continue;
    }
    const compiled = compile(parsed.value, parsed.problemAt);
    problems.push(...compiled.problems);
    entries.push({ value: compiled.value, file, problemAt: parsed.problemAt });
  }
  return { entries, problems };
}

/** The files to read, or why there are none. */
function yamlFiles(directory: string): string[] | string {
  try {
    const names = readdirSync(directory).filter((name) => /^[^.].*\.ya?ml$/.test(name));
    return names.length > 0
      ? names.sort().map((name) => join(directory, name))
      : 'no .yml file in this directory';
  } catch (error) {
    return unreadable(error);
  }
}
