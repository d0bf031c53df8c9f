/** One thing that is wrong in one file. Lines and columns count from 1; 0 stands for the whole file. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `steps[1].with.backup`; empty for the file as a whole. */
  readonly path: string;
  /** What was expected, what was seen, and what to do about it. */
  readonly message: string;
}

/** Everything that is wrong with a configuration, found in one go. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(printProblems(problems));
    this.problems = problems;
  }
}

/** `commands/test.yml:4:11  steps[1].action: expected one of …`, a line for each, in the order of the files. */
export function printProblems(problems: readonly ConfigProblem[]): string {
  return inOrder(problems)
    .map(({ file, line, column, path, message }) =>
      [line === 0 ? file : `${file}:${line}:${column}`, path === '' ? message : `${path}: ${message}`].join(
        '  ',
      ),
    )
    .join('\n');
}

/** A problem with a file as a whole: it is not there, or is nothing that can be read. */
export function fileProblem(file: string, message: string): ConfigProblem {
  return { file, line: 0, column: 0, path: '', message };
}

/** Why a file or directory could not be read, for people. */
export function unreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known = REASONS[code];
  return known ?? `cannot be read (${code === '' ? String(error) : code})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'this user may not read it',
  EISDIR: 'this is a directory, not a file',
  ENOTDIR: 'this is a file, not a directory',
};

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted(
    (a, b) => byText(a.file, b.file) || a.line - b.line || a.column - b.column || byText(a.path, b.path),
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
