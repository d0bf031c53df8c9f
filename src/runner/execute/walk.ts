import { mkdir, rm } from 'node:fs/promises';
import { isActionName } from '../../actions/registry.ts';
import { type Plan, type PlanStep, planDigest } from '../../operation/plan.ts';
import type { Problem, StepReport } from '../../wire/statement.ts';
import type { ActionContext } from '../action.ts';
import { probeAction, runAction, undoAction, type Works } from '../actions/works.ts';
import type { Beginner } from '../begin.ts';
import { JournalBroken } from '../journal/journal.ts';
import type { JournalledOperation } from '../journal/state.ts';
import { type Self, stamp } from '../self.ts';
import { bounded, problemOf } from './bounded.ts';
import { concludeBack } from './conclude.ts';
import { type Move, nextMove } from './next-move.ts';

const UNDO_ATTEMPTS = 3;
const UNDO_PAUSE_MS = 1_000;

export interface WalkParts {
  readonly works: Works;
  readonly beginner: Beginner;
  /** Where an operation works; removed when it ends. */
  readonly workDirectory: (operation: string) => string;
  readonly contextFor: (plan: Plan, step: PlanStep, signal: AbortSignal) => Promise<ActionContext>;
}

/**
 * Walks a granted plan from its journal to its last word: forward step by step, and back by its undos
 * when something stops it. Needs the bot only to begin what is destructive.
 *
 * @param cancel a cancel is journalled before this is aborted; it ends harmless steps at once.
 * @throws JournalBroken when nothing more can be remembered, and so nothing more may be done.
 */
export async function walk(
  self: Self,
  parts: WalkParts,
  operation: string,
  cancel: AbortSignal,
): Promise<void> {
  const plan = grantedPlan(self, operation);
  const workDirectory = parts.workDirectory(operation);
  await mkdir(workDirectory, { recursive: true, mode: 0o700 });
  for (;;) {
    const move = nextMove(journalled(self, operation), plan, self.now());
    if (move.kind === 'finish') {
      await rm(workDirectory, { recursive: true, force: true }).catch((error: unknown) =>
        self.log.error({ err: error, code: plan.code }, 'the work directory could not be removed'),
      );
      self.journal.append({
        type: 'finished',
        say: { ...stamp(self, plan), kind: 'finished', ...move.conclusion },
      });
      return;
    }
    if (await make(move, self, parts, plan, cancel)) return;
  }
}

/** True when the walk stands still: nobody can tell what happened, and people must look. */
async function make(
  move: Exclude<Move, { kind: 'finish' }>,
  self: Self,
  parts: WalkParts,
  plan: Plan,
  cancel: AbortSignal,
): Promise<boolean> {
  switch (move.kind) {
    case 'start':
      await start(move.step, self, parts, plan, cancel);
      return false;
    case 'undo':
      await undo(move.step, self, parts, plan);
      return false;
    case 'give-up':
      report(self, plan, move.step, 'failed', { problem: interrupted(move.step, 'Nothing of it remains.') });
      return false;
    case 'probe':
      return probe(move.step, self, parts, plan);
    case 'stop':
      stop(self, plan, move.problem);
      return false;
  }
}

/** START, on disk → the act → END, on disk. */
async function start(
  step: PlanStep,
  self: Self,
  parts: WalkParts,
  plan: Plan,
  cancel: AbortSignal,
): Promise<void> {
  const grant = journalled(self, plan.operation).grant;
  if (grant === null) throw new Error(`${plan.code} walks without a grant (this is a bug)`);
  if (step.destructive) {
    const no = await parts.beginner.ask(plan.operation, step.id, grant.fence, cancel);
    if (no !== null) {
      stop(self, plan, no);
      return;
    }
  }
  if (journalled(self, plan.operation).stopped !== null) return;
  const begun = self.now();
  report(self, plan, step, 'started', {});
  self.log.info({ code: plan.code, step: step.id, action: step.action }, 'step started');
  try {
    const timeoutMs = Math.max(0, Math.min(step.timeoutMs, Date.parse(grant.until) - begun));
    // What is destructive is not cut short by a cancel: half of it is worse than all or nothing.
    const bounds = { timeoutMs, cancel: step.destructive ? null : cancel };
    const output = await bounded(bounds, async (signal) =>
      runAction(parts.works, actionOf(step), step.input, await parts.contextFor(plan, step, signal)),
    );
    report(self, plan, step, 'ended', { output, durationMs: self.now() - begun });
  } catch (error) {
    if (error instanceof JournalBroken) throw error;
    self.log.error({ err: error, code: plan.code, step: step.id }, 'step failed');
    const problem = problemOf(error, `Step ${step.id} (${step.action})`);
    report(self, plan, step, 'failed', { problem, durationMs: self.now() - begun });
  }
}

/** Under the grant, without the bot, past every deadline of the run; tried again before it counts as failed. */
async function undo(step: PlanStep, self: Self, parts: WalkParts, plan: Plan): Promise<void> {
  const begun = self.now();
  report(self, plan, step, 'undo_started', {});
  self.log.info({ code: plan.code, step: step.id }, 'undo started');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await bounded({ timeoutMs: step.timeoutMs, cancel: null }, async (signal) =>
        undoAction(parts.works, actionOf(step), step.input, await parts.contextFor(plan, step, signal)),
      );
      report(self, plan, step, 'undone', { durationMs: self.now() - begun });
      return;
    } catch (error) {
      if (error instanceof JournalBroken) throw error;
      self.log.error({ err: error, code: plan.code, step: step.id, attempt }, 'undo failed');
      if (attempt === UNDO_ATTEMPTS) {
        const problem = problemOf(error, `The undo of step ${step.id} (${step.action})`);
        report(self, plan, step, 'undo_failed', { problem, durationMs: self.now() - begun });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, UNDO_PAUSE_MS * attempt));
    }
  }
}

/** Only a conclusive look lets the walk go on, and then back: people approved one run of the step, not two. */
async function probe(step: PlanStep, self: Self, parts: WalkParts, plan: Plan): Promise<boolean> {
  const verdict = await bounded({ timeoutMs: step.timeoutMs, cancel: null }, async (signal) =>
    probeAction(parts.works, actionOf(step), step.input, await parts.contextFor(plan, step, signal)),
  ).catch((error: unknown) => {
    self.log.error({ err: error, code: plan.code, step: step.id }, 'probe failed');
    return 'inconclusive' as const;
  });
  if (verdict === 'happened' || verdict === 'not-happened') {
    const seen = verdict === 'happened' ? 'It had happened.' : 'It had not happened.';
    report(self, plan, step, 'failed', { problem: interrupted(step, seen) });
    return false;
  }
  const seen = verdict === 'partly' ? 'It has happened in part.' : 'Nobody can tell whether it happened.';
  const conclusion = concludeBack(journalled(self, plan.operation), plan, 'unknown', {
    ...interrupted(step, seen),
    code: 'unknown',
    hint: 'Nothing more is done. Look at the target, then resolve it.',
  });
  self.journal.append({ type: 'finished', say: { ...stamp(self, plan), kind: 'finished', ...conclusion } });
  return true;
}

function stop(self: Self, { operation, code }: Plan, problem: Problem): void {
  self.journal.append({ type: 'stopped', operation, code, order: null, problem });
}

function report(
  self: Self,
  plan: Plan,
  step: PlanStep,
  phase: StepReport['phase'],
  rest: Partial<Pick<StepReport, 'output' | 'problem' | 'durationMs'>>,
): void {
  const { output = null, problem = null, durationMs = null } = rest;
  const took = durationMs === null ? null : Math.max(0, Math.round(durationMs));
  self.journal.append({
    type: 'step',
    say: { ...stamp(self, plan), kind: 'step', step: step.id, phase, durationMs: took, output, problem },
  });
}

/** The plan of an operation, held once more against its grant: the journal may be older than this process. */
function grantedPlan(self: Self, operation: string): Plan {
  const { held, grant } = journalled(self, operation);
  if (held === null || grant === null || planDigest(held.plan) !== grant.digest)
    throw new Error(`The journal has no grant for the plan of ${operation} (this is a bug)`);
  return held.plan;
}

function journalled({ journal }: Self, operation: string): JournalledOperation {
  const found = journal.state.operations.get(operation);
  if (found === undefined) throw new Error(`The journal does not know ${operation} (this is a bug)`);
  return found;
}

function actionOf({ action }: PlanStep) {
  if (!isActionName(action))
    throw new Error(`No action ${action}: a gate should have refused it (this is a bug)`);
  return action;
}

function interrupted(step: PlanStep, seen: string): Problem {
  return {
    code: 'interrupted',
    text: `The runner ended in the middle of step ${step.id} (${step.action}). ${seen}`,
    hint: 'What was done is undone. Look why the runner ended, then ask anew.',
  };
}
