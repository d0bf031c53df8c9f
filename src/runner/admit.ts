import { z } from 'zod';
import { type Order, type OrderOf, SignedOrder } from '../wire/order.ts';
import type { Problem } from '../wire/statement.ts';
import { enoughApprovals } from './gates/approvals.ts';
import { claimIsLogged, claimIsOfThisRun } from './gates/claim.ts';
import {
  addressedToThisRunner,
  inTime,
  namedSafely,
  notTakenBefore,
  signedByPinnedKey,
  targetIsHere,
} from './gates/envelope.ts';
import { evidenceIsFresh, evidenceIsGood, evidenceIsOurs, planIsWhatWasInspected } from './gates/evidence.ts';
import type { Facts, Gate, PlannedOrder } from './gates/gate.ts';
import {
  challengeIsHeld,
  consentIsWritable,
  fenceGrows,
  hostKeyIsNotOver,
  hostKeyIsTurned,
  notRunBefore,
  operatorIsAnother,
  timeIsLeft,
} from './gates/grant.ts';
import {
  actionsAreAllowed,
  digestFits,
  environmentFits,
  hostKeyModeFits,
  planIsOfThisOperation,
  requirementsGoBefore,
  stepsAreAsDeclared,
} from './gates/plan.ts';

/** What every order must pass, after its form. */
const ENVELOPE = [
  signedByPinnedKey,
  addressedToThisRunner,
  namedSafely,
  inTime,
  notTakenBefore,
  targetIsHere,
] as const satisfies readonly Gate[];

/** What every plan must pass, to be held and again to be run. */
const PLAN = [
  notRunBefore,
  planIsOfThisOperation,
  digestFits,
  stepsAreAsDeclared,
  requirementsGoBefore,
  actionsAreAllowed,
  environmentFits,
  hostKeyModeFits,
  evidenceIsOurs,
  evidenceIsGood,
  evidenceIsFresh,
  planIsWhatWasInspected,
  enoughApprovals,
] as const satisfies readonly Gate<PlannedOrder>[];

/** The runner's gates, in their order. The first that says no ends it, and nothing of the order is done. */
export const GATES: { readonly [Kind in Order['kind']]: readonly Gate<OrderOf<Kind>>[] } = {
  preflight: ENVELOPE,
  hold: [...ENVELOPE, ...PLAN, hostKeyIsNotOver, consentIsWritable],
  run: [
    ...ENVELOPE,
    ...PLAN,
    challengeIsHeld,
    operatorIsAnother,
    fenceGrows,
    claimIsLogged,
    claimIsOfThisRun,
    timeIsLeft,
    hostKeyIsTurned,
  ],
  cancel: ENVELOPE,
  sandbox: ENVELOPE,
};

/** Takes an order through its gates: null when it passed them all. */
export function admit(order: Order, facts: Facts): Problem | null {
  switch (order.kind) {
    case 'preflight':
      return pass(GATES.preflight, order, facts);
    case 'hold':
      return pass(GATES.hold, order, facts);
    case 'run':
      return pass(GATES.run, order, facts);
    case 'cancel':
      return pass(GATES.cancel, order, facts);
    case 'sandbox':
      return pass(GATES.sandbox, order, facts);
  }
}

function pass<Asked extends Order>(
  gates: readonly Gate<Asked>[],
  order: Asked,
  facts: Facts,
): Problem | null {
  for (const gate of gates) {
    const problem = gate(order, facts);
    if (problem !== null) return problem;
  }
  return null;
}

/** What can be told of an order whose form is wrong, so that the refusal finds the one who waits for it. */
const Salvage = z.object({
  payload: z.object({ id: z.uuid(), kind: z.string(), operation: z.string(), code: z.string() }),
});

export type Read =
  | { readonly kind: 'order'; readonly signed: SignedOrder }
  | {
      readonly kind: 'malformed';
      readonly problem: Problem;
      /** Null when not even that much can be read. */
      readonly of: z.infer<typeof Salvage>['payload'] | null;
    };

/** The gate before all others: the order's form. A field that this version does not know is refused. */
export function readOrder(raw: unknown): Read {
  const { data: signed, error } = SignedOrder.safeParse(raw);
  if (signed !== undefined) return { kind: 'order', signed };
  const where = error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'order'}: ${message}`);
  const problem = {
    code: 'order_form',
    text: `The order is not one that this runner understands: ${where.join('; ')}.`.slice(0, 600),
    hint: 'Update bot and runner to the same version.',
  };
  return { kind: 'malformed', problem, of: Salvage.safeParse(raw).data?.payload ?? null };
}
