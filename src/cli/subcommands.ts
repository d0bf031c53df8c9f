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
    name: 'check',
    summary: 'check commands, policies and settings, and say everything that is wrong',
    load: async () => (await import('./check.ts')).checkCommand(),
  },
  {
    name: 'manifest',
    summary: 'print the manifest of the Slack app that the commands need',
    load: async () => (await import('./manifest.ts')).manifestCommand(),
  },
];
