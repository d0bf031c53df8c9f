import type { Operation } from '../../src/operation/operation.ts';
import { type Plan, planDigest } from '../../src/operation/plan.ts';

export const NOW = '2026-11-21T10:00:00.000Z';

export const plan: Plan = {
  v: 1,
  operation: '5f8f7f4e-8d24-4d29-a7cf-2b6f5c1b7a10',
  code: 'OP-7F3K',
  command: '/restore test',
  target: 'orders',
  environment: 'staging',
  identity: null,
  runner: 'ops-1',
  hostKey: 'operator',
  requester: 'U0ANA',
  reason: null,
  args: {},
  steps: [
    {
      id: 'sandbox',
      action: 'sandbox.create',
      title: 'Start a throwaway database',
      input: {},
      destructive: false,
      undo: 'remove it',
      timeoutMs: 60_000,
    },
  ],
  evidence: 'e'.repeat(64),
  policy: { name: 'test', digest: 'p'.repeat(64) },
  commandDigest: 'c'.repeat(64),
};

/** An operation that awaits approval, changed as a test needs it. */
export function operation(changes: Partial<Operation> = {}): Operation {
  return {
    id: plan.operation,
    code: plan.code,
    state: 'awaiting_approval',
    command: plan.command,
    target: plan.target,
    environment: plan.environment,
    runner: plan.runner,
    requester: { id: 'U0ANA', name: 'Ana' },
    channel: 'C0INCIDENT',
    reason: null,
    draft: {
      command: plan.command,
      target: plan.target,
      args: {},
      steps: [{ id: 'sandbox', action: 'sandbox.create', title: 'Start', with: {} }],
    },
    terms: {
      policy: 'test',
      policyDigest: plan.policy.digest,
      commandDigest: plan.commandDigest,
      approve: [{ role: 'dba', count: 1 }],
      approvalMs: 1_800_000,
      hostKeyMs: 600_000,
      executionMs: 3_600_000,
      countdownMs: 0,
      emoji: { approve: 'white_check_mark', deny: 'no_entry' },
    },
    createdAt: NOW,
    evidence: { digest: plan.evidence, host: 'db-1', checks: [] },
    plan,
    digest: planDigest(plan),
    votes: [],
    challenge: null,
    attested: null,
    claim: null,
    steps: [
      {
        id: 'sandbox',
        title: 'Start',
        phase: 'pending',
        startedAt: null,
        durationMs: null,
        output: null,
        problem: null,
      },
    ],
    verdict: null,
    rungs: [],
    sandbox: null,
    stoppedBy: null,
    problem: null,
    startedAt: null,
    endedAt: null,
    dueAt: '2026-11-21T10:30:00.000Z',
    records: 2,
    ...changes,
  };
}

export const approvedByBen = {
  person: 'U0BEN',
  name: 'Ben',
  decision: 'approve',
  roles: ['dba'],
  digest: planDigest(plan),
  at: NOW,
  source: 'reaction',
} as const;

export const challenge = {
  challenge: 'ch-1',
  host: 'db-1',
  mode: 'operator',
  command: ['twokey', 'allow', 'OP-7F3K'],
  expiresAt: '2026-11-21T10:10:00.000Z',
} as const;

export const attested = {
  challenge: 'ch-1',
  operator: { uid: 1001, user: 'dmitri', slack: 'U0DMITRI' },
  at: NOW,
} as const;

export const claim = {
  at: NOW,
  fence: 1,
  approvals: ['U0BEN'],
  executeUntil: '2026-11-21T11:00:00.000Z',
  recordSeq: 4,
} as const;
