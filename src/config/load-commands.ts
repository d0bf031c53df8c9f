import type { Command } from './command.ts';
import { CommandFile } from './command-file.ts';
import { BUILT_IN_COMMANDS } from './commands-built-in.ts';
import { compileCommand } from './compile-command.ts';
import { deepFreeze } from './freeze.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { type Entry, type Folder, readFolder } from './yaml-folder.ts';

/**
 * The commands of a directory, in the order of their titles.
 *
 * @throws ConfigError with everything that is wrong in any of its files.
 */
export function loadCommands(directory: string): readonly Command[] {
  const { entries, problems } = readCommands(directory);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(entries.map(({ value }) => value).sort((a, b) => (a.title < b.title ? -1 : 1)));
}

/** The same, for whoever has more to check and says everything at once. */
export function readCommands(directory: string): Folder<Command> {
  const { entries, problems } = readFolder(directory, CommandFile, compileCommand);
  return { entries, problems: [...problems, ...entries.flatMap((entry) => clashes(entry, entries))] };
}

/** What people type must mean one command: no title may begin with another's words. */
function clashes(entry: Entry<Command>, all: readonly Entry<Command>[]): ConfigProblem[] {
  const { title, name, words } = entry.value;
  if (BUILT_IN_COMMANDS.some((builtIn) => builtIn.name === name)) {
    return [entry.problemAt(['command'], `${name} is built in; choose another name`)];
  }
  if (words[0] === 'help') {
    return [entry.problemAt(['command'], `\`${name} help\` shows the help; choose another word`)];
  }
  const earlier = all.slice(0, all.indexOf(entry));
  return earlier.flatMap((other) => {
    const theirs = other.value.title;
    if (theirs === title) return [entry.problemAt(['command'], `${other.file} is ${title} already`)];
    if (!title.startsWith(`${theirs} `) && !theirs.startsWith(`${title} `)) return [];
    const message = `${title} cannot be told apart from ${theirs} (${other.file}): one begins with the other`;
    return [entry.problemAt(['command'], message)];
  });
}
