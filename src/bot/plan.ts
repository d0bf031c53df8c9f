import { ACTIONS, isActionName } from '../actions/registry.ts';
import { digest } from '../audit/canonical.ts';
import type { OperationEvent } from '../operation/event.ts';
import type { Operation } from '../operation/operation.ts';
import { fillInput, type Plan, planDigest } from '../operation/plan.ts';
import type { Evidence } from '../wire/statement.ts';

/** What the runner found becomes the frozen plan, or the reason why there is none. */
export function planned(operation: Operation, evidence: Evidence, at: string): OperationEvent {
  const evidenceDigest = digest(evidence);
  const problem = evidence.problem ?? failedCheck(evidence) ?? mismatch(operation, evidence);
  if (problem !== null) return { type: 'preflight_failed', at, problem, evidence: evidenceDigest };
  const plan = freeze(operation, evidence, evidenceDigest);
  return {
    type: 'planned',
    at,
    evidence: { digest: evidenceDigest, host: evidence.host, checks: evidence.checks },
    plan,
    digest: planDigest(plan),
  };
}

function freeze(operation: Operation, evidence: Evidence, evidenceDigest: string): Plan {
  return {
    v: 1,
    operation: operation.id,
    code: operation.code,
    command: operation.command,
    target: operation.target,
    environment: evidence.environment,
    identity: evidence.identity,
    runner: operation.runner,
    hostKey: evidence.hostKey,
    requester: operation.requester.id,
    reason: operation.reason,
    args: evidence.args,
    steps: operation.draft.steps.map(({ id, action, title, with: input }) => {
      if (!isActionName(action))
        throw new RangeError(`No action ${action}: the command was not checked (this is a bug)`);
      const { destructive, undo, timeoutMs } = ACTIONS[action];
      return { id, action, title, input: fillInput(input, evidence.args), destructive, undo, timeoutMs };
    }),
    evidence: evidenceDigest,
    policy: { name: operation.terms.policy, digest: operation.terms.policyDigest },
    commandDigest: operation.terms.commandDigest,
  };
}

function failedCheck({ checks }: Evidence): { code: string; text: string; hint: string } | null {
  const failed = checks.filter(({ outcome }) => outcome === 'fail');
  const [first] = failed;
  if (first === undefined) return null;
  return {
    code: first.code,
    text: failed.map(({ text }) => text).join(' '),
    hint: 'Mend it and ask anew; nothing was started.',
  };
}

function mismatch(
  operation: Operation,
  evidence: Evidence,
): { code: string; text: string; hint: string } | null {
  if (evidence.target === operation.target && evidence.environment === operation.environment) return null;
  return {
    code: 'target_mismatch',
    text: `The bot calls ${operation.target} ${operation.environment}, its runner calls it ${evidence.target} ${evidence.environment}.`,
    hint: 'Make `environment` in twokey.yml and runner.yml agree; nothing was started.',
  };
}
