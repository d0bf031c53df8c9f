import { describe, expect, test } from '@jest/globals';
import type { OperationEvent } from '../../src/operation/event.ts';
import type { Outcome } from '../../src/operation/move.ts';
import type { Operation } from '../../src/operation/operation.ts';
import { transition } from '../../src/operation/transition.ts';
import { approvedByBen, attested, challenge, operation } from '../support/operation.ts';
import { EVENTS } from './events.ts';

const ready = { state: 'awaiting_host_key', votes: [approvedByBen], challenge, attested } as const;

describe('the chat key', () => {
  test('one approver of the role completes a quorum of one', () => {
    const next = moved(transition(operation(), EVENTS.voted));
    expect(next.state).toBe('awaiting_host_key');
    expect(next.dueAt).toBe('2026-11-21T10:10:00.000Z');
  });

  test('the requester cannot approve, whatever roles they hold', () => {
    const vote = { ...approvedByBen, person: 'U0ANA' };
    expect(code(transition(operation(), { ...EVENTS.voted, vote }))).toBe('own_request');
  });

  test('someone outside the role can neither approve nor deny', () => {
    for (const decision of ['approve', 'deny'] as const) {
      const vote = { ...approvedByBen, roles: ['engineers'], decision };
      expect(code(transition(operation(), { ...EVENTS.voted, vote }))).toBe('not_in_role');
    }
  });

  test('an approval of another plan counts for nothing', () => {
    const vote = { ...approvedByBen, digest: 'f'.repeat(64) };
    expect(code(transition(operation(), { ...EVENTS.voted, vote }))).toBe('plan_superseded');
  });

  test('the same approval twice is one approval', () => {
    const before = operation({
      votes: [approvedByBen],
      terms: { ...operation().terms, approve: [{ role: 'dba', count: 2 }] },
    });
    expect(code(transition(before, EVENTS.voted))).toBe('already_approved');
  });

  test('one person fills one slot, even with two roles', () => {
    const terms = {
      ...operation().terms,
      approve: [
        { role: 'dba', count: 1 },
        { role: 'lead', count: 1 },
      ],
    };
    const vote = { ...approvedByBen, roles: ['dba', 'lead'] };
    const first = moved(transition(operation({ terms }), { ...EVENTS.voted, vote }));
    expect(first.state).toBe('awaiting_approval');
    const second = { ...approvedByBen, person: 'U0CHLOE', roles: ['dba'] };
    expect(moved(transition(first, { ...EVENTS.voted, vote: second })).state).toBe('awaiting_host_key');
  });

  test('a withdrawal after the quorum voids the challenge and any answer to it', () => {
    const vote = { ...approvedByBen, decision: 'withdraw', roles: [] } as const;
    const outcome = transition(operation(ready), { ...EVENTS.voted, vote });
    const next = moved(outcome);
    expect([next.state, next.challenge, next.attested]).toEqual(['awaiting_approval', null, null]);
    expect(orders(outcome)).toEqual(['cancel']);
  });

  test('one denial of an authorised person ends it', () => {
    const vote = { ...approvedByBen, decision: 'deny' } as const;
    expect(moved(transition(operation(ready), { ...EVENTS.voted, vote })).state).toBe('rejected');
    expect(
      moved(transition(operation({ ...ready, state: 'countdown' }), { ...EVENTS.voted, vote })).state,
    ).toBe('cancelled');
  });
});

describe('the host key and the claim', () => {
  test('an operator who approved in Slack cannot also turn the host key', () => {
    const both = {
      ...EVENTS.attested,
      attested: { ...attested, operator: { ...attested.operator, slack: 'U0BEN' } },
    };
    const outcome = transition(operation({ ...ready, attested: null }), both);
    expect([moved(outcome).state, moved(outcome).attested]).toEqual(['awaiting_host_key', null]);
  });

  test('an answer to another challenge, or for another plan, turns nothing', () => {
    const before = operation({ ...ready, attested: null });
    expect(
      code(transition(before, { ...EVENTS.attested, attested: { ...attested, challenge: 'ch-0' } })),
    ).toBe('challenge_void');
    expect(code(transition(before, { ...EVENTS.attested, digest: 'f'.repeat(64) }))).toBe('plan_superseded');
  });

  test('the claim sends one run order, and records what it rests on', () => {
    const outcome = transition(operation(ready), EVENTS.claimed);
    expect(moved(outcome)).toMatchObject({ state: 'running', claim: { fence: 1, recordSeq: 2 } });
    expect(orders(outcome)).toEqual(['run']);
    if (outcome.kind === 'moved')
      expect(outcome.records[0]).toMatchObject({ type: 'operation.claimed', data: { operator: 'U0DMITRI' } });
  });

  test.each<[string, Partial<Operation>, Partial<Extract<OperationEvent, { type: 'claimed' }>>, string]>([
    ['without a host key', { attested: null }, {}, 'host_key_missing'],
    ['on a reading of Slack that is too old', {}, { readAt: '2026-11-21T09:59:49.000Z' }, 'reading_too_old'],
  ])('no claim %s', (_, changes, event, expected) => {
    expect(code(transition(operation({ ...ready, ...changes }), { ...EVENTS.claimed, ...event }))).toBe(
      expected,
    );
  });

  test.each<[string, Partial<Operation>, Partial<Extract<OperationEvent, { type: 'claimed' }>>]>([
    ['when the approver took the reaction away', {}, { approvals: [] }],
    ['when the approver left the role', {}, { approvals: [{ person: 'U0BEN', roles: [] }] }],
    ['when only somebody unrecorded reacts', {}, { approvals: [{ person: 'U0EVE', roles: ['dba'] }] }],
    ['when the requester is the approver', { requester: { id: 'U0BEN', name: 'Ben' } }, {}],
  ])('no claim %s: the chat key has to be turned anew', (_, changes, event) => {
    const outcome = transition(operation({ ...ready, ...changes }), { ...EVENTS.claimed, ...event });
    expect([moved(outcome).state, moved(outcome).claim]).toEqual(['awaiting_approval', null]);
  });

  test('with a countdown nothing runs until it is over', () => {
    const before = operation({ ...ready, terms: { ...operation().terms, countdownMs: 5000 } });
    const claimed = transition(before, EVENTS.claimed);
    expect(orders(claimed)).toEqual([]);
    expect(moved(claimed)).toMatchObject({ state: 'countdown', dueAt: '2026-11-21T10:00:05.000Z' });
    const over = transition(moved(claimed), { ...EVENTS.countdown_over, at: '2026-11-21T10:00:05.000Z' });
    expect([moved(over).state, orders(over)]).toEqual(['running', ['run']]);
  });

  test('cancel in the countdown ends it without a run order', () => {
    const outcome = transition(operation({ ...ready, state: 'countdown' }), EVENTS.cancel_asked);
    expect([moved(outcome).state, orders(outcome)]).toEqual(['cancelled', ['cancel']]);
  });
});

function moved(outcome: Outcome): Operation {
  if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.code}`);
  return outcome.operation;
}

function code(outcome: Outcome): string {
  return outcome.kind === 'refused' ? outcome.code : 'moved';
}

function orders(outcome: Outcome): string[] {
  return outcome.kind === 'refused'
    ? []
    : outcome.effects.flatMap((effect) => (effect.kind === 'order' ? [effect.order] : []));
}
