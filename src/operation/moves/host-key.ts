import { quorum, standingApprovals } from '../approval.ts';
import type { EventOf } from '../event.ts';
import { CLAIM_READ_AGE_MAX_MS } from '../limits.ts';
import { later, type Moved, moved, type Outcome, refused } from '../move.ts';
import type { Operation } from '../operation.ts';

export function challengeMade(operation: Operation, event: EventOf<'challenge_made'>): Outcome {
  if (event.digest !== operation.digest) return refused('plan_superseded', { code: operation.code });
  return moved(
    { ...operation, challenge: event.challenge },
    [
      {
        type: 'host_key.challenged',
        actor: { kind: 'runner', id: operation.runner },
        data: { digest: event.digest, challenge: event.challenge.challenge, host: event.challenge.host },
      },
    ],
    [{ kind: 'message', slot: 'host-key' }],
  );
}

export function allowfileRefused(operation: Operation, event: EventOf<'allowfile_refused'>): Moved {
  return moved(
    operation,
    [
      {
        type: 'host_key.refused',
        actor: { kind: 'runner', id: operation.runner },
        data: { ...event.problem },
      },
    ],
    [{ kind: 'note', note: 'allowfile_refused', params: { ...event.problem } }],
  );
}

export function attested(operation: Operation, event: EventOf<'attested'>): Outcome {
  const { attested: seen } = event;
  if (event.digest !== operation.digest) return refused('plan_superseded', { code: operation.code });
  if (seen.challenge !== operation.challenge?.challenge)
    return refused('challenge_void', { code: operation.code });
  const standing = standingApprovals(operation.votes, operation.digest);
  if (standing.some(({ person }) => person === seen.operator.slack)) {
    return refused('operator_is_approver', { person: seen.operator.slack, code: operation.code });
  }
  return moved(
    { ...operation, attested: seen },
    [
      {
        type: 'host_key.turned',
        actor: { kind: 'runner', id: operation.runner },
        data: { digest: event.digest, operator: { ...seen.operator }, statement: event.statement },
      },
    ],
    [{ kind: 'message', slot: 'host-key' }, { kind: 'claim' }],
  );
}

/** Both keys are turned and Slack has just been asked again: the point of no casual return. */
export function claimed(operation: Operation, event: EventOf<'claimed'>): Outcome {
  if (operation.attested === null || operation.digest === null) {
    return refused('host_key_missing', { code: operation.code });
  }
  if (Date.parse(event.at) - Date.parse(event.readAt) > CLAIM_READ_AGE_MAX_MS) {
    return refused('reading_too_old', { code: operation.code });
  }
  const recorded = standingApprovals(operation.votes, operation.digest);
  const standing = event.approvals.filter(
    ({ person }) =>
      person !== operation.requester.id &&
      person !== operation.attested?.operator.slack &&
      recorded.some((vote) => vote.person === person),
  );
  const { complete, filled } = quorum(operation.terms.approve, standing);
  if (!complete) return refused('chat_key_gone', { code: operation.code });
  const countdown = operation.terms.countdownMs > 0;
  const startsAt = later(event.at, operation.terms.countdownMs);
  const claim = {
    at: event.at,
    fence: event.fence,
    executeUntil: later(startsAt, operation.terms.executionMs),
    recordSeq: operation.records,
  };
  return moved(
    {
      ...operation,
      state: countdown ? 'countdown' : 'running',
      claim,
      startedAt: countdown ? null : event.at,
      dueAt: countdown ? startsAt : claim.executeUntil,
    },
    [
      {
        type: 'operation.claimed',
        actor: { kind: 'bot', id: 'bot' },
        data: {
          digest: operation.digest,
          fence: event.fence,
          executeUntil: claim.executeUntil,
          operator: operation.attested.operator.slack,
          approvals: filled.map((slot) => ({ ...slot })),
        },
      },
    ],
    [
      { kind: 'message', slot: 'card' },
      ...(countdown ? [] : ([{ kind: 'order', order: 'run', params: {} }] as const)),
      { kind: 'message', slot: 'host-key' },
      { kind: 'message', slot: 'progress' },
    ],
  );
}
