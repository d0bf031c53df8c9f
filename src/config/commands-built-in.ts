/** A command that the bot answers by itself, without a plan and without keys. */
export interface BuiltInCommand {
  /** Slack's slash command. */
  readonly name: string;
  readonly words: readonly string[];
  readonly summary: string;
  /** What follows, as the help and Slack's hint show it. */
  readonly usage: string;
}

export const BUILT_IN_COMMANDS: readonly BuiltInCommand[] = [
  {
    name: '/ops',
    words: ['status'],
    summary: 'What is going on, and what waits for whom',
    usage: '[target]',
  },
  {
    name: '/ops',
    words: ['show'],
    summary: 'One operation with its plan and its approvals',
    usage: '<OP-code>',
  },
  {
    name: '/ops',
    words: ['cancel'],
    summary: 'Stop an operation at its next safe point',
    usage: '<OP-code>',
  },
  {
    name: '/ops',
    words: ['runners'],
    summary: 'Which hosts are connected, and for which targets',
    usage: '',
  },
  { name: '/ops', words: ['help'], summary: 'What can be asked for here', usage: '[command]' },
];
