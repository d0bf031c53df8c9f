import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { program } from '../../src/cli/program.ts';
import { SUBCOMMANDS } from '../../src/cli/subcommands.ts';
import { FILE_SCHEMAS } from '../../src/config/editor-schemas.ts';
import { Environment } from '../../src/config/environment.ts';
import { readBotFiles } from '../../src/config/load-bot-config.ts';
import { loadCommands } from '../../src/config/load-commands.ts';
import { readRunnerConfig } from '../../src/config/load-runner-config.ts';
import { printProblems } from '../../src/config/problem.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { place, ROOT, repositoryFiles, textOf } from './files.ts';

const pages = repositoryFiles('*.md').map((path) => ({ path, text: textOf(path) }));

describe('YAML in the documentation', () => {
  const blocks = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^```ya?ml\n(.*?)^```/gms)].map(({ 1: yaml = '', index }) => ({
      at: place(path, text, index),
      yaml,
    })),
  );

  test('there is some', () => {
    expect(blocks.length).toBeGreaterThan(3);
  });

  test.each(blocks)('$at is what it says it is', ({ at, yaml }) => {
    const [heading = ''] = yaml.split('\n');
    const kind = kindOf(heading);
    if (kind === 'anything') return;
    const parsed = parseYaml(FILE_SCHEMAS[kind].schema, yaml, at);
    expect(parsed.ok ? '' : printProblems(parsed.problems)).toBe('');
  });
});

/** The first line of a block says which file it is part of. */
function kindOf(heading: string): keyof typeof FILE_SCHEMAS | 'anything' {
  if (/^# commands\/\S+\.yml/.test(heading)) return 'command.json';
  if (/^# policies\/\S+\.yml/.test(heading)) return 'policy.json';
  if (/^# twokey\.yml/.test(heading)) return 'twokey.json';
  if (/^# runner\.yml/.test(heading)) return 'runner.json';
  if (/^# (yaml-language-server|manifest\.yml|compose\.yml|\S+ \(excerpt\))/.test(heading)) return 'anything';
  throw new Error(
    `The first line of a YAML block says which file it is, such as "# runner.yml"; found ${heading}`,
  );
}

describe('commands in the documentation', () => {
  const lines = pages.flatMap(({ path, text }) => [
    ...[...text.matchAll(/^(?:\$ )?(?:sudo (?:-u \S+ )?)?(?:[A-Z_]+=\S+ )*twokey ([a-z].*)$/gm)].map(
      (found) => ({ path, text, found }),
    ),
    ...[...text.matchAll(/`(?:\$ )?twokey ([a-z][^`]*)`/g)].map((found) => ({ path, text, found })),
  ]);

  test.each(
    lines.map(({ path, text, found }) => ({ at: place(path, text, found.index), typed: found[1] ?? '' })),
  )('$at: twokey $typed', async ({ typed }) => {
    expect(await unknownIn(typed)).toEqual([]);
  });

  test.each([
    ['chekc --config x', ['chekc']],
    ['check --confg x', ['--confg']],
    ['keys shwo file', ['shwo']],
    ['keys new --kind runner --explain', ['--explain']],
    ['check --config twokey.yml --explain | head', []],
  ])('in "twokey %s", %j would be found', async (typed, unknown) => {
    expect(await unknownIn(typed)).toEqual(unknown);
  });
});

/** The words of a line that are no subcommand, and its options that are none. */
async function unknownIn(typed: string): Promise<string[]> {
  const words = (typed.split(/\s[|>#&]/)[0] ?? '').trim().split(/\s+/);
  const [name = ''] = words;
  if (!SUBCOMMANDS.some((subcommand) => subcommand.name === name)) return [name];
  let command: Command | undefined = (await program([name])).commands.find(
    (candidate) => candidate.name() === name,
  );
  const options = ['--help', ...optionsOf(command)];
  for (const word of words.slice(1)) {
    if (command === undefined || command.commands.length === 0) break;
    if (word.startsWith('-')) continue;
    const below: Command | undefined = command.commands.find((candidate) => candidate.name() === word);
    if (below === undefined) return [word];
    options.push(...optionsOf(below));
    command = below;
  }
  return words.filter((word) => word.startsWith('--') && !options.includes(word.replace(/=.*/, '')));
}

function optionsOf(command: Command | undefined): string[] {
  return command?.options.flatMap(({ long }) => (long === undefined || long === null ? [] : [long])) ?? [];
}

describe('the documentation of the configuration', () => {
  test('has every variable of the environment, and no other', () => {
    const section =
      textOf('docs/configuration.md')
        .split('\n## ')
        .find((part) => part.startsWith('The environment of the bot')) ?? '';
    const documented = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(documented).toEqual(Object.keys(Environment.shape));
  });

  test('every page that another points to is there', () => {
    const missing = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .filter(([, to = '']) => repositoryFiles(join(path, '..', to)).length === 0)
        .map(([, to], _index) => `${path}: ${to}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the examples', () => {
  const folders = [
    ...new Set(repositoryFiles('examples/*').map((path) => path.split('/').slice(0, 2).join('/'))),
  ];

  test.each(folders)('%s has nothing wrong', (folder) => {
    expect(printProblems(readBotFiles(`${ROOT}${folder}/twokey.yml`).problems)).toBe('');
    expect(printProblems(readRunnerConfig(`${ROOT}${folder}/runner.yml`).problems)).toBe('');
  });

  test('the commands that are shipped have policies that are shipped', () => {
    const policies = repositoryFiles('policies/*.yml').map((path) => path.replace(/^policies\/|\.yml$/g, ''));
    for (const { policy } of loadCommands(`${ROOT}commands`)) expect(policies).toContain(policy);
  });
});

describe('the changelog', () => {
  test('has a place for what is not yet released', () => {
    expect(textOf('CHANGELOG.md')).toMatch(/^## \[?Unreleased\]?$/m);
  });
});
