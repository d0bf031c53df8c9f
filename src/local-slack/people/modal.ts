import { z } from 'zod';
import { viewObject } from '../objects/view.ts';
import type { Slack } from '../slack.ts';
import { invalidArguments } from '../slack-error.ts';
import { read, replaceView, show } from '../web-api/views.ts';
import type { User } from '../workspace/data.ts';
import type { View } from '../workspace/views.ts';
import { appOf, type Workspace } from '../workspace/workspace.ts';
import { dispatch } from './click.ts';

/** What an app may acknowledge a submission with. */
const SubmissionAnswer = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
]);

export interface Submission {
  readonly response_action?: string;
  readonly errors?: Readonly<Record<string, string>>;
}

/** A person submits a modal: `view_submission`, and what the app answers is done. An empty answer closes it. */
export async function submitView(
  slack: Slack,
  person: User,
  view: View,
  values: View['values'],
): Promise<Submission> {
  const { workspace } = slack;
  const app = appOf(workspace, view.app);
  const filled = { ...view, values };
  workspace.data.views[view.id] = filled;
  const body = await dispatch(slack, app, person, {
    type: 'view_submission',
    view: viewObject(workspace, filled),
    response_urls: [],
  });
  if (body === undefined || body === null || body === '' || isEmptyObject(body)) {
    closeView(workspace, filled);
    return {};
  }
  const answer = SubmissionAnswer.safeParse(body);
  if (!answer.success)
    throw invalidArguments('the app acknowledged the submission with something Slack does not know');
  switch (answer.data.response_action) {
    case 'errors':
      return answer.data;
    case 'update':
      replaceView(workspace, filled, read(answer.data.view));
      break;
    case 'push':
      show({ slack, app }, person.id, read(answer.data.view), 'push', filled);
      break;
    case 'clear':
      closeStack(workspace, filled);
  }
  return { response_action: answer.data.response_action };
}

/** A person closes a modal without submitting: `view_closed`, if the app asked to be told. */
export async function dismissView(slack: Slack, person: User, view: View): Promise<void> {
  const { workspace } = slack;
  if (view.fields.clear_on_close) closeStack(workspace, view);
  else closeView(workspace, view);
  if (!view.fields.notify_on_close) return;
  await dispatch(slack, appOf(workspace, view.app), person, {
    type: 'view_closed',
    view: viewObject(workspace, view),
    is_cleared: view.fields.clear_on_close ?? false,
  });
}

function closeView(workspace: Workspace, view: View): void {
  delete workspace.data.views[view.id];
  workspace.publish({ type: 'view', trigger: 'close', user: view.user, view });
}

function closeStack(workspace: Workspace, view: View): void {
  const stack = Object.values(workspace.data.views).filter((other) => other.rootId === view.rootId);
  for (const other of stack.toReversed()) closeView(workspace, other);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
