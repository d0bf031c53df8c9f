import { dirname, join, resolve } from 'node:path';
import type { BotConfig, Lookup, SlackSettings } from './bot-config.ts';
import { BotConfigFile } from './bot-config-file.ts';
import { crossProblems } from './check-bot-config.ts';
import type { Command } from './command.ts';
import { type Environment, type EnvironmentVariable, requireVariables } from './environment.ts';
import { deepFreeze } from './freeze.ts';
import { readCommands } from './load-commands.ts';
import { readPolicies } from './load-policies.ts';
import type { Policy } from './policy.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { type Parsed, readYaml } from './yaml.ts';
import type { Entry } from './yaml-folder.ts';

/** `twokey.yml` with the files that it points to. */
export interface BotFiles {
  /** What the file says, or why it says nothing. */
  readonly parsed: Parsed<BotConfigFile>;
  readonly commands: readonly Entry<Command>[];
  readonly policies: readonly Entry<Policy>[];
  /** Everything that is wrong in any of them, and between them. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Everything that the bot is told, frozen. Relative paths in the file are taken from where it stands.
 *
 * @param path of `twokey.yml`.
 * @throws ConfigError with everything that is wrong in any file; else with every variable that is missing.
 */
export function loadBotConfig(path: string, environment: Environment): BotConfig {
  const { parsed, commands, policies, problems } = readBotFiles(path);
  if (!parsed.ok || problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(
    botConfig(
      parsed.value,
      dirname(resolve(path)),
      commands.map(({ value }) => value),
      policies.map(({ value }) => value),
      environment,
    ),
  );
}

/** Reads and checks the files alone, without any secret; `elsewhere` replaces directories that the file names. */
export function readBotFiles(
  path: string,
  elsewhere: { readonly commands?: string | undefined; readonly policies?: string | undefined } = {},
): BotFiles {
  const parsed = readYaml(BotConfigFile, path);
  const below = (directory: string): string =>
    resolve(directory) === directory ? directory : join(dirname(path), directory);
  const file = parsed.ok ? parsed.value : { commands: 'commands', policies: 'policies' };
  const commands = readCommands(elsewhere.commands ?? below(file.commands));
  const policies = readPolicies(elsewhere.policies ?? below(file.policies));
  const problems = [...(parsed.ok ? [] : parsed.problems), ...commands.problems, ...policies.problems];
  // What lies between files only shows once each of them can be read.
  if (parsed.ok && problems.length === 0) {
    problems.push(...crossProblems(parsed.value, parsed.problemAt, commands.entries, policies.entries));
  }
  return { parsed, commands: commands.entries, policies: policies.entries, problems };
}

function botConfig(
  file: BotConfigFile,
  folder: string,
  commands: readonly Command[],
  policies: readonly Policy[],
  environment: Environment,
): BotConfig {
  const variables = requireVariables(environment, neededBy(file));
  return {
    installation: file.installation,
    slack: slackSettings(file, variables),
    channels: { ...file.channels, ops: file.channels.ops ?? file.channels.audit },
    roles: lookup(Object.entries(file.roles)),
    targets: lookup(
      Object.entries(file.targets).map(
        ([name, { runner, environment: kind, 'policy-overrides': overrides }]) => [
          name,
          { name, runner, environment: kind, policyOverrides: lookup(Object.entries(overrides)) },
        ],
      ),
    ),
    runners: lookup(Object.entries(file.runners).map(([name, { key }]) => [name, { name, key }])),
    gateway: file.gateway,
    keys: { order: resolve(folder, file.keys.order), log: resolve(folder, file.keys.log) },
    engine: file.engine === 'redis' ? { kind: 'redis', url: variables('REDIS_URL') } : { kind: 'postgres' },
    databaseUrl: variables('DATABASE_URL'),
    commands: commands.toSorted((a, b) => (a.title < b.title ? -1 : 1)),
    policies: lookup(policies.map((policy) => [policy.name, policy])),
  };
}

function neededBy({ slack, engine }: BotConfigFile): EnvironmentVariable[] {
  return [
    'SLACK_BOT_TOKEN',
    slack.mode === 'socket' ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET',
    'DATABASE_URL',
    ...(engine === 'redis' ? (['REDIS_URL'] as const) : []),
  ];
}

function slackSettings(
  { slack }: BotConfigFile,
  variables: (name: EnvironmentVariable) => string,
): SlackSettings {
  const shared = { botToken: variables('SLACK_BOT_TOKEN'), apiUrl: slack['api-url'] ?? null };
  return slack.mode === 'http' && slack.http !== undefined
    ? { ...shared, mode: 'http', listen: slack.http, signingSecret: variables('SLACK_SIGNING_SECRET') }
    : { ...shared, mode: 'socket', appToken: variables('SLACK_APP_TOKEN') };
}

function lookup<Value>(entries: readonly (readonly [string, Value])[]): Lookup<Value> {
  const empty: Record<string, Value> = Object.create(null);
  return Object.assign(empty, Object.fromEntries(entries));
}
