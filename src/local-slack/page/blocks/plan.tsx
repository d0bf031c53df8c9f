import { useId, useState } from 'preact/hooks';
import { z } from 'zod';
import { Link } from '../text/link.tsx';
import { RichText, readRichText } from '../text/rich.ts';
import { Parts, PlainText } from '../text/view.tsx';
import { Icon } from '../widgets/icon.tsx';
import { defineBlock } from './define.tsx';
import './plan.css';

const Status = z.enum(['pending', 'in_progress', 'complete', 'error']);
type Status = z.infer<typeof Status>;

const Task = z.object({
  task_id: z.string(),
  title: z.string(),
  status: Status.default('pending'),
  details: RichText.optional(),
  output: RichText.optional(),
  sources: z.array(z.object({ url: z.string(), text: z.string() })).optional(),
});
type Task = z.infer<typeof Task>;

const WORDS: Readonly<Record<Status, string>> = {
  pending: 'Pending',
  in_progress: 'In progress',
  complete: 'Complete',
  error: 'Failed',
};

/** A list of tasks with the state of each. */
export const Plan = defineBlock(
  z.object({ title: z.string(), tasks: z.array(Task).default([]) }),
  ({ block }) => {
    const [open, setOpen] = useState(true);
    const body = useId();
    const done = block.tasks.filter(({ status }) => status === 'complete').length;
    return (
      <div class="plan">
        <button
          type="button"
          class="plan-head"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          <StatusMark status={overall(block.tasks)} />
          <span class="plan-title">
            <PlainText text={block.title} />
          </span>
          <span class="plan-count">
            {done} of {block.tasks.length}
          </span>
          <span class={open ? 'turn turn-open' : 'turn'}>
            <Icon name="chevron" />
          </span>
        </button>
        <ol id={body} class="plan-tasks" hidden={!open}>
          {block.tasks.map((task) => (
            <li key={task.task_id} class={`task task-${task.status}`}>
              <TaskBody task={task} />
            </li>
          ))}
        </ol>
      </div>
    );
  },
);

export const TaskCard = defineBlock(Task, ({ block }) => (
  <div class={`plan task task-alone task-${block.status}`}>
    <TaskBody task={block} />
  </div>
));

function TaskBody({ task }: { task: Task }) {
  return (
    <>
      <StatusMark status={task.status} />
      <div class="task-body">
        <div class="task-title">
          <PlainText text={task.title} />
        </div>
        {task.details && (
          <div class="task-details">
            <Parts parts={readRichText(task.details)} />
          </div>
        )}
        {task.output && (
          <div class="task-output">
            <Parts parts={readRichText(task.output)} />
          </div>
        )}
        {task.sources && task.sources.length > 0 && (
          <div class="task-sources">
            {task.sources.map(({ url, text }) => (
              <Link key={url} url={url}>
                {text}
              </Link>
            ))}
          </div>
        )}
      </div>
    </>
  );
}

function StatusMark({ status }: { status: Status }) {
  return (
    <span class={`status status-${status}`} role="img" aria-label={WORDS[status]} title={WORDS[status]}>
      {status === 'complete' && <Icon name="check" size={12} />}
      {status === 'error' && <Icon name="close" size={12} />}
    </span>
  );
}

function overall(tasks: readonly Task[]): Status {
  if (tasks.some(({ status }) => status === 'error')) return 'error';
  if (tasks.length > 0 && tasks.every(({ status }) => status === 'complete')) return 'complete';
  return tasks.some(({ status }) => status !== 'pending') ? 'in_progress' : 'pending';
}
