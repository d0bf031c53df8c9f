import type { Logger } from 'pino';
import type { z } from 'zod';
import type { ACTIONS, ActionName } from '../actions/registry.ts';
import type { SandboxConfig, TargetConfig } from '../config/runner-config.ts';
import type { Progress } from '../wire/progress.ts';

/** What a check in preflight, or at the start of a step, found. */
export interface Check {
  /** Stable: `disk_space`, `client_tools`. */
  readonly code: string;
  readonly outcome: 'pass' | 'warn' | 'fail' | 'not-run';
  /** One sentence: what was seen and, unless it passed, what to do. */
  readonly text: string;
}

/** Everything an action may touch. */
export interface ActionContext {
  /** `OP-7F3K`. */
  readonly operation: string;
  readonly step: string;
  readonly targetName: string;
  readonly target: TargetConfig;
  readonly sandbox: SandboxConfig;
  /** This operation's own folder, mode 0700; it outlives a restart of the runner and ends with the operation. */
  readonly workDirectory: string;
  /** OS users that may inspect a sandbox: the mapped operators. */
  readonly operatorUsers: readonly string[];
  /** Gid of the operators' group. */
  readonly operatorsGid: number;
  /** The environment that secrets are read from (never `process.env` directly). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts on cancel, timeout and shutdown; every child must end with it. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly progress: (progress: Progress) => void;
  /** What an earlier step of this operation put out, from the journal. */
  readonly outputOf: <Name extends ActionName>(action: Name) => ActionOutput<Name> | undefined;
}

export type ActionInput<Name extends ActionName> = z.infer<(typeof ACTIONS)[Name]['input']>;
export type ActionOutput<Name extends ActionName> = z.infer<(typeof ACTIONS)[Name]['output']>;

/** What a read-only look says about a step that was interrupted between START and END. */
export type ProbeVerdict = 'happened' | 'not-happened' | 'partly' | 'inconclusive';

/** The work of one action. `before` is whatever `capture` saw at START: what an undo restores. */
export interface ActionWork<Name extends ActionName> {
  /** Changes nothing; may take up to the preflight's budget. */
  preflight(input: ActionInput<Name>, context: ActionContext): Promise<readonly Check[]>;
  run(input: ActionInput<Name>, context: ActionContext): Promise<ActionOutput<Name>>;
  /** Idempotent: it may run after a crash, twice, or after a `run` that never began. */
  undo(input: ActionInput<Name>, context: ActionContext): Promise<void>;
  probe(input: ActionInput<Name>, context: ActionContext): Promise<ProbeVerdict>;
}
