import type { Canonical } from '../audit/canonical.ts';
import type { Vote } from './approval.ts';
import type { Attested, EvidenceSeen, HostChallenge, Person, State } from './operation.ts';
import type { Plan } from './plan.ts';
import type { Problem, StepPhase } from './progress.ts';

/** Everything that can happen to an operation. `at` is when it was seen, UTC ISO 8601. */
export type OperationEvent =
  | { readonly type: 'accepted'; readonly at: string; readonly dueAt: string }
  | {
      readonly type: 'planned';
      readonly at: string;
      readonly evidence: EvidenceSeen;
      readonly plan: Plan;
      readonly digest: string;
    }
  | {
      readonly type: 'preflight_failed';
      readonly at: string;
      readonly problem: Problem;
      readonly evidence: string | null;
    }
  | { readonly type: 'voted'; readonly at: string; readonly vote: Vote; readonly reason: string | null }
  | {
      readonly type: 'challenge_made';
      readonly at: string;
      readonly digest: string;
      readonly challenge: HostChallenge;
    }
  | { readonly type: 'allowfile_refused'; readonly at: string; readonly problem: Problem }
  | {
      readonly type: 'attested';
      readonly at: string;
      readonly digest: string;
      readonly attested: Attested;
      readonly statement: string;
    }
  | {
      readonly type: 'claimed';
      readonly at: string;
      /** Who still approves, and with which roles, by a reading of Slack taken at `readAt`. */
      readonly approvals: readonly { readonly person: string; readonly roles: readonly string[] }[];
      readonly readAt: string;
      readonly fence: number;
    }
  | { readonly type: 'countdown_over'; readonly at: string }
  | {
      readonly type: 'step_reported';
      readonly at: string;
      readonly step: string;
      readonly phase: StepPhase;
      readonly durationMs: number | null;
      readonly output: Canonical;
      readonly problem: Problem | null;
    }
  | {
      readonly type: 'finished';
      readonly at: string;
      readonly outcome: Extract<State, 'succeeded' | 'failed' | 'rolled_back' | 'unknown' | 'stuck'>;
      readonly verdict: string | null;
      readonly rungs: Canonical;
      readonly problem: Problem | null;
      readonly statement: string;
    }
  | { readonly type: 'cancel_asked'; readonly at: string; readonly by: Person }
  | { readonly type: 'order_refused'; readonly at: string; readonly order: string; readonly problem: Problem }
  | { readonly type: 'deadline_passed'; readonly at: string }
  /** Slack has no card to react on, or none that can be read: refused, deleted, or the bot was sent away. */
  | { readonly type: 'card_lost'; readonly at: string; readonly error: string }
  | {
      readonly type: 'sandbox_asked';
      readonly at: string;
      readonly by: Person;
      readonly request: 'remove' | 'extend';
    }
  | {
      readonly type: 'sandbox_reported';
      readonly at: string;
      readonly event: 'removed' | 'extended' | 'refused';
      readonly why: 'asked' | 'expired' | 'leftover';
      readonly removedAt: string | null;
      readonly problem: Problem | null;
    };

export type EventType = OperationEvent['type'];
export type EventOf<Type extends EventType> = Extract<OperationEvent, { type: Type }>;

/** Which events each state takes; everything else is refused. The whole matrix is tested. */
export const ACCEPTS: Readonly<Record<State, readonly EventType[]>> = {
  requested: ['accepted'],
  preflight: ['planned', 'preflight_failed', 'cancel_asked', 'order_refused', 'deadline_passed'],
  awaiting_approval: ['voted', 'cancel_asked', 'deadline_passed', 'card_lost'],
  awaiting_host_key: [
    'voted',
    'challenge_made',
    'allowfile_refused',
    'attested',
    'claimed',
    'cancel_asked',
    'order_refused',
    'deadline_passed',
    'card_lost',
  ],
  countdown: ['voted', 'countdown_over', 'cancel_asked', 'card_lost'],
  running: ['step_reported', 'finished', 'cancel_asked', 'order_refused', 'deadline_passed'],
  rolling_back: ['step_reported', 'finished'],
  succeeded: ['sandbox_asked', 'sandbox_reported'],
  failed: ['sandbox_asked', 'sandbox_reported'],
  rolled_back: ['sandbox_reported'],
  rejected: [],
  expired: [],
  cancelled: [],
  unknown: [],
  stuck: [],
};
