import { ACTIONS, isActionName } from '../../actions/registry.ts';
import type { Plan, PlanStep } from '../../operation/plan.ts';
import type { Problem } from '../../wire/statement.ts';
import { type JournalledOperation, stepPhase } from '../journal/state.ts';
import { type Conclusion, concludeBack, concludeForward, isCondemned } from './conclude.ts';

/** What comes next for an operation that has its grant. */
export type Move =
  | { readonly kind: 'start'; readonly step: PlanStep }
  | { readonly kind: 'undo'; readonly step: PlanStep }
  /** A START without an END, of a step that may have changed the target: look, change nothing. */
  | { readonly kind: 'probe'; readonly step: PlanStep }
  /** A START without an END, of a step that changes nothing that matters: it counts as failed. */
  | { readonly kind: 'give-up'; readonly step: PlanStep }
  | { readonly kind: 'stop'; readonly problem: Problem }
  | { readonly kind: 'finish'; readonly conclusion: Conclusion };

/**
 * Decides from the journal alone, so that a restarted runner goes on where the last one stopped. A step
 * that has started and not ended can only be the work of a runner that died.
 */
export function nextMove(operation: JournalledOperation, plan: Plan, now: number): Move {
  const interrupted = plan.steps.find(({ id }) => stepPhase(operation, id) === 'started');
  if (interrupted !== undefined)
    return { kind: interrupted.destructive ? 'probe' : 'give-up', step: interrupted };
  return operation.stopped === null
    ? forward(operation, plan, now)
    : backward(operation, plan, operation.stopped);
}

function forward(operation: JournalledOperation, plan: Plan, now: number): Move {
  const step = plan.steps.find(({ id }) => stepPhase(operation, id) === 'pending');
  if (step === undefined || isCondemned(operation, plan))
    return { kind: 'finish', conclusion: concludeForward(operation, plan) };
  const problem = granted(operation, plan, now) ?? missingRequirement(operation, plan, step);
  return problem === null ? { kind: 'start', step } : { kind: 'stop', problem };
}

/** Undo is part of what was approved: it needs the grant, and neither the bot nor time. */
function backward(operation: JournalledOperation, plan: Plan, problem: Problem): Move {
  const failed = plan.steps.find(({ id }) => stepPhase(operation, id) === 'undo_failed');
  if (failed !== undefined) {
    const why = operation.reports.findLast(({ phase }) => phase === 'undo_failed')?.problem ?? problem;
    return { kind: 'finish', conclusion: concludeBack(operation, plan, 'stuck', why) };
  }
  const step = plan.steps.findLast(({ id, undo }) => undo !== null && isToBeUndone(operation, id));
  return step === undefined
    ? { kind: 'finish', conclusion: concludeBack(operation, plan, 'rolled_back', problem) }
    : { kind: 'undo', step };
}

function isToBeUndone(operation: JournalledOperation, step: string): boolean {
  const phase = stepPhase(operation, step);
  return phase === 'ended' || phase === 'failed' || phase === 'undo_started';
}

function granted({ grant }: JournalledOperation, plan: Plan, now: number): Problem | null {
  if (grant !== null && now < Date.parse(grant.until)) return null;
  return {
    code: 'execution_over',
    text: `The steps of ${plan.code} had to end by ${grant?.until ?? 'now'}.`,
    hint: 'What was done is undone. Give the policy a longer `execution`, then ask anew.',
  };
}

function missingRequirement(operation: JournalledOperation, plan: Plan, step: PlanStep): Problem | null {
  const requires: readonly string[] = isActionName(step.action) ? ACTIONS[step.action].requires : [];
  const ended = plan.steps
    .filter(({ id }) => stepPhase(operation, id) === 'ended')
    .map(({ action }) => action);
  const missing = requires.filter((action) => !ended.includes(action));
  if (missing.length === 0) return null;
  return {
    code: 'action_requires',
    text: `Step ${step.id} needs ${missing.join(' and ')} to have ended well before it.`,
    hint: 'What was done is undone. Put that step before it in the command file.',
  };
}
