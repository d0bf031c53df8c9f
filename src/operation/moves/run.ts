import type { EventOf } from '../event.ts';
import { type Moved, moved } from '../move.ts';
import type { Operation, SandboxLeft } from '../operation.ts';
import { withReport } from '../progress.ts';
import { sandboxLeft } from '../sandbox.ts';

export function stepReported(operation: Operation, event: EventOf<'step_reported'>): Moved {
  const undoing = event.phase === 'undo_started' || event.phase === 'undone' || event.phase === 'undo_failed';
  return moved(
    {
      ...operation,
      state: undoing ? 'rolling_back' : operation.state,
      dueAt: undoing ? null : operation.dueAt,
      steps: withReport(operation.steps, event),
      sandbox: event.phase === 'ended' ? (sandboxLeft(event.output) ?? operation.sandbox) : operation.sandbox,
    },
    [
      {
        type: `step.${event.phase}`,
        actor: { kind: 'runner', id: operation.runner },
        data: {
          step: event.step,
          at: event.at,
          durationMs: event.durationMs,
          output: event.output,
          problem: event.problem === null ? null : { ...event.problem },
        },
      },
    ],
    [
      { kind: 'message', slot: 'progress' },
      ...(undoing && operation.state === 'running' ? [{ kind: 'message', slot: 'card' } as const] : []),
    ],
  );
}

export function finished(operation: Operation, event: EventOf<'finished'>): Moved {
  return moved(
    {
      ...operation,
      state: event.outcome,
      verdict: event.verdict,
      rungs: event.rungs,
      problem: event.problem,
      endedAt: event.at,
      dueAt: null,
    },
    [
      {
        type: 'operation.finished',
        actor: { kind: 'runner', id: operation.runner },
        data: {
          outcome: event.outcome,
          verdict: event.verdict,
          rungs: event.rungs,
          problem: event.problem === null ? null : { ...event.problem },
          statement: event.statement,
        },
      },
    ],
    [
      { kind: 'message', slot: 'progress' },
      ...(operation.sandbox === null ? [] : [{ kind: 'message', slot: 'sandbox' } as const]),
      { kind: 'message', slot: 'record' },
      { kind: 'file' },
      { kind: 'announce' },
      { kind: 'message', slot: 'card' },
    ],
  );
}

/** A gate of the runner said no: nothing of the order was done, so the operation ends without an undo. */
export function orderRefused(operation: Operation, event: EventOf<'order_refused'>): Moved {
  const record = {
    type: 'order.refused',
    actor: { kind: 'runner', id: operation.runner },
    data: { order: event.order, ...event.problem },
  } as const;
  // A run that the journal knows already goes on, or has ended: this order changed nothing.
  if (event.order === 'cancel' || event.order === 'sandbox' || event.problem.code === 'already_ran') {
    return moved(
      operation,
      [record],
      [{ kind: 'note', note: 'order_refused', params: { ...event.problem } }],
    );
  }
  return moved(
    { ...operation, state: 'rejected', problem: event.problem, endedAt: event.at, dueAt: null },
    [record],
    [
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'host-key' },
      { kind: 'message', slot: 'progress' },
      { kind: 'message', slot: 'record' },
      { kind: 'file' },
      { kind: 'announce' },
    ],
  );
}

export function sandboxAsked(operation: Operation, event: EventOf<'sandbox_asked'>): Moved {
  return moved(
    operation,
    [
      {
        type: `sandbox.${event.request}_asked`,
        actor: { kind: 'person', id: event.by.id },
        data: { name: event.by.name },
      },
    ],
    [{ kind: 'order', order: 'sandbox', params: { request: event.request, person: event.by.id } }],
  );
}

export function sandboxReported(operation: Operation, event: EventOf<'sandbox_reported'>): Moved {
  const left: SandboxLeft | null =
    operation.sandbox === null || event.event === 'refused'
      ? operation.sandbox
      : { ...operation.sandbox, removedAt: event.event === 'removed' ? null : event.removedAt };
  return moved(
    { ...operation, sandbox: left },
    [
      {
        type: `sandbox.${event.event}`,
        actor: { kind: 'runner', id: operation.runner },
        data: { why: event.why, removedAt: event.removedAt, problem: event.problem?.code ?? null },
      },
    ],
    [
      { kind: 'message', slot: 'sandbox' },
      ...(event.problem === null
        ? []
        : [{ kind: 'note', note: 'sandbox_refused', params: { ...event.problem } } as const]),
    ],
  );
}
