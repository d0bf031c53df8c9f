import type { ActionName } from '../actions/registry.ts';
import type { DraftStep } from '../operation/plan.ts';

/**
 * What an argument may be. `target` is one of the bot's targets; `backup` is `latest`, a path or an
 * address, which the runner resolves in preflight; `flag` is true when it is named.
 */
export const ARGUMENT_TYPES = ['target', 'backup', 'text', 'flag'] as const;
export type ArgumentType = (typeof ARGUMENT_TYPES)[number];

export interface CommandArgument {
  readonly name: string;
  readonly type: ArgumentType;
  /** Null when it must be given; a flag that is not given is false. */
  readonly default: string | null;
  readonly summary: string | null;
}

export interface CommandStep extends DraftStep {
  readonly action: ActionName;
  /** The flag without which planning leaves this step out; null for a step that is always taken. */
  readonly when: string | null;
}

/** What people can ask for, compiled from one file and known to fit the actions' schemas. */
export interface Command {
  /** Slack's slash command: `/restore`. */
  readonly name: string;
  /** What must follow it: `['test']`. Empty for a command of its own. */
  readonly words: readonly string[];
  /** Both together, as people type them: `/restore test`. */
  readonly title: string;
  readonly summary: string;
  /** What to prefer to this command. */
  readonly instead: string | null;
  /** When it is the right command. */
  readonly when: string | null;
  /** Where its runbook stands. */
  readonly docs: string | null;
  /** In the order of the file, which is the order of positions. Exactly one is a target. */
  readonly args: readonly CommandArgument[];
  /** Name of the policy, unless a target overrides it. */
  readonly policy: string;
  readonly steps: readonly CommandStep[];
  readonly examples: readonly string[];
  /** SHA-256 of all of the above in canonical JSON, lower-case hex. */
  readonly digest: string;
}
