import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { BackupRef } from '../../../src/actions/backup.ts';
import { ACTIONS, isActionName } from '../../../src/actions/registry.ts';
import { digest } from '../../../src/audit/canonical.ts';
import { signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { rootOf } from '../../../src/audit/merkle.ts';
import { formatVkey, vkeyOf } from '../../../src/audit/note.ts';
import { inclusionProof } from '../../../src/audit/proof.ts';
import { sealRecord } from '../../../src/audit/record.ts';
import { type Draft, fillInput, type Plan, planDigest } from '../../../src/operation/plan.ts';
import type { ClaimProof, OrderOf } from '../../../src/wire/order.ts';
import type { Evidence, StatementOf } from '../../../src/wire/statement.ts';

/** Everything the bot's side of these tests says about one operation. */
export const TARGET = 'orders';
export const RUNNER = 'host-a';
export const LOG = 'ops.example.com/twokey';
export const OPERATOR = 'UOPERATOR1';

export const logKey = generateKeyPairSync('ed25519').privateKey;
export const logVkey = formatVkey(vkeyOf(LOG, createPublicKey(logKey)));

export const BACKUP: BackupRef = {
  source: 'local',
  path: 'orders.dump',
  display: '/var/backups/orders/orders.dump',
  format: 'custom',
  compression: 'none',
  encryption: 'none',
  sizeBytes: 1234567,
  sha256: 'a'.repeat(64),
  version: null,
  takenAt: '2026-11-20T03:00:00.000Z',
  takenAtFrom: 'archive',
  database: 'orders',
  serverVersion: '15.4',
  dumpVersion: '15.4',
  restoredBytes: 12345670,
};

export const DRAFT: Draft = {
  command: '/restore test',
  target: TARGET,
  args: { target: { type: 'target', value: TARGET }, backup: { type: 'backup', value: 'latest' } },
  steps: [
    { id: 'fetch', action: 'backup.fetch', title: 'Fetch the backup', with: { backup: '$backup' } },
    { id: 'sandbox', action: 'sandbox.create', title: 'Start a database', with: { backup: '$backup' } },
    { id: 'restore', action: 'sandbox.restore', title: 'Restore it', with: { backup: '$backup' } },
    { id: 'verify', action: 'sandbox.verify', title: 'Verify it', with: {} },
  ],
};

export interface Subject {
  readonly operation: string;
  readonly code: string;
}

let made = 0;
export function newSubject(): Subject {
  made += 1;
  return { operation: randomUUID(), code: `OP-T${String(made).padStart(3, '0')}` };
}

export function base({ operation, code }: Subject, now = Date.now()) {
  return {
    v: 1 as const,
    id: randomUUID() as string,
    operation,
    code,
    runner: RUNNER,
    target: TARGET,
    notBefore: new Date(now - 60_000).toISOString(),
    expiresAt: new Date(now + 300_000).toISOString(),
  };
}

export function preflightOrder(subject: Subject, draft: Draft = DRAFT): OrderOf<'preflight'> {
  return { ...base(subject), kind: 'preflight', draft };
}

/** The plan as the bot freezes it. */
export function planFrom(subject: Subject, evidence: Evidence, draft: Draft = DRAFT): Plan {
  return {
    v: 1,
    ...subject,
    command: draft.command,
    target: draft.target,
    environment: evidence.environment,
    identity: evidence.identity,
    runner: RUNNER,
    hostKey: evidence.hostKey,
    requester: 'UREQUESTER',
    reason: 'monthly drill',
    args: evidence.args,
    steps: draft.steps.map(({ id, action, title, with: input }) => {
      if (!isActionName(action)) throw new Error(action);
      const { destructive, undo, timeoutMs } = ACTIONS[action];
      return { id, action, title, input: fillInput(input, evidence.args), destructive, undo, timeoutMs };
    }),
    evidence: digest(evidence),
    policy: { name: 'test', digest: 'b'.repeat(64) },
    commandDigest: 'c'.repeat(64),
  };
}

const approval = (person: string) => ({
  person,
  name: person.toLowerCase(),
  role: 'sre',
  at: '2026-11-21T08:00:00.000Z',
});

export function holdOrder(subject: Subject, plan: Plan, phrase: string | null = null): OrderOf<'hold'> {
  return {
    ...base(subject),
    kind: 'hold',
    plan,
    digest: planDigest(plan),
    approvals: [approval('UAPPROVER1')],
    hostKeyExpiresAt: new Date(Date.now() + 600_000).toISOString(),
    phrase,
  };
}

let fence = 0;
export function runOrder(
  subject: Subject,
  plan: Plan,
  challenge: StatementOf<'challenge'>,
  changes: { readonly fence?: number; readonly operator?: string; readonly executeMs?: number } = {},
): OrderOf<'run'> {
  fence = changes.fence ?? fence + 1;
  const executeUntil = new Date(Date.now() + (changes.executeMs ?? 3_600_000)).toISOString();
  const claimed = {
    digest: planDigest(plan),
    fence,
    executeUntil,
    operator: changes.operator ?? OPERATOR,
    approvals: [],
  };
  return {
    ...base(subject),
    kind: 'run',
    plan,
    digest: planDigest(plan),
    challenge: challenge.challenge,
    approvals: [approval('UAPPROVER1')],
    breakGlass: false,
    fence,
    executeUntil,
    claim: claimProof(subject.operation, 'operation.claimed', claimed),
  };
}

export function cancelOrder(subject: Subject): OrderOf<'cancel'> {
  return { ...base(subject), kind: 'cancel', reason: 'cancelled by ana' };
}

/** A record in a log of three, under its signed head. */
export function claimProof(
  operation: string,
  type: string,
  data: Parameters<typeof sealRecord>[0]['data'],
  key = logKey,
): ClaimProof {
  const record = sealRecord({
    v: 1,
    log: LOG,
    operation,
    seq: 0,
    prev: null,
    at: '2026-11-21T08:00:00.000Z',
    type,
    actor: { kind: 'bot', id: 'bot' },
    data,
  });
  const leaves = ['d'.repeat(64), record.leafHash, 'e'.repeat(64)];
  return {
    record: record.bytes,
    index: 1,
    proof: inclusionProof(1, leaves),
    checkpoint: signCheckpoint({ origin: LOG, size: 3, root: rootOf(leaves) }, key),
  };
}
