import { messageObject } from '../objects/message.ts';
import { viewObject } from '../objects/view.ts';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import type { Channel } from '../workspace/channels.ts';
import type { User } from '../workspace/data.ts';
import type { Block, Message } from '../workspace/messages.ts';
import { createResponseUrl } from '../workspace/response-urls.ts';
import { createTrigger } from '../workspace/triggers.ts';
import type { View } from '../workspace/views.ts';
import { appOf, found, type Workspace } from '../workspace/workspace.ts';
import type { WorldApp } from '../world.ts';
import { showAnswer } from './answer.ts';
import { failureOf } from './command.ts';

export interface Press {
  readonly block_id: string;
  readonly action_id: string;
  /** What an input element carries: `selected_option`, `selected_user`, `value`… */
  readonly input: Readonly<Record<string, unknown>>;
}

/** A person uses an element of a message: `block_actions` to its app. Throws when Slack shows them an error. */
export async function clickInMessage(
  slack: Slack,
  person: User,
  channel: Channel,
  ts: string,
  press: Press,
): Promise<void> {
  const { workspace } = slack;
  const ephemeral = workspace.data.ephemerals.find(
    (candidate) => candidate.message.ts === ts && candidate.user === person.id,
  )?.message;
  const message = ephemeral ?? channel.messages.find((candidate) => candidate.ts === ts);
  if (message === undefined) throw new SlackError('message_not_found');
  const app = appOf(workspace, message.app_id ?? '');
  const target = {
    app: app.id,
    channel: channel.id,
    user: person.id,
    original: { ts, ephemeral: ephemeral !== undefined },
    threadTs: message.thread_ts,
  };
  const action = actionOf(workspace, message.blocks ?? [], press);
  await dispatch(slack, app, person, {
    type: 'block_actions',
    container: containerOf(channel, message, ephemeral !== undefined),
    channel: { id: channel.id, name: channelName(channel) },
    message: messageObject(workspace, channel, message),
    state: { values: {} },
    response_url: `${workspace.origin()}${createResponseUrl(workspace, { ...target, kind: 'actions' })}`,
    actions: [action],
  }).then((body) => showAnswer(workspace, target, body));
}

/** A person uses an element of a modal or a home tab. */
export async function clickInView(slack: Slack, person: User, view: View, press: Press): Promise<void> {
  const { workspace } = slack;
  await dispatch(slack, appOf(workspace, view.app), person, {
    type: 'block_actions',
    container: { type: 'view', view_id: view.id },
    view: viewObject(workspace, view),
    actions: [actionOf(workspace, view.fields.blocks, press)],
  });
}

/**
 * Sends an interaction to its app and gives back what it acknowledged with.
 * Throws `operation_timeout` or `dispatch_failed`.
 */
export async function dispatch(
  slack: Slack,
  app: WorldApp,
  person: User,
  payload: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const { workspace } = slack;
  const { team } = workspace.data;
  if (!app.interactivity)
    throw new SlackError('dispatch_failed', { detail: `${app.name} has no interactivity` });
  const outcome = await slack.delivery.ask(app, {
    kind: 'interactive',
    payload: {
      ...payload,
      user: { id: person.id, username: person.name, name: person.name, team_id: person.team_id ?? team.id },
      api_app_id: app.id,
      token: 'local-verification-token',
      ...(payload['type'] === 'view_closed'
        ? {}
        : { trigger_id: createTrigger(workspace, app.id, person.id) }),
      team: { id: team.id, domain: team.domain },
      enterprise: null,
      is_enterprise_install: false,
    },
  });
  const error = failureOf(outcome);
  if (error !== undefined) throw new SlackError(error);
  return outcome.kind === 'acked' ? outcome.body : undefined;
}

function containerOf(channel: Channel, message: Message, isEphemeral: boolean) {
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: channel.id,
    is_ephemeral: isEphemeral,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  };
}

function channelName(channel: Channel): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.kind === 'private' ? 'privategroup' : channel.name;
}

/** The action as the app gets it. There must be such an element: nobody can press what is not there. */
function actionOf(
  workspace: Workspace,
  blocks: readonly Block[],
  press: Press,
): Readonly<Record<string, unknown>> {
  const block = found(
    blocks.find((candidate) => candidate.block_id === press.block_id),
    'block_not_found',
  );
  const element = found(
    elementsOf(block).find((candidate) => candidate['action_id'] === press.action_id),
    'action_not_found',
  );
  const { type, text, value, style, confirm } = element;
  return {
    type,
    action_id: press.action_id,
    block_id: press.block_id,
    ...press.input,
    ...(type === 'button' ? { text, value, style, confirm } : {}),
    action_ts: `${Math.floor(workspace.now() / 1000)}.000000`,
  };
}

function elementsOf(block: Block): Readonly<Record<string, unknown>>[] {
  const children = block.type === 'container' ? asList(block['child_blocks']) : [];
  return [
    ...asList(block['elements']),
    ...asList(block['actions']),
    ...asList([block['accessory'], block['element']]),
    ...children.flatMap((child) => elementsOf({ ...child, type: String(child['type']) })),
  ];
}

function asList(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
