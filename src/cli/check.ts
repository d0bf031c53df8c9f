import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { Target } from '../config/bot-config.ts';
import type { BotConfigFile } from '../config/bot-config-file.ts';
import { commandProblems } from '../config/check-bot-config.ts';
import { pairProblems } from '../config/check-pair.ts';
import type { Command as ChatCommand } from '../config/command.ts';
import { readBotFiles } from '../config/load-bot-config.ts';
import { readCommands } from '../config/load-commands.ts';
import { readPolicies } from '../config/load-policies.ts';
import { readRunnerConfig } from '../config/load-runner-config.ts';
import type { Policy } from '../config/policy.ts';
import { type ConfigProblem, printProblems } from '../config/problem.ts';
import type { Parsed } from '../config/yaml.ts';
import { explain } from './explain.ts';
import { keepCurrent } from './generated.ts';
import { schemaFiles } from './schema-files.ts';

const REMEDY = 'run `twokey check --schemas --write`';

interface CheckOptions {
  readonly config?: string;
  readonly runner?: string;
  readonly commands?: string;
  readonly policies?: string;
  readonly explain?: true;
  readonly schemas?: true;
  readonly write?: true;
}

/** `twokey check`: says everything that is wrong with a configuration, before anything is started with it. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'Checks commands, policies and settings, and says everything that is wrong, each with its place. Needs no secrets.',
    )
    .option('--config <file>', "the bot's settings (default: twokey.yml, when it is there)")
    .option('--runner <file>', "a runner's settings (default: runner.yml, when it is there)")
    .option('--commands <directory>', 'directory of the command files (default: as the settings say)')
    .option('--policies <directory>', 'directory of the policy files (default: as the settings say)')
    .option('--explain', 'say in words what each command needs before it runs')
    .option('--schemas', 'check instead what is made from the schemas: ./schemas and docs/configuration.md')
    .option('--write', 'with --schemas: write them')
    .addHelpText('after', '\nExample:\n  $ twokey check --config examples/restore-test/twokey.yml --explain')
    .action((options: CheckOptions) => {
      const wrong = options.schemas
        ? keepCurrent(schemaFiles(), options.write === true, REMEDY)
        : checkFiles(options);
      if (wrong > 0) process.exitCode = 1;
    });
}

function checkFiles(options: CheckOptions): number {
  const bot = checkBot(options);
  const runner = options.runner ?? (existsSync('runner.yml') ? 'runner.yml' : undefined);
  const host = runner === undefined ? null : readRunnerConfig(runner);
  const problems = [...bot.problems, ...(host?.problems ?? [])];
  if (problems.length === 0 && host !== null && bot.settings !== null) {
    problems.push(...pairProblems(bot.settings, host.parsed));
  }
  if (problems.length > 0) {
    console.error(printProblems(problems));
    console.error(`\n${count(problems.length, 'problem')}.`);
    return problems.length;
  }
  if (options.explain) console.log(`${bot.explanations.join('\n\n')}\n`);
  const read = [...bot.read, ...(runner === undefined ? [] : [runner])];
  console.log(`Nothing wrong in ${read.join(', ')}.`);
  return 0;
}

interface Checked {
  /** Null when there is no twokey.yml. */
  readonly settings: Parsed<BotConfigFile> | null;
  readonly problems: readonly ConfigProblem[];
  readonly explanations: readonly string[];
  /** What was looked at, for the last line. */
  readonly read: readonly string[];
}

function checkBot(options: CheckOptions): Checked {
  const config = options.config ?? (existsSync('twokey.yml') ? 'twokey.yml' : undefined);
  if (config === undefined)
    return checkFolders(options.commands ?? 'commands', options.policies ?? 'policies');
  const { parsed, commands, policies, problems } = readBotFiles(config, options);
  const targets = parsed.ok ? Object.entries(parsed.value.targets) : [];
  return {
    settings: parsed,
    problems,
    explanations: explanations(
      commands.map(({ value }) => value),
      policies.map(({ value }) => value),
      targets.map(([name, target]) => ({ name, policyOverrides: target['policy-overrides'] })),
    ),
    read: [config, ...commands.map(({ file }) => file), ...policies.map(({ file }) => file)],
  };
}

function checkFolders(commandsFolder: string, policiesFolder: string): Checked {
  const commands = readCommands(commandsFolder);
  const policies = readPolicies(policiesFolder);
  const problems = [...commands.problems, ...policies.problems];
  if (problems.length === 0) problems.push(...commandProblems(commands.entries, policies.entries));
  return {
    settings: null,
    problems,
    explanations: explanations(
      commands.entries.map(({ value }) => value),
      policies.entries.map(({ value }) => value),
      [],
    ),
    read: [...commands.entries, ...policies.entries].map(({ file }) => file),
  };
}

/** One for each command, and one more for each policy that a target has of its own. */
function explanations(
  commands: readonly ChatCommand[],
  policies: readonly Policy[],
  targets: readonly Pick<Target, 'name' | 'policyOverrides'>[],
): string[] {
  return commands.flatMap((command) => {
    const policyOn = (target: Pick<Target, 'policyOverrides'>): string =>
      target.policyOverrides[command.title] ?? command.policy;
    return policies
      .map((policy) => ({ policy, on: targets.filter((target) => policyOn(target) === policy.name) }))
      .filter(({ policy, on }) => on.length > 0 || (targets.length === 0 && policy.name === command.policy))
      .map(({ policy, on }) => explain(command, policy, on));
  });
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
