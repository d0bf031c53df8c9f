import { ACCEPTS, type OperationEvent } from './event.ts';
import { type Outcome, refused } from './move.ts';
import { cancelAsked, cardLost, countdownOver, deadlinePassed } from './moves/ending.ts';
import { allowfileRefused, attested, challengeMade, claimed } from './moves/host-key.ts';
import { accepted, planned, preflightFailed } from './moves/preflight.ts';
import { finished, orderRefused, sandboxAsked, sandboxReported, stepReported } from './moves/run.ts';
import { voted } from './moves/vote.ts';
import type { Operation } from './operation.ts';

/**
 * The one function that decides what an event does to an operation. Pure: the same operation and event
 * always give the same outcome, and nothing else in Twokey changes an operation's state.
 */
export function transition(operation: Operation, event: OperationEvent): Outcome {
  if (!ACCEPTS[operation.state].includes(event.type)) {
    return refused('not_in_this_state', {
      state: operation.state.replaceAll('_', ' '),
      event: event.type,
      code: operation.code,
    });
  }
  switch (event.type) {
    case 'accepted':
      return accepted(operation, event);
    case 'planned':
      return planned(operation, event);
    case 'preflight_failed':
      return preflightFailed(operation, event);
    case 'voted':
      return voted(operation, event);
    case 'challenge_made':
      return challengeMade(operation, event);
    case 'allowfile_refused':
      return allowfileRefused(operation, event);
    case 'attested':
      return attested(operation, event);
    case 'claimed':
      return claimed(operation, event);
    case 'countdown_over':
      return countdownOver(operation, event);
    case 'step_reported':
      return stepReported(operation, event);
    case 'finished':
      return finished(operation, event);
    case 'cancel_asked':
      return cancelAsked(operation, event);
    case 'order_refused':
      return orderRefused(operation, event);
    case 'deadline_passed':
      return deadlinePassed(operation, event);
    case 'card_lost':
      return cardLost(operation, event);
    case 'sandbox_asked':
      return sandboxAsked(operation, event);
    case 'sandbox_reported':
      return sandboxReported(operation, event);
    default:
      return unreachable(event);
  }
}

function unreachable(event: never): never {
  throw new Error(`No move for ${JSON.stringify(event)} (this is a bug)`);
}
