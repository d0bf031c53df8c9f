import { type Canonical, digest } from '../../audit/canonical.ts';
import { type Draft, fillInput, type Plan } from '../../operation/plan.ts';
import type { Evidence } from '../../wire/statement.ts';
import { type Gate, no, type PlannedOrder } from './gate.ts';

/** What was found that long ago may no longer be so. */
const EVIDENCE_AGE_MAX_MS = 60 * 60_000;

const ASK_ANEW = 'Nothing was started. Ask anew, so that this host looks again.';

export const evidenceIsOurs: Gate<PlannedOrder> = ({ plan }, { operation, host }) => {
  const own = operation?.inspected?.evidence;
  if (own === undefined)
    return no('evidence_missing', 'This host has not looked at anything for this operation.', ASK_ANEW);
  if (own.host !== host)
    return no('evidence_host', `The evidence is of the host ${own.host}, this is ${host}.`, ASK_ANEW);
  return digest(own) === plan.evidence
    ? null
    : no('evidence_other', 'The plan is made from other evidence than this host gave.', ASK_ANEW);
};

export const evidenceIsGood: Gate<PlannedOrder> = (_, { operation }) => {
  const evidence = operation?.inspected?.evidence;
  const failed = evidence?.checks.find(({ outcome }) => outcome === 'fail')?.code ?? evidence?.problem?.code;
  return failed === undefined
    ? null
    : no('evidence_failed', `Preflight ended with ${failed}; such a plan is not run.`, ASK_ANEW);
};

export const evidenceIsFresh: Gate<PlannedOrder> = (_, { operation, now }) => {
  const at = operation?.inspected?.evidence.at ?? '';
  return now - Date.parse(at) <= EVIDENCE_AGE_MAX_MS
    ? null
    : no('evidence_too_old', `This host looked at ${at}, more than an hour ago.`, ASK_ANEW);
};

/** The plan that people approved does what was looked at, with the values that were found, and no more. */
export const planIsWhatWasInspected: Gate<PlannedOrder> = ({ plan }, { operation }) => {
  const inspected = operation?.inspected;
  return inspected && digest(partsOf(plan)) === digest(partsFrom(inspected.draft, inspected.evidence))
    ? null
    : no('plan_not_inspected', 'The plan differs from what this host looked at.', ASK_ANEW);
};

function partsOf({ command, target, identity, args, steps }: Plan): Canonical {
  return {
    command,
    target,
    identity,
    args,
    steps: steps.map(({ id, action, title, input }) => ({ id, action, title, input })),
  };
}

function partsFrom(draft: Draft, { identity, args }: Evidence): Canonical {
  return {
    command: draft.command,
    target: draft.target,
    identity,
    args,
    steps: draft.steps.map(({ id, action, title, with: input }) => ({
      id,
      action,
      title,
      input: fillInput(input, args),
    })),
  };
}
