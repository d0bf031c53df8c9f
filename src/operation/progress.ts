import type { Canonical } from '../audit/canonical.ts';

/** A "no" or a failure: a stable code, what was seen, what to do next. */
export interface Problem {
  readonly code: string;
  readonly text: string;
  readonly hint: string;
}

export type StepPhase =
  | 'pending'
  | 'started'
  | 'ended'
  | 'failed'
  | 'undo_started'
  | 'undone'
  | 'undo_failed';

/** What the bot knows of one step, from the runner's reports. */
export interface StepState {
  readonly id: string;
  readonly title: string;
  readonly phase: StepPhase;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly output: Canonical;
  readonly problem: Problem | null;
}

/** Puts one report into the list of steps; a report of a step that the plan lacks changes nothing. */
export function withReport(
  steps: readonly StepState[],
  report: {
    readonly step: string;
    readonly phase: StepPhase;
    readonly at: string;
    readonly durationMs: number | null;
    readonly output: Canonical;
    readonly problem: Problem | null;
  },
): StepState[] {
  return steps.map((step) =>
    step.id === report.step
      ? {
          ...step,
          phase: report.phase,
          startedAt: report.phase === 'started' ? report.at : step.startedAt,
          durationMs: report.durationMs ?? step.durationMs,
          output: report.phase === 'ended' ? report.output : step.output,
          problem: report.problem ?? step.problem,
        }
      : step,
  );
}
