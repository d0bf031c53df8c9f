import type { OrderOf } from '../../wire/order.ts';
import { CONSENT_BYTES_MAX, consentLine } from '../allow/consent.ts';
import { type Gate, no, type PlannedOrder } from './gate.ts';

/** A key that was turned and then left: countdown and claim take seconds, not longer. */
export const TURNED_KEY_MAX_MS = 15 * 60_000;

export const notRunBefore: Gate<PlannedOrder> = ({ operation: id }, { operation }) =>
  operation?.grant === null || operation === undefined
    ? null
    : no(
        'already_ran',
        `This host has started ${operation.code} (${id}) before; an operation runs once.`,
        'To do it again, ask anew: a new operation with new keys.',
      );

/** What the operator would have to type must be a line that the allowfile can hold. */
export const consentIsWritable: Gate<OrderOf<'hold'>> = ({ code, digest, target, phrase }, { host }) => {
  const line = consentLine({ code, digest, challenge: '0'.repeat(32), host, target, phrase });
  return Buffer.byteLength(line) <= CONSENT_BYTES_MAX && !/\p{Cc}/u.test(line.trimEnd())
    ? null
    : no('phrase', "The policy's phrase is too long or not one line.", 'Shorten it in the policy file.');
};

export const hostKeyIsNotOver: Gate<OrderOf<'hold'>> = ({ hostKeyExpiresAt }, { now }) =>
  now < Date.parse(hostKeyExpiresAt)
    ? null
    : no('host_key_expired', `The host key's time ended at ${hostKeyExpiresAt}.`, 'Ask anew.');

export const challengeIsHeld: Gate<OrderOf<'run'>> = ({ digest, challenge }, { operation, now }) => {
  const held = operation?.held?.challenge;
  const attested = operation?.attested;
  const hint = 'Nothing was started. Both keys must be turned anew.';
  if (held === undefined || held.challenge !== challenge || held.digest !== digest)
    return no('challenge_void', 'The challenge of this order is not the one that this host holds.', hint);
  if (!attested || attested.challenge !== challenge)
    return no('host_key_missing', 'Nobody has turned the host key for this plan.', hint);
  return now - Date.parse(attested.at) <= TURNED_KEY_MAX_MS
    ? null
    : no('host_key_stale', `The host key was turned at ${attested.at}, too long ago.`, hint);
};

/** Break-glass lowers the number of approvals, so the person at the host must be another one still. */
export const operatorIsAnother: Gate<OrderOf<'run'>> = ({ breakGlass, approvals, plan }, { operation }) => {
  const operator = operation?.attested?.operator.slack;
  const acted = operator === plan.requester || approvals.some(({ person }) => person === operator);
  return breakGlass && acted
    ? no(
        'operator_already_acted',
        `${operator} turned the host key and also asked or approved; with break-glass that takes two people.`,
        'Another operator turns the host key.',
      )
    : null;
};

export const fenceGrows: Gate<OrderOf<'run'>> = ({ fence }, { journal }) =>
  fence > journal.fence
    ? null
    : no(
        'fence_old',
        `The order's fence is ${fence}; this host has seen ${journal.fence}.`,
        'The bot was set back, or an old order was kept. Nothing was started; look at the bot before asking anew.',
      );

export const timeIsLeft: Gate<OrderOf<'run'>> = ({ executeUntil }, { now }) =>
  now < Date.parse(executeUntil)
    ? null
    : no('execution_over', `The steps had to end by ${executeUntil}.`, 'Nothing was started. Ask anew.');

/** The last gate: the file stands there now, and is right. */
export const hostKeyIsTurned: Gate<OrderOf<'run'>> = (_, { hostKey }) => hostKey;
