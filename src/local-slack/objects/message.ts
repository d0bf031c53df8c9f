import { botId } from '../apps.ts';
import type { Channel } from '../workspace/channels.ts';
import { type Message, messageOf, type Reaction, repliesTo } from '../workspace/messages.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { fileObject } from './file.ts';

interface Options {
  /** Metadata is shown only to those who ask for it. */
  readonly metadata?: boolean;
}

/** The message as the Web API, events and the page show it, with what its replies say about it. */
export function messageObject(
  workspace: Workspace,
  channel: Channel,
  message: Message,
  options: Options = {},
): Record<string, unknown> & { ts: string; text: string } {
  const { files, metadata, reactions, ...rest } = message;
  return {
    ...rest,
    team: workspace.data.team.id,
    ...botProfile(workspace, message),
    ...threadFields(channel, message),
    ...(files === undefined ? {} : { files: files.map((id) => fileObject(workspace, id)), upload: false }),
    ...(reactions.length > 0 ? { reactions: reactions.map(reactionObject) } : {}),
    ...(options.metadata && metadata !== undefined ? { metadata } : {}),
  };
}

export function reactionObject(reaction: Reaction) {
  return { name: reaction.name, users: [...reaction.users], count: reaction.users.length };
}

/** The address of a message in the web client. A reply's names its thread. */
export function permalink(workspace: Workspace, channel: Channel, ts: string): string {
  const thread = messageOf(channel, ts).thread_ts;
  const query = thread === undefined ? '' : `?thread_ts=${thread}&cid=${channel.id}`;
  return `${workspace.origin()}/archives/${channel.id}/p${ts.replace('.', '')}${query}`;
}

function botProfile(workspace: Workspace, message: Message): Record<string, unknown> {
  const app = message.app_id === undefined ? undefined : workspace.data.apps[message.app_id];
  if (app === undefined) return {};
  return {
    bot_profile: {
      id: botId(app),
      app_id: app.id,
      user_id: message.user,
      name: app.name,
      icons: {},
      deleted: false,
      updated: 0,
      team_id: workspace.data.team.id,
    },
  };
}

function threadFields(channel: Channel, message: Message): Record<string, unknown> {
  if (message.thread_ts !== undefined) {
    const parent = channel.messages.find((candidate) => candidate.ts === message.thread_ts);
    return parent?.user === undefined ? {} : { parent_user_id: parent.user };
  }
  const replies = repliesTo(channel, message.ts);
  const latest = replies.at(-1);
  if (latest === undefined) return {};
  const people = [...new Set(replies.map((reply) => reply.user ?? reply.bot_id ?? ''))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: people.length,
    latest_reply: latest.ts,
    reply_users: people,
    is_locked: false,
    subscribed: false,
  };
}
