import type { KnownBlock } from '@slack/web-api';
import { hasEnded, type Operation } from '../../operation/operation.ts';
import type { StepPhase, StepState } from '../../operation/progress.ts';
import type { Message } from '../../slack/slack.ts';
import type { Progress } from '../../wire/progress.ts';
import { bar, context, duration, escaped, section, size } from './text.ts';
import { headline } from './words.ts';

/** What the runner last said of the step at hand; lost when the bot restarts, and then simply said again. */
export interface LiveProgress {
  readonly step: string;
  readonly progress: Progress;
}

type TaskStatus = 'pending' | 'in_progress' | 'complete' | 'error';

const STATUS: Readonly<Record<StepPhase, TaskStatus>> = {
  pending: 'pending',
  started: 'in_progress',
  ended: 'complete',
  failed: 'error',
  undo_started: 'in_progress',
  undone: 'complete',
  undo_failed: 'error',
};

const MARKS: Readonly<Record<TaskStatus, string>> = {
  pending: ':white_circle:',
  in_progress: ':large_blue_circle:',
  complete: ':white_check_mark:',
  error: ':x:',
};

/** One message per operation, edited in place: steps, a bar, rate and ETA. */
export function progress(operation: Operation, live: LiveProgress | null, withPlanBlock: boolean): Message {
  const title = `${headline(operation).replace(/:[a-z_]+: /, '')} · ${operation.code}`;
  const steps = withPlanBlock ? [planBlock(operation, title, live)] : plainSteps(operation, title, live);
  return {
    text: `${title}: ${operation.steps.filter(({ phase }) => phase === 'ended').length} of ${operation.steps.length} steps done`,
    blocks: [...steps, ...pulse(operation, live), ...buttons(operation)],
  };
}

function planBlock(operation: Operation, title: string, live: LiveProgress | null): KnownBlock {
  return {
    type: 'plan',
    title,
    tasks: operation.steps.map((step) => ({
      type: 'task_card',
      task_id: step.id,
      title: step.title,
      status: STATUS[step.phase],
      ...richText(detail(step, live)),
    })),
  };
}

function plainSteps(operation: Operation, title: string, live: LiveProgress | null): KnownBlock[] {
  const lines = operation.steps.map((step) => {
    const said = detail(step, live);
    return `${MARKS[STATUS[step.phase]]} ${escaped(step.title)}${said === null ? '' : ` — ${escaped(said)}`}`;
  });
  return [section([`*${escaped(title)}*`, ...lines].join('\n'))];
}

function detail(step: StepState, live: LiveProgress | null): string | null {
  if (step.problem !== null) return step.problem.text;
  if (step.phase === 'undo_started') return 'undoing';
  if (step.phase === 'undone') return 'undone';
  if (step.phase === 'ended' && step.durationMs !== null) return `done in ${duration(step.durationMs)}`;
  if (step.phase !== 'started' || live?.step !== step.id) return null;
  return [live.progress.stage, live.progress.detail].filter((part) => part !== undefined).join(' · ');
}

function richText(text: string | null): object {
  if (text === null) return {};
  return {
    details: {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
    },
  };
}

function pulse({ state, startedAt }: Operation, live: LiveProgress | null): KnownBlock[] {
  if (hasEnded(state) || startedAt === null) return [];
  if (live === null) return [context(':large_blue_circle: waiting for the runner')];
  const { done, total, unit, ratePerSecond, etaMs, stage } = live.progress;
  const amount = (n: number): string =>
    unit === 'bytes' ? size(n) : `${n.toLocaleString('en')} ${unit ?? ''}`.trim();
  const parts = [
    done !== undefined && total !== undefined ? bar(done, total) : escaped(stage),
    done === undefined ? null : total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`,
    ratePerSecond === undefined || ratePerSecond === 0 ? null : `${amount(ratePerSecond)}/s`,
    etaMs === undefined ? null : `about ${duration(Math.max(1000, etaMs))} left`,
  ];
  return [context(parts.filter((part) => part !== null).join(' · '))];
}

function buttons({ state, code, stoppedBy }: Operation): KnownBlock[] {
  if (state !== 'running' || stoppedBy !== null) return [];
  return [
    {
      type: 'actions',
      // The same over every edit, so that a press during an edit still finds its button.
      block_id: 'progress_actions',
      elements: [
        {
          type: 'button',
          action_id: 'cancel',
          value: code,
          style: 'danger',
          text: { type: 'plain_text', text: 'Cancel' },
          confirm: {
            title: { type: 'plain_text', text: `Cancel ${code}?` },
            text: {
              type: 'plain_text',
              text: 'The runner stops at its next safe point and undoes what it did.',
            },
            confirm: { type: 'plain_text', text: 'Cancel it' },
            deny: { type: 'plain_text', text: 'Go on' },
          },
        },
      ],
    },
  ];
}
