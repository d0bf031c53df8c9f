import { quorum, standingApprovals } from '../approval.ts';
import type { RecordDraft } from '../effect.ts';
import type { EventOf } from '../event.ts';
import { later, type Moved, moved, type Outcome, refused } from '../move.ts';
import type { Operation } from '../operation.ts';
import { quorumLost, voteRecord } from './quorum-lost.ts';

/** One reaction or button of one person: the same rules for both. */
export function voted(operation: Operation, event: EventOf<'voted'>): Outcome {
  const { vote } = event;
  if (operation.digest === null || vote.digest !== operation.digest) {
    return refused('plan_superseded', { code: operation.code });
  }
  if (vote.person === operation.requester.id && vote.decision === 'approve') {
    return refused('own_request', { code: operation.code });
  }
  const asked = operation.terms.approve.map(({ role }) => role);
  if (!vote.roles.some((role) => asked.includes(role)) && vote.decision !== 'withdraw') {
    return refused('not_in_role', { roles: asked.join(', '), code: operation.code });
  }
  const standing = standingApprovals(operation.votes, operation.digest).some(
    ({ person }) => person === vote.person,
  );
  if (vote.decision === 'withdraw' && !standing)
    return refused('nothing_to_withdraw', { code: operation.code });
  if (vote.decision === 'approve' && standing) return refused('already_approved', { code: operation.code });
  const next = { ...operation, votes: [...operation.votes, vote] };
  const record = voteRecord(operation, vote, event.reason);
  if (vote.decision === 'deny') return denied(next, event, record);
  return vote.decision === 'approve' ? approved(next, event, record) : withdrawn(next, event, record);
}

function approved(operation: Operation, event: EventOf<'voted'>, record: RecordDraft): Moved {
  const complete = isComplete(operation);
  if (operation.state !== 'awaiting_approval' || !complete) {
    return moved(operation, [record], [{ kind: 'message', slot: 'card' }]);
  }
  return moved(
    { ...operation, state: 'awaiting_host_key', dueAt: later(event.at, operation.terms.hostKeyMs) },
    [
      record,
      { type: 'approval.complete', actor: { kind: 'bot', id: 'bot' }, data: { digest: operation.digest } },
    ],
    [
      { kind: 'message', slot: 'card' },
      { kind: 'order', order: 'hold', params: {} },
      { kind: 'message', slot: 'host-key' },
    ],
  );
}

function withdrawn(operation: Operation, event: EventOf<'voted'>, record: RecordDraft): Moved {
  if (operation.state === 'countdown') return stopped(operation, event, record, 'cancelled');
  if (operation.state !== 'awaiting_host_key' || isComplete(operation)) {
    return moved(operation, [record], [{ kind: 'message', slot: 'card' }]);
  }
  return quorumLost(operation, event.at, [record]);
}

function denied(operation: Operation, event: EventOf<'voted'>, record: RecordDraft): Moved {
  return stopped(operation, event, record, operation.state === 'countdown' ? 'cancelled' : 'rejected');
}

function stopped(
  operation: Operation,
  event: EventOf<'voted'>,
  record: RecordDraft,
  state: 'cancelled' | 'rejected',
): Moved {
  const by = { id: event.vote.person, name: event.vote.name };
  return moved(
    {
      ...operation,
      state,
      stoppedBy: by,
      problem: {
        code: 'denied',
        text: event.vote.decision === 'deny' ? `${by.name} said no.` : `${by.name} withdrew the approval.`,
        hint: event.reason ?? 'Ask them why, then ask anew.',
      },
      endedAt: event.at,
      dueAt: null,
    },
    [record],
    [
      ...(operation.state === 'awaiting_approval'
        ? []
        : [{ kind: 'order', order: 'cancel', params: { reason: 'denied' } } as const]),
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'host-key' },
      { kind: 'message', slot: 'record' },
      { kind: 'file' },
      { kind: 'announce' },
    ],
  );
}

function isComplete(operation: Operation): boolean {
  const standing = standingApprovals(operation.votes, operation.digest ?? '');
  return quorum(operation.terms.approve, standing).complete;
}
