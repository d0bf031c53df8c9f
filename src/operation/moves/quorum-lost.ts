import type { Vote } from '../approval.ts';
import type { Effect, RecordDraft } from '../effect.ts';
import { later, type Moved, moved } from '../move.ts';
import type { Operation } from '../operation.ts';

/** Back to where the chat key is turned: the challenge is void, and so is whatever answered it. */
export function quorumLost(
  operation: Operation,
  at: string,
  records: readonly RecordDraft[],
  notes: readonly Effect[] = [],
): Moved {
  return moved(
    {
      ...operation,
      state: 'awaiting_approval',
      challenge: null,
      attested: null,
      dueAt: later(at, operation.terms.approvalMs),
    },
    [
      ...records,
      { type: 'approval.lost', actor: { kind: 'bot', id: 'bot' }, data: { digest: operation.digest } },
    ],
    [
      { kind: 'order', order: 'cancel', params: { reason: 'an approval was withdrawn' } },
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'host-key' },
      ...notes,
    ],
  );
}

export function voteRecord(operation: Operation, vote: Vote, reason: string | null): RecordDraft {
  const types = { approve: 'approval.given', withdraw: 'approval.withdrawn', deny: 'approval.denied' };
  return {
    type: types[vote.decision],
    actor: { kind: 'person', id: vote.person },
    data: { digest: operation.digest, name: vote.name, roles: [...vote.roles], source: vote.source, reason },
  };
}
