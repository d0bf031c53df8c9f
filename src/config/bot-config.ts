import type { Command } from './command.ts';
import type { Policy } from './policy.ts';

/** Frozen to its depth, without a prototype, so that a name which somebody typed finds only what was configured. */
export type Lookup<Value> = Readonly<Record<string, Value>>;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type SlackDelivery =
  | { readonly mode: 'socket'; readonly appToken: string }
  | { readonly mode: 'http'; readonly signingSecret: string; readonly listen: Address };

export type SlackSettings = SlackDelivery & {
  readonly botToken: string;
  /** Null for Slack itself. */
  readonly apiUrl: string | null;
};

/** People: the live members of Slack user groups, and single users. */
export interface Role {
  readonly groups: readonly string[];
  readonly users: readonly string[];
}

export interface Target {
  readonly name: string;
  readonly runner: string;
  readonly environment: string;
  /** Title of a command → the policy that it needs on this target. */
  readonly policyOverrides: Lookup<string>;
}

/** Everything the bot is told: its file, its commands and policies, and the secrets of its environment. */
export interface BotConfig {
  /** Names this installation; the origin of its audit log. */
  readonly installation: string;
  readonly slack: SlackSettings;
  readonly channels: {
    /** Where commands may be given. */
    readonly operations: readonly string[];
    readonly audit: string;
    /** Where warnings go; the audit channel when the file names none. */
    readonly ops: string;
  };
  readonly roles: Lookup<Role>;
  readonly targets: Lookup<Target>;
  /** `key` is the runner's public key, as `twokey keys show` prints it. */
  readonly runners: Lookup<{ readonly name: string; readonly key: string }>;
  readonly gateway: Address;
  /** Absolute paths of the private keys that sign orders and checkpoints. */
  readonly keys: { readonly order: string; readonly log: string };
  readonly engine: { readonly kind: 'postgres' } | { readonly kind: 'redis'; readonly url: string };
  readonly databaseUrl: string;
  readonly commands: readonly Command[];
  readonly policies: Lookup<Policy>;
}

/** The policy of a command on a target; cross-checked when the configuration is loaded. */
export function policyFor(config: Pick<BotConfig, 'policies'>, command: Command, target: Target): Policy {
  const name = target.policyOverrides[command.title] ?? command.policy;
  const policy = config.policies[name];
  if (policy === undefined)
    throw new RangeError(`No policy ${name}: the configuration was not checked (this is a bug)`);
  return policy;
}
