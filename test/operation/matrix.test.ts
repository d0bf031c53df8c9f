import { describe, expect, test } from '@jest/globals';
import { ACCEPTS } from '../../src/operation/event.ts';
import { hasEnded, STATES } from '../../src/operation/operation.ts';
import { transition } from '../../src/operation/transition.ts';
import { approvedByBen, attested, challenge, claim, NOW, operation } from '../support/operation.ts';
import { EVENTS } from './events.ts';

/** Everything that a later state has behind it, so that only the state itself decides. */
const far = {
  challenge,
  attested,
  claim,
  dueAt: NOW,
  votes: [{ ...approvedByBen, person: 'U0CHLOE', name: 'Chloé' }],
};

describe('the whole state × event matrix', () => {
  for (const state of STATES) {
    for (const event of Object.values(EVENTS)) {
      const accepted = ACCEPTS[state].includes(event.type);
      test(`${state} ${accepted ? 'takes' : 'refuses'} ${event.type}`, () => {
        const before = operation({
          ...far,
          state,
          ...(event.type === 'claimed' ? { votes: [approvedByBen] } : {}),
        });
        const outcome = transition(before, event);
        if (accepted) {
          expect(outcome.kind).toBe('moved');
          if (outcome.kind === 'moved') expect(outcome.records.length).toBeGreaterThan(0);
        } else {
          expect(outcome).toEqual({ kind: 'refused', code: 'not_in_this_state', params: expect.anything() });
        }
      });
    }
  }
});

describe('what an end means', () => {
  for (const state of STATES.filter(hasEnded)) {
    test(`${state} sends no order to the runner but about its sandbox`, () => {
      for (const event of Object.values(EVENTS)) {
        const outcome = transition(operation({ ...far, state }), event);
        const orders = outcome.kind === 'moved' ? outcome.effects.filter(({ kind }) => kind === 'order') : [];
        expect(orders.every((effect) => effect.kind === 'order' && effect.order === 'sandbox')).toBe(true);
      }
    });
  }

  test('nobody leaves unknown or stuck by an event', () => {
    expect([ACCEPTS.unknown, ACCEPTS.stuck]).toEqual([[], []]);
  });
});
