import type { Effect, RecordDraft } from '../effect.ts';
import type { EventOf } from '../event.ts';
import { type Moved, moved, type Outcome, refused } from '../move.ts';
import type { Operation } from '../operation.ts';

export function countdownOver(operation: Operation, event: EventOf<'countdown_over'>): Outcome {
  if (!isDue(operation, event.at)) return refused('not_due', { code: operation.code });
  return moved(
    {
      ...operation,
      state: 'running',
      startedAt: event.at,
      dueAt: operation.claim?.executeUntil ?? null,
    },
    [
      {
        type: 'operation.countdown_over',
        actor: { kind: 'bot', id: 'bot' },
        data: { digest: operation.digest },
      },
    ],
    [
      { kind: 'order', order: 'run', params: {} },
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'progress' },
    ],
  );
}

/** Before START it ends the operation; afterwards the runner stops at its next safe point and undoes. */
export function cancelAsked(operation: Operation, event: EventOf<'cancel_asked'>): Moved {
  const record = {
    type: 'operation.cancel_asked',
    actor: { kind: 'person', id: event.by.id },
    data: { name: event.by.name, state: operation.state },
  } as const;
  const tellRunner = {
    kind: 'order',
    order: 'cancel',
    params: { reason: `cancelled by ${event.by.name}` },
  } as const;
  if (operation.state === 'running') {
    return moved(
      { ...operation, stoppedBy: event.by },
      [record],
      [tellRunner, { kind: 'message', slot: 'progress' }],
    );
  }
  const problem = {
    code: 'cancelled',
    text: `${event.by.name} cancelled it.`,
    hint: 'Nothing was started.',
  };
  const next = { ...operation, state: 'cancelled', stoppedBy: event.by, problem, endedAt: event.at } as const;
  return ended(next, record, operation.state === 'awaiting_approval' ? [] : [tellRunner]);
}

/** Nobody can turn the chat key any more, nor can anybody see whether it still stands. */
export function cardLost(operation: Operation, event: EventOf<'card_lost'>): Moved {
  const problem = {
    code: 'card_lost',
    text: `Slack has no card for it that can be read (${event.error}).`,
    hint: 'Nothing was started. See that I am in the channel and that it is not archived, then ask anew.',
  };
  const record = {
    type: 'operation.card_lost',
    actor: { kind: 'bot', id: 'bot' },
    data: { error: event.error },
  } as const;
  const revoke =
    operation.state === 'awaiting_approval'
      ? []
      : [{ kind: 'order', order: 'cancel', params: { reason: 'its card in Slack is gone' } } as const];
  return ended({ ...operation, state: 'cancelled', problem, endedAt: event.at }, record, revoke);
}

export function deadlinePassed(operation: Operation, event: EventOf<'deadline_passed'>): Outcome {
  if (!isDue(operation, event.at)) return refused('not_due', { code: operation.code });
  const record = {
    type: 'operation.deadline_passed',
    actor: { kind: 'bot', id: 'bot' },
    data: { state: operation.state },
  } as const;
  if (operation.state === 'running') {
    return moved(
      { ...operation, dueAt: null },
      [record],
      [
        { kind: 'order', order: 'cancel', params: { reason: 'the time allowed for the run is over' } },
        {
          kind: 'note',
          note: 'execution_overdue',
          params: { code: operation.code, runner: operation.runner },
        },
      ],
    );
  }
  const next = { ...operation, state: 'expired', problem: expiry(operation), endedAt: event.at } as const;
  const revoke =
    operation.state === 'awaiting_approval'
      ? []
      : [{ kind: 'order', order: 'cancel', params: { reason: 'expired' } } as const];
  return ended(next, record, revoke);
}

/** An end before anything was started: the card says why, and the record goes where all records go. */
function ended(operation: Operation, record: RecordDraft, revoke: readonly Effect[]): Moved {
  return moved(
    { ...operation, dueAt: null },
    [record],
    [
      ...revoke,
      { kind: 'message', slot: 'card' },
      { kind: 'message', slot: 'host-key' },
      { kind: 'message', slot: 'record' },
      { kind: 'file' },
      { kind: 'announce' },
    ],
  );
}

/** Whoever saw the deadline pass may have been overtaken: another replica passed it, or a vote moved it. */
function isDue({ dueAt }: Operation, at: string): boolean {
  return dueAt !== null && Date.parse(dueAt) <= Date.parse(at);
}

function expiry(operation: Operation): { code: string; text: string; hint: string } {
  const hint = 'Nothing was started. Ask anew when the people are there.';
  switch (operation.state) {
    case 'preflight':
      return {
        code: 'preflight_timeout',
        text: `The runner ${operation.runner} did not answer in time.`,
        hint: 'Look at `/ops runners` and at the log of the runner, then ask anew.',
      };
    case 'awaiting_approval':
      return { code: 'approval_expired', text: 'Too few approvals came in time.', hint };
    default:
      if (operation.attested !== null)
        return {
          code: 'claim_expired',
          text: 'Slack could not be asked in time whether the approvals stand.',
          hint,
        };
      return { code: 'host_key_expired', text: 'Nobody turned the host key in time.', hint };
  }
}
