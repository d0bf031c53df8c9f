import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ActionName, isActionName } from '../../actions/registry.ts';
import { type Canonical, canonicalJson } from '../../audit/canonical.ts';
import type { Plan, PlanStep } from '../../operation/plan.ts';
import type { Problem, StepReport } from '../../wire/statement.ts';
import type { ActionContext } from '../action.ts';
import { probeAction, runAction, undoAction, type Works } from '../actions/works.ts';
import type { Beginner } from '../begin.ts';
import { JournalBroken } from '../journal/journal.ts';
import type { JournalledOperation } from '../journal/state.ts';
import { Refusal } from '../refusal.ts';
import { type Self, stamp } from '../self.ts';
import { bounded, problemOf } from './bounded.ts';
import { type Conclusion, concludeBack } from './conclude.ts';

/** A quarter of a frame. */
const OUTPUT_BYTES_MAX = 256 * 1024;
const UNDO_ATTEMPTS = 3;
const UNDO_PAUSE_MS = 1_000;

export interface WalkParts {
  readonly works: Works;
  readonly beginner: Beginner;
  /** Where an operation works; removed when it ends. */
  readonly workDirectory: (operation: string) => string;
  readonly contextFor: (plan: Plan, step: PlanStep, signal: AbortSignal) => Promise<ActionContext>;
}

/** One operation on its way. */
export interface Walk {
  readonly self: Self;
  readonly parts: WalkParts;
  readonly plan: Plan;
  /** Aborted after a cancel was journalled. */
  readonly cancel: AbortSignal;
}

/** START, on disk → the act → END, on disk. What is destructive asks the bot for its `begin` first. */
export async function startStep(on: Walk, step: PlanStep): Promise<void> {
  const { self, parts, plan, cancel } = on;
  const { grant } = journalled(on);
  if (grant === null) throw new Error(`${plan.code} walks without a grant (this is a bug)`);
  if (step.destructive) {
    const no = await parts.beginner.ask(plan.operation, step.id, grant.fence, cancel);
    if (no !== null) {
      stop(on, no);
      return;
    }
  }
  if (journalled(on).stopped !== null) return;
  const begun = self.now();
  report(on, step, 'started', {});
  try {
    const timeoutMs = Math.max(0, Math.min(step.timeoutMs, Date.parse(grant.until) - begun));
    // What is destructive is not cut short by a cancel: half of it is worse than all or nothing.
    const bounds = { timeoutMs, cancel: step.destructive ? null : cancel };
    const output = await bounded(bounds, async (signal) => {
      await mkdir(parts.workDirectory(plan.operation), { recursive: true, mode: 0o700 });
      const context = await parts.contextFor(plan, step, signal);
      return runAction(parts.works, actionOf(step), step.input, context);
    });
    requireSayable(output);
    report(on, step, 'ended', { output, durationMs: self.now() - begun });
  } catch (error) {
    if (error instanceof JournalBroken) throw error;
    self.log.error({ err: error, code: plan.code, step: step.id }, 'step failed');
    const problem = problemOf(error, `Step ${step.id} (${step.action})`);
    report(on, step, 'failed', { problem, durationMs: self.now() - begun });
  }
}

/** Under the grant, without the bot, past every deadline of the run; tried again before it counts as failed. */
export async function undoStep(on: Walk, step: PlanStep): Promise<void> {
  const { self, parts, plan } = on;
  const begun = self.now();
  report(on, step, 'undo_started', {});
  for (let attempt = 1; ; attempt += 1) {
    try {
      await bounded({ timeoutMs: step.timeoutMs, cancel: null }, async (signal) =>
        undoAction(parts.works, actionOf(step), step.input, await parts.contextFor(plan, step, signal)),
      );
      report(on, step, 'undone', { durationMs: self.now() - begun });
      return;
    } catch (error) {
      if (error instanceof JournalBroken) throw error;
      self.log.error({ err: error, code: plan.code, step: step.id, attempt }, 'undo failed');
      if (attempt === UNDO_ATTEMPTS) {
        const problem = problemOf(error, `The undo of step ${step.id} (${step.action})`);
        report(on, step, 'undo_failed', { problem, durationMs: self.now() - begun });
        return;
      }
      await sleep(UNDO_PAUSE_MS * attempt);
    }
  }
}

/**
 * Looks at a destructive step that was interrupted. Only a conclusive look lets the walk go on, and then
 * back: people approved one run of the step, not two. Else this is where the operation stands still.
 */
export async function probeStep(on: Walk, step: PlanStep): Promise<Conclusion | null> {
  const { self, parts, plan } = on;
  const verdict = await bounded({ timeoutMs: step.timeoutMs, cancel: null }, async (signal) =>
    probeAction(parts.works, actionOf(step), step.input, await parts.contextFor(plan, step, signal)),
  ).catch((error: unknown) => {
    self.log.error({ err: error, code: plan.code, step: step.id }, 'probe failed');
    return 'inconclusive' as const;
  });
  if (verdict === 'happened' || verdict === 'not-happened') {
    const seen = verdict === 'happened' ? 'It had happened.' : 'It had not happened.';
    report(on, step, 'failed', { problem: interrupted(step, seen) });
    return null;
  }
  const seen = verdict === 'partly' ? 'It has happened in part.' : 'Nobody can tell whether it happened.';
  return concludeBack(journalled(on), plan, 'unknown', {
    code: 'unknown',
    text: interrupted(step, seen).text,
    hint: 'Nothing more is done. Look at the target, then resolve it.',
  });
}

/** A harmless step that was interrupted needs no look: its undo takes away whatever there is of it. */
export function giveUp(on: Walk, step: PlanStep): void {
  report(on, step, 'failed', { problem: interrupted(step, 'Whatever there is of it is removed.') });
}

export function stop({ self, plan }: Walk, problem: Problem): void {
  const { operation, code } = plan;
  self.journal.append({ type: 'stopped', operation, code, order: null, problem });
}

function report(
  { self, plan }: Walk,
  step: PlanStep,
  phase: StepReport['phase'],
  rest: Partial<Pick<StepReport, 'output' | 'problem' | 'durationMs'>>,
): void {
  const { output = null, problem = null, durationMs = null } = rest;
  const took = durationMs === null ? null : Math.max(0, Math.round(durationMs));
  self.log.info({ code: plan.code, step: step.id, phase, durationMs: took }, 'step');
  self.journal.append({
    type: 'step',
    say: { ...stamp(self, plan), kind: 'step', step: step.id, phase, durationMs: took, output, problem },
  });
}

/** What a step puts out goes to the bot in one frame, and once more with the last word. */
function requireSayable(output: Canonical): void {
  const bytes = Buffer.byteLength(canonicalJson(output));
  if (bytes > OUTPUT_BYTES_MAX)
    throw new Refusal(
      'step_output_large',
      `It put out ${bytes} bytes, and may say ${OUTPUT_BYTES_MAX}.`,
      "This is a bug of the action; the runner's log has its findings.",
    );
}

function journalled({ self, plan }: Walk): JournalledOperation {
  const found = self.journal.state.operations.get(plan.operation);
  if (found === undefined) throw new Error(`The journal forgot ${plan.operation} (this is a bug)`);
  return found;
}

function actionOf({ action }: PlanStep): ActionName {
  if (isActionName(action)) return action;
  throw new Error(`No action ${action}: a gate should have refused it (this is a bug)`);
}

function interrupted(step: PlanStep, seen: string): Problem {
  return {
    code: 'interrupted',
    text: `The runner ended in the middle of step ${step.id} (${step.action}). ${seen}`,
    hint: 'What was done is undone. Look why the runner ended, then ask anew.',
  };
}
