import type { Canonical } from '../audit/canonical.ts';
import type { RequiredApproval, Vote } from './approval.ts';
import type { Draft, Plan } from './plan.ts';
import type { Problem, StepState } from './progress.ts';

/**
 * Where an operation stands.
 *
 * - `requested`: asked for, nothing sent yet
 * - `preflight`: the runner looks, resolves, checks and counts
 * - `awaiting_approval`: the plan is frozen; the chat key is missing
 * - `awaiting_host_key`: the chat key is turned; the host key is missing
 * - `countdown`: both keys are turned; anyone entitled may still cancel
 * - `running`: the runner walks the plan
 * - `rolling_back`: the runner undoes what it did
 * - `succeeded`, `rejected`, `expired`, `cancelled`, `failed`, `rolled_back`: over
 * - `unknown`: a destructive step was interrupted and nobody can tell whether it happened
 * - `stuck`: an undo or a restore failed
 */
export const STATES = [
  'requested',
  'preflight',
  'awaiting_approval',
  'awaiting_host_key',
  'countdown',
  'running',
  'rolling_back',
  'succeeded',
  'rejected',
  'expired',
  'cancelled',
  'failed',
  'rolled_back',
  'unknown',
  'stuck',
] as const;
export type State = (typeof STATES)[number];

/** Nothing of the operation itself can happen any more. `unknown` and `stuck` are not over: people resolve them. */
export const ENDED: readonly State[] = [
  'succeeded',
  'rejected',
  'expired',
  'cancelled',
  'failed',
  'rolled_back',
];

export function hasEnded(state: State): boolean {
  return ENDED.includes(state);
}

export interface Person {
  /** Slack user id. */
  readonly id: string;
  readonly name: string;
}

/** What the policy said when the operation was asked for; a later edit of the file changes nothing here. */
export interface Terms {
  readonly policy: string;
  readonly policyDigest: string;
  readonly commandDigest: string;
  readonly approve: readonly RequiredApproval[];
  readonly approvalMs: number;
  readonly hostKeyMs: number;
  readonly executionMs: number;
  readonly countdownMs: number;
  readonly emoji: { readonly approve: string; readonly deny: string };
}

/** The runner's finding, reduced to what people and later moves need; the signed original is kept beside it. */
export interface EvidenceSeen {
  readonly digest: string;
  readonly host: string;
  readonly checks: readonly {
    readonly code: string;
    readonly outcome: 'pass' | 'warn' | 'fail' | 'not-run';
    readonly text: string;
  }[];
}

export interface HostChallenge {
  readonly challenge: string;
  readonly host: string;
  readonly mode: 'operator' | 'same-user';
  readonly command: readonly string[];
  readonly expiresAt: string;
}

export interface Attested {
  readonly challenge: string;
  readonly operator: { readonly uid: number; readonly user: string; readonly slack: string };
  readonly at: string;
}

export interface Claim {
  readonly at: string;
  readonly fence: number;
  /** Who approved by the reading of Slack that carried it; only they are stated to the runner. */
  readonly approvals: readonly string[];
  readonly executeUntil: string;
  /** Sequence number, within the operation, of the record that authorises the run. */
  readonly recordSeq: number;
}

export interface SandboxLeft {
  readonly inspect: readonly string[];
  /** Null once it is gone. */
  readonly removedAt: string | null;
}

/** One request of one command on one target, as a value. Times are UTC ISO 8601. */
export interface Operation {
  readonly id: string;
  /** Short enough to say aloud: `OP-7F3K`. */
  readonly code: string;
  readonly state: State;
  readonly command: string;
  readonly target: string;
  readonly environment: string;
  readonly runner: string;
  readonly requester: Person;
  readonly channel: string;
  readonly reason: string | null;
  readonly draft: Draft;
  readonly terms: Terms;
  readonly createdAt: string;
  readonly evidence: EvidenceSeen | null;
  readonly plan: Plan | null;
  readonly digest: string | null;
  readonly votes: readonly Vote[];
  readonly challenge: HostChallenge | null;
  readonly attested: Attested | null;
  readonly claim: Claim | null;
  readonly steps: readonly StepState[];
  readonly verdict: string | null;
  readonly rungs: Canonical;
  readonly sandbox: SandboxLeft | null;
  /** Who stopped it, if a person did. */
  readonly stoppedBy: Person | null;
  /** Why it ended otherwise than well. */
  readonly problem: Problem | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** When `deadline_passed` falls due; null when nothing is awaited. */
  readonly dueAt: string | null;
  /** How many records the operation has written: the next one's sequence number. */
  readonly records: number;
}
