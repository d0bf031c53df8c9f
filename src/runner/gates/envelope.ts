import { isSignedBy } from '../../wire/signature.ts';
import { type Gate, no } from './gate.ts';

/** How far the clocks of bot and host may be apart. */
const CLOCK_SKEW_MAX_MS = 30_000;

const CODE = /^[A-Z0-9][A-Z0-9-]{2,30}$/;
const OPERATION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The code of the one refusal that is not one: an order that came again is in good hands already. */
export const TAKEN_BEFORE = 'order_taken_before';

export const signedByPinnedKey: Gate = (_, { signed, orderKeys }) =>
  isSignedBy('order', signed, orderKeys)
    ? null
    : no(
        'order_signature',
        `No key of bot.order-keys made this order's signature (it names key ${signed.key}).`,
        'If the bot has a new key, an operator adds it to bot.order-keys in runner.yml on the host.',
      );

export const addressedToThisRunner: Gate = ({ runner }, { config }) =>
  runner === config.runner
    ? null
    : no(
        'wrong_runner',
        `The order is for the runner ${runner}, this is ${config.runner}.`,
        'Check `runner` of the target in twokey.yml.',
      );

/** Code and operation become names of files here. */
export const namedSafely: Gate = ({ code, operation }) =>
  CODE.test(code) && OPERATION.test(operation)
    ? null
    : no(
        'order_names',
        'The order names its operation with characters that no operation has.',
        'Update bot and runner to the same version.',
      );

export const inTime: Gate = ({ notBefore, expiresAt }, { now }) => {
  const hint = 'Compare the clocks of bot and host (`timedatectl`), then ask anew.';
  if (now < Date.parse(notBefore) - CLOCK_SKEW_MAX_MS)
    return no('order_too_early', `The order is valid from ${notBefore}; here it is ${iso(now)}.`, hint);
  if (now > Date.parse(expiresAt) + CLOCK_SKEW_MAX_MS)
    return no('order_expired', `The order was valid until ${expiresAt}; here it is ${iso(now)}.`, hint);
  return null;
};

export const notTakenBefore: Gate = ({ id }, { journal }) =>
  journal.orders.has(id)
    ? no(TAKEN_BEFORE, 'This order was taken before.', 'Nothing to do: every order is taken once.')
    : null;

export const targetIsHere: Gate = ({ target }, { config }) =>
  Object.hasOwn(config.targets, target)
    ? null
    : no(
        'target_unknown',
        `This runner has no target ${target}; it has ${Object.keys(config.targets).join(', ')}.`,
        'Add the target to runner.yml on the host, or give it to its own runner in twokey.yml.',
      );

function iso(now: number): string {
  return new Date(now).toISOString();
}
