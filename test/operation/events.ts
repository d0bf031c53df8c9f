import type { EventType, OperationEvent } from '../../src/operation/event.ts';
import { planDigest } from '../../src/operation/plan.ts';
import { approvedByBen, attested, challenge, NOW, plan } from '../support/operation.ts';

const problem = { code: 'x', text: 'X.', hint: 'Y.' };
const by = { id: 'U0ANA', name: 'Ana' };
const digest = planDigest(plan);

/** One well-formed event of each type. */
export const EVENTS: { readonly [Type in EventType]: Extract<OperationEvent, { type: Type }> } = {
  accepted: { type: 'accepted', at: NOW, dueAt: NOW },
  planned: {
    type: 'planned',
    at: NOW,
    evidence: { digest: plan.evidence, host: 'db-1', checks: [] },
    plan,
    digest,
  },
  preflight_failed: { type: 'preflight_failed', at: NOW, problem, evidence: null },
  voted: { type: 'voted', at: NOW, vote: approvedByBen, reason: null },
  challenge_made: { type: 'challenge_made', at: NOW, digest, challenge },
  allowfile_refused: { type: 'allowfile_refused', at: NOW, problem },
  attested: { type: 'attested', at: NOW, digest, attested, statement: 's-1' },
  claimed: {
    type: 'claimed',
    at: NOW,
    readAt: NOW,
    fence: 1,
    approvals: [{ person: 'U0BEN', roles: ['dba'] }],
  },
  countdown_over: { type: 'countdown_over', at: NOW },
  step_reported: {
    type: 'step_reported',
    at: NOW,
    step: 'sandbox',
    phase: 'started',
    durationMs: null,
    output: null,
    problem: null,
  },
  finished: {
    type: 'finished',
    at: NOW,
    outcome: 'succeeded',
    verdict: 'verified',
    rungs: [],
    problem: null,
    statement: 's-2',
  },
  cancel_asked: { type: 'cancel_asked', at: NOW, by },
  order_refused: { type: 'order_refused', at: NOW, order: 'run', problem },
  deadline_passed: { type: 'deadline_passed', at: NOW },
  card_lost: { type: 'card_lost', at: NOW, error: 'message_not_found' },
  sandbox_asked: { type: 'sandbox_asked', at: NOW, by, request: 'remove' },
  sandbox_reported: {
    type: 'sandbox_reported',
    at: NOW,
    event: 'removed',
    why: 'asked',
    removedAt: null,
    problem: null,
  },
};
