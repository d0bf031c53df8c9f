import { statSync } from 'node:fs';
import { dirname, normalize, sep } from 'node:path';
import { deepFreeze } from './freeze.ts';
import { ConfigError, type ConfigProblem, fileProblem } from './problem.ts';
import { RunnerConfig, type SourceConfig, type TargetConfig } from './runner-config.ts';
import { type Parsed, type Path, type ProblemAt, readYaml } from './yaml.ts';

/**
 * What a runner is told, frozen. Nothing of it comes from the bot.
 *
 * @param path of `runner.yml`.
 * @throws ConfigError with everything that is wrong in it.
 */
export function loadRunnerConfig(path: string): RunnerConfig {
  const { parsed, problems } = readRunnerConfig(path);
  if (!parsed.ok || problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(parsed.value);
}

/** The same, for whoever has more to check and says everything at once. */
export function readRunnerConfig(path: string): {
  readonly parsed: Parsed<RunnerConfig>;
  readonly problems: readonly ConfigProblem[];
} {
  const parsed = readYaml(RunnerConfig, path);
  if (!parsed.ok) return { parsed, problems: parsed.problems };
  const { value, problemAt } = parsed;
  const problems = [
    ...writableByAll(path),
    ...placeholders(value, problemAt),
    ...plainText(value, problemAt),
    ...folders(value, problemAt),
    ...repeated(
      value.operators.map(({ uid }) => String(uid)),
      ['operators'],
      'uid',
      problemAt,
    ),
    ...Object.entries(value.targets).flatMap(([name, target]) =>
      targetProblems(['targets', name], target, problemAt),
    ),
  ];
  return { parsed, problems };
}

/** Whoever can write this file decides whom the host obeys. */
function writableByAll(path: string): ConfigProblem[] {
  const everybodyMayWrite = 0o002;
  return (statSync(path).mode & everybodyMayWrite) === 0
    ? []
    : [fileProblem(path, `every user of this host may write it; run \`chmod o-w ${path}\``)];
}

/** `${DATABASE_URL}` would be taken literally: a file that looks as if it worked. */
function placeholders(value: unknown, problemAt: ProblemAt, path: Path = []): ConfigProblem[] {
  if (typeof value === 'string') {
    return value.includes('${')
      ? [
          problemAt(
            path,
            'a placeholder ($ and braces) is not replaced here; a secret is written `{ env: NAME }`, anything else as it is',
          ),
        ]
      : [];
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => placeholders(item, problemAt, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => placeholders(item, problemAt, [...path, key]));
}

/** Evidence and orders say what is in a production database: they only cross a network encrypted. */
function plainText({ bot }: RunnerConfig, problemAt: ProblemAt): ConfigProblem[] {
  const { protocol, hostname } = new URL(bot.url);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return protocol === 'wss:' || loopback
    ? []
    : [problemAt(['bot', 'url'], 'ws:// is not encrypted and only for this same host; use wss://')];
}

/** Directories of which one is another's would hand the one's files to the other's readers. */
function folders({ state, allow, sandbox, key }: RunnerConfig, problemAt: ProblemAt): ConfigProblem[] {
  const named = [
    { path: ['state'], directory: state },
    { path: ['allow', 'directory'], directory: allow.directory },
    { path: ['sandbox', 'directory'], directory: sandbox.directory },
  ];
  const problems = named.flatMap(({ path, directory }, index) =>
    named
      .slice(0, index)
      .filter((other) => within(directory, other.directory) || within(other.directory, directory))
      .map((other) =>
        problemAt(path, `lies in ${other.path.join('.')} or around it (${other.directory}); keep them apart`),
      ),
  );
  if ([allow.directory, sandbox.directory].some((directory) => within(dirname(key), directory))) {
    problems.push(
      problemAt(
        ['key'],
        'lies in a directory that others can look into; it belongs beside this file or in `state`',
      ),
    );
  }
  return problems;
}

function within(directory: string, above: string): boolean {
  const slashed = (path: string): string => `${normalize(path).replace(/\/+$/, '')}${sep}`;
  return slashed(directory).startsWith(slashed(above));
}

function targetProblems(path: Path, target: TargetConfig, problemAt: ProblemAt): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (target['host-key'] === 'same-user' && !target.demo) {
    problems.push(problemAt([...path, 'host-key'], '`same-user` is only for a target marked `demo: true`'));
  }
  problems.push(
    ...repeated(
      target.backups.map(({ name }) => name),
      [...path, 'backups'],
      'name',
      problemAt,
    ),
    ...repeated(target.actions, [...path, 'actions'], null, problemAt),
    ...target.backups.flatMap((source, index) =>
      sourceProblems([...path, 'backups', index], source, problemAt),
    ),
  );
  return problems;
}

function sourceProblems(path: Path, source: SourceConfig, problemAt: ProblemAt): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!isTimeZone(source.zone)) {
    problems.push(
      problemAt([...path, 'zone'], 'expected the IANA name of a time zone, such as Europe/Vienna'),
    );
  }
  if (source.kind === 's3') {
    const [id, secret] = [source['access-key-id'], source['secret-access-key']];
    if ((id === undefined) !== (secret === undefined)) {
      problems.push(
        problemAt(path, '`access-key-id` and `secret-access-key` go together: give both or neither', 'key'),
      );
    }
  }
  return problems;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

function repeated(
  words: readonly string[],
  list: Path,
  key: string | null,
  problemAt: ProblemAt,
): ConfigProblem[] {
  return words.flatMap((word, index) =>
    words.indexOf(word) < index
      ? [
          problemAt(
            [...list, index, ...(key === null ? [] : [key])],
            `\`${word}\` is there already, in entry ${words.indexOf(word) + 1}`,
          ),
        ]
      : [],
  );
}
