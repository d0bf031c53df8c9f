import { quorum, standingApprovals, type Vote } from '../approval.ts';
import type { EventOf } from '../event.ts';
import { CLAIM_READ_AGE_MAX_MS } from '../limits.ts';
import { later, type Moved, moved, type Outcome, refused } from '../move.ts';
import type { Operation } from '../operation.ts';
import { quorumLost, voteRecord } from './quorum-lost.ts';

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
  if (standing.some(({ person }) => person === seen.operator.slack)) return byAnApprover(operation, event);
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

/** The runner takes one answer per challenge, so another operator needs another challenge. */
function byAnApprover(operation: Operation, { attested: seen, statement }: EventOf<'attested'>): Moved {
  const person = seen.operator.slack;
  return moved(
    { ...operation, challenge: null },
    [
      {
        type: 'host_key.refused',
        actor: { kind: 'runner', id: operation.runner },
        data: { code: 'operator_is_approver', operator: { ...seen.operator }, statement },
      },
    ],
    [
      { kind: 'note', note: 'operator_is_approver', params: { person, code: operation.code } },
      { kind: 'order', order: 'cancel', params: { reason: 'an approver answered the challenge' } },
      { kind: 'order', order: 'hold', params: {} },
      { kind: 'message', slot: 'host-key' },
    ],
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
  const standing = stillStanding(operation, recorded, event.approvals);
  const { complete, filled } = quorum(operation.terms.approve, standing);
  if (!complete) return chatKeyGone(operation, recorded, standing, event.at);
  const countdown = operation.terms.countdownMs > 0;
  const startsAt = later(event.at, operation.terms.countdownMs);
  const claim = {
    at: event.at,
    fence: event.fence,
    approvals: standing.map(({ person }) => person),
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

interface Standing {
  readonly person: string;
  readonly roles: readonly string[];
}

/** Whose approval was recorded and is live, in a role that they had at the vote and have now. */
function stillStanding(
  { requester, attested: seen }: Operation,
  recorded: readonly Vote[],
  live: readonly Standing[],
): Standing[] {
  return recorded.flatMap(({ person, roles }) => {
    const held = live.find((now) => now.person === person)?.roles ?? [];
    const both = roles.filter((role) => held.includes(role));
    const another = person !== requester.id && person !== seen?.operator.slack;
    return another && both.length > 0 ? [{ person, roles: both }] : [];
  });
}

/** Someone left the role, or took the reaction away unseen: their approval is over, as if they had said so. */
function chatKeyGone(
  operation: Operation,
  recorded: readonly Vote[],
  standing: readonly Standing[],
  at: string,
): Moved {
  const gone = recorded.filter(({ person }) => !standing.some((one) => one.person === person));
  const votes = gone.map((vote) => ({
    ...vote,
    decision: 'withdraw' as const,
    roles: [],
    at,
    source: 'reconcile' as const,
  }));
  const records = votes.map((vote) => voteRecord(operation, vote, 'it no longer stood at the claim'));
  const back = { ...operation, votes: [...operation.votes, ...votes] };
  return quorumLost(back, at, records, [
    { kind: 'note', note: 'chat_key_gone', params: { code: operation.code } },
  ]);
}
