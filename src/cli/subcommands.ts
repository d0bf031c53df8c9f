import type { Command } from 'commander';

/** A part of the program; its module is only loaded when it is asked for, so that `--help` is quick. */
export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** In the order of the help: what serves, what people type on a host, what checks. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'demo',
    summary: 'play the whole thing on this machine: nothing else is needed',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  {
    name: 'bot',
    summary: 'run the bot: Slack, approvals, operations',
    load: async () => (await import('./bot.ts')).botCommand(),
  },
  {
    name: 'runner',
    summary: "run a host's agent, which does the work",
    load: async () => (await import('./runner.ts')).runnerCommand(),
  },
  {
    name: 'allow',
    summary: 'turn the host key of an operation, on its host',
    load: async () => (await import('./allow.ts')).allowCommand(),
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
    summary: 'make a key, or show its public half',
    load: async () => (await import('./keys.ts')).keysCommand(),
  },
  {
    name: 'slack',
    summary: 'run a local Slack, with its page',
    load: async () => (await import('./slack.ts')).slackCommand(),
  },
];
