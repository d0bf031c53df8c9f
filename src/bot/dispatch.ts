import type { KeyObject } from 'node:crypto';
import { inclusionProof } from '../audit/proof.ts';
import { standingApprovals } from '../operation/approval.ts';
import type { Effect } from '../operation/effect.ts';
import { ORDER_TTL_MS } from '../operation/limits.ts';
import { later } from '../operation/move.ts';
import { hasEnded, type Operation } from '../operation/operation.ts';
import type { OutboxItem, Store } from '../store/store.ts';
import type { ClaimProof, Order, SignedOrder, StatedApproval } from '../wire/order.ts';
import { signPayload } from '../wire/signature.ts';
import type { LogKeeper } from './log-keeper.ts';

/** How far the clocks of bot and host may differ before an order is "not yet" valid. */
const CLOCK_SKEW_MS = 60_000;

export type OrderEffect = Extract<Effect, { kind: 'order' }>;

/**
 * An order as it must read now, signed; null when the operation has moved on and it would say something
 * that is no longer so.
 */
export async function makeOrder(
  item: OutboxItem,
  effect: OrderEffect,
  operation: Operation,
  context: {
    readonly store: Store;
    readonly log: LogKeeper;
    readonly orderKey: KeyObject;
    readonly now: () => string;
  },
): Promise<SignedOrder | null> {
  const now = context.now();
  const base = {
    v: 1 as const,
    id: item.id,
    operation: operation.id,
    code: operation.code,
    runner: operation.runner,
    target: operation.target,
    notBefore: later(now, -CLOCK_SKEW_MS),
    expiresAt: later(now, ORDER_TTL_MS),
  };
  const order = await content(effect, operation, base, context);
  return order === null ? null : signPayload('order', order, context.orderKey);
}

async function content(
  { order, params }: OrderEffect,
  operation: Operation,
  base: Omit<Extract<Order, { kind: 'cancel' }>, 'kind' | 'reason'>,
  context: { readonly store: Store; readonly log: LogKeeper },
): Promise<Order | null> {
  const { state, plan, digest, challenge, claim, stoppedBy } = operation;
  switch (order) {
    case 'preflight':
      return state === 'preflight' ? { ...base, kind: 'preflight', draft: operation.draft } : null;
    case 'hold':
      if (state !== 'awaiting_host_key' || plan === null || digest === null || operation.dueAt === null)
        return null;
      return {
        ...base,
        kind: 'hold',
        plan,
        digest,
        approvals: stated(operation),
        hostKeyExpiresAt: operation.dueAt,
        phrase: null,
      };
    case 'run':
      if (state !== 'running' || stoppedBy !== null) return null;
      if (plan === null || digest === null || challenge === null || claim === null) return null;
      return {
        ...base,
        kind: 'run',
        plan,
        digest,
        challenge: challenge.challenge,
        approvals: stated(operation),
        breakGlass: false,
        fence: claim.fence,
        executeUntil: claim.executeUntil,
        claim: await claimProof(operation.id, claim.recordSeq, context),
      };
    case 'cancel':
      return { ...base, kind: 'cancel', reason: params['reason'] ?? '' };
    case 'sandbox': {
      const request = params['request'] === 'extend' ? 'extend' : 'remove';
      return hasEnded(state) ? { ...base, kind: 'sandbox', request, person: params['person'] ?? '' } : null;
    }
  }
}

function stated(operation: Operation): StatedApproval[] {
  const claimed = operation.claim?.approvals;
  return standingApprovals(operation.votes, operation.digest ?? '')
    .filter(({ person }) => claimed === undefined || claimed.includes(person))
    .map(({ person, name, roles, at }) => ({ person, name, role: roles.join(', '), at }));
}

/** The authorisation is in the log before the act: what proves it travels with the order. */
async function claimProof(
  operation: string,
  seq: number,
  { store, log }: { readonly store: Store; readonly log: LogKeeper },
): Promise<ClaimProof> {
  await log.sequence();
  const [record, index, head] = await Promise.all([
    store.record(operation, seq),
    store.logIndex(operation, seq),
    store.newestCheckpoint(),
  ]);
  if (record === null || index === null || head === null) {
    throw new Error(`The claim of ${operation} is not in the log (this is a bug)`);
  }
  return {
    record,
    index,
    proof: inclusionProof(index, await store.leaves(head.size)),
    checkpoint: head.note,
  };
}
