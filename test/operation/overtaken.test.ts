import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../src/operation/move.ts';
import type { Operation } from '../../src/operation/operation.ts';
import { transition } from '../../src/operation/transition.ts';
import { approvedByBen, attested, challenge, claim, NOW, operation } from '../support/operation.ts';
import { EVENTS } from './events.ts';

const ready = { state: 'awaiting_host_key', votes: [approvedByBen], challenge, attested } as const;
const approvedByChloe = { ...approvedByBen, person: 'U0CHLOE', name: 'Chloé' } as const;

describe('a claim that Slack does not carry', () => {
  test.each([
    ['left the role', { person: 'U0BEN', roles: [] }],
    ['has another role now than at the vote', { person: 'U0BEN', roles: ['lead'] }],
  ])('goes back to the chat key when the approver %s, and says so', (_, live) => {
    const terms = { ...operation().terms, approve: [{ role: 'dba', count: 1 }] };
    const outcome = transition(operation({ ...ready, terms }), { ...EVENTS.claimed, approvals: [live] });
    const next = moved(outcome);
    expect([next.state, next.challenge, next.attested]).toEqual(['awaiting_approval', null, null]);
    expect(effects(outcome)).toEqual(['cancel', 'card', 'host-key', 'chat_key_gone']);
    expect(next.votes.at(-1)).toMatchObject({ person: 'U0BEN', decision: 'withdraw' });
    const again = transition(next, { ...EVENTS.voted, vote: approvedByChloe });
    expect(moved(again).state).toBe('awaiting_host_key');
  });

  test('an operator who approved after turning the host key is no approver of it', () => {
    const dmitri = { ...approvedByBen, person: 'U0DMITRI', name: 'Dmitri' };
    const terms = { ...operation().terms, approve: [{ role: 'dba', count: 2 }] };
    const before = operation({ ...ready, terms, votes: [approvedByBen, dmitri] });
    const approvals = [approvedByBen, dmitri].map(({ person, roles }) => ({ person, roles }));
    expect(moved(transition(before, { ...EVENTS.claimed, approvals })).state).toBe('awaiting_approval');
  });

  test('the claim names those whose approval it rests on, and nobody who has left since', () => {
    const before = operation({ ...ready, votes: [approvedByBen, approvedByChloe] });
    expect(moved(transition(before, EVENTS.claimed)).claim?.approvals).toEqual(['U0BEN']);
  });
});

describe('an approver at the host', () => {
  test('is told, and the next operator gets a challenge of their own', () => {
    const both = { ...attested, operator: { ...attested.operator, slack: 'U0BEN' } };
    const outcome = transition(operation({ ...ready, attested: null }), {
      ...EVENTS.attested,
      attested: both,
    });
    expect(moved(outcome)).toMatchObject({ state: 'awaiting_host_key', attested: null, challenge: null });
    expect(effects(outcome)).toEqual(['operator_is_approver', 'cancel', 'hold', 'host-key']);
  });
});

describe('a deadline that somebody saw pass', () => {
  test('does nothing once a vote has given the operation more time', () => {
    const before = operation({ ...ready, dueAt: '2026-11-21T10:10:00.000Z' });
    expect(code(transition(before, EVENTS.deadline_passed))).toBe('not_due');
  });

  test('does nothing when another replica has passed it already', () => {
    const running = operation({ ...ready, state: 'running', claim, dueAt: NOW });
    const overdue = moved(transition(running, EVENTS.deadline_passed));
    expect(code(transition(overdue, EVENTS.deadline_passed))).toBe('not_due');
  });

  test('does not end a countdown early', () => {
    const before = operation({ ...ready, state: 'countdown', claim, dueAt: '2026-11-21T10:00:05.000Z' });
    expect(code(transition(before, EVENTS.countdown_over))).toBe('not_due');
  });

  test('is over when the undo begins, and the card says that it is being undone', () => {
    const running = operation({ ...ready, state: 'running', claim, dueAt: NOW });
    const outcome = transition(running, { ...EVENTS.step_reported, phase: 'undo_started' });
    expect(moved(outcome)).toMatchObject({ state: 'rolling_back', dueAt: null });
    expect(effects(outcome)).toEqual(['progress', 'card']);
  });

  test('with both keys turned blames Slack, not the operator', () => {
    const outcome = transition(operation({ ...ready, dueAt: NOW }), EVENTS.deadline_passed);
    expect(moved(outcome).problem?.code).toBe('claim_expired');
  });
});

test('a withdrawal in the countdown ends it as what it was', () => {
  const vote = { ...approvedByBen, decision: 'withdraw', roles: [] } as const;
  const outcome = transition(operation({ ...ready, state: 'countdown' }), { ...EVENTS.voted, vote });
  expect(moved(outcome).problem?.text).toBe('Ben withdrew the approval.');
});

function moved(outcome: Outcome): Operation {
  if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.code}`);
  return outcome.operation;
}

function code(outcome: Outcome): string {
  return outcome.kind === 'refused' ? outcome.code : 'moved';
}

/** The slot, note or order of each effect. */
function effects(outcome: Outcome): string[] {
  if (outcome.kind === 'refused') return [];
  return outcome.effects.map((effect) => {
    if (effect.kind === 'message') return effect.slot;
    if (effect.kind === 'note') return effect.note;
    return effect.kind === 'order' ? effect.order : effect.kind;
  });
}
