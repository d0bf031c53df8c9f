import type { Command } from 'commander';

/** A part of the program; its module is only loaded when it is asked for, so that `--help` is quick. */
export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** In the order of the help: what people start with, what serves, what they type on a host, what checks. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'demo',
    summary: 'play with everything on this host, in a local Slack',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  {
    name: 'bot',
    summary: 'run the bot: Slack, policies, operations, dispatch',
    load: async () => (await import('./bot.ts')).botCommand(),
  },
  {
    name: 'runner',
    summary: 'run the agent of an operations host',
    load: async () => (await import('./runner.ts')).runnerCommand(),
  },
  {
    name: 'slack',
    summary: 'run a local Slack, for tests and demos of any bot',
    load: async () => (await import('./slack.ts')).slackCommand(),
  },
  {
    name: 'allow',
    summary: 'see a plan on its host, and turn the host key',
    load: async () => (await import('./allow.ts')).allowCommand(),
  },
  {
    name: 'verify',
    summary: 'test a backup by restoring it, without Slack',
    load: async () => (await import('./verify.ts')).verifyCommand(),
  },
  {
    name: 'audit',
    summary: 'export the audit log, or prove an export whole',
    load: async () => (await import('./audit.ts')).auditCommand(),
  },
  {
    name: 'check',
    summary: 'check commands, policies and settings, and say everything that is wrong',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  {
    name: 'manifest',
    summary: 'print the manifest of the Slack app that the commands need',
    load: async () => (await import('./manifest.ts')).manifestCommand(),
  },
  {
    name: 'keys',
    summary: 'make and show the keys of bot, log and runners',
    load: async () => (await import('./keys.ts')).keysCommand(),
  },
];
