import type { EventOf } from '../event.ts';
import { later, type Moved, moved } from '../move.ts';
import type { Operation } from '../operation.ts';

export function accepted(operation: Operation, event: EventOf<'accepted'>): Moved {
  return moved(
    { ...operation, state: 'preflight', dueAt: event.dueAt },
    [
      {
        type: 'operation.requested',
        actor: { kind: 'person', id: operation.requester.id },
        data: {
          code: operation.code,
          command: operation.command,
          target: operation.target,
          channel: operation.channel,
          reason: operation.reason,
          args: Object.fromEntries(
            Object.entries(operation.draft.args).map(([name, arg]) => [name, arg.value]),
          ),
          policy: operation.terms.policy,
          policyDigest: operation.terms.policyDigest,
          commandDigest: operation.terms.commandDigest,
        },
      },
    ],
    [{ kind: 'order', order: 'preflight', params: {} }],
  );
}

export function planned(operation: Operation, event: EventOf<'planned'>): Moved {
  return moved(
    {
      ...operation,
      state: 'awaiting_approval',
      evidence: event.evidence,
      plan: event.plan,
      digest: event.digest,
      steps: event.plan.steps.map(({ id, title }) => ({
        id,
        title,
        phase: 'pending',
        startedAt: null,
        durationMs: null,
        output: null,
        problem: null,
      })),
      dueAt: later(event.at, operation.terms.approvalMs),
    },
    [
      {
        type: 'plan.frozen',
        actor: { kind: 'runner', id: operation.runner },
        data: { digest: event.digest, evidence: event.evidence.digest, plan: event.plan },
      },
    ],
    [
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'plan' },
    ],
  );
}

export function preflightFailed(operation: Operation, event: EventOf<'preflight_failed'>): Moved {
  return moved(
    { ...operation, state: 'rejected', problem: event.problem, endedAt: event.at, dueAt: null },
    [
      {
        type: 'operation.rejected',
        actor: { kind: 'runner', id: operation.runner },
        data: { ...event.problem, evidence: event.evidence },
      },
    ],
    [
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'record' },
      { kind: 'file' },
      { kind: 'announce' },
    ],
  );
}
