import { SlackError } from '../slack-error.ts';
import type { Channel } from './channels.ts';
import { found, nextTs, type Workspace } from './workspace.ts';

export interface Block {
  readonly type: string;
  readonly block_id?: string | undefined;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

/** A message as it is kept. What depends on other messages (reply counts) is added when it is shown. */
export interface Message {
  readonly type: 'message';
  readonly ts: string;
  readonly subtype?: string | undefined;
  readonly user?: string | undefined;
  readonly bot_id?: string | undefined;
  readonly app_id?: string | undefined;
  readonly username?: string | undefined;
  readonly client_msg_id?: string | undefined;
  readonly text: string;
  readonly blocks?: readonly Block[] | undefined;
  readonly attachments?: readonly unknown[] | undefined;
  /** Ids of files. */
  readonly files?: readonly string[] | undefined;
  readonly metadata?: Metadata | undefined;
  readonly thread_ts?: string | undefined;
  readonly reactions: readonly Reaction[];
  readonly edited?: { readonly user: string; readonly ts: string } | undefined;
}

export interface Reaction {
  readonly name: string;
  /** In the order in which they reacted. */
  readonly users: readonly string[];
}

/** A message that only `user` sees, in `channel`. */
export interface Ephemeral {
  readonly channel: string;
  readonly user: string;
  readonly message: Message;
}

export type Draft = Omit<Message, 'type' | 'ts' | 'reactions'>;

/** Posts `draft`. A `thread_ts` must be that of a thread's first message: `thread_ts` of a reply is its parent's. */
export function post(workspace: Workspace, channel: Channel, draft: Draft): Message {
  if (channel.is_archived) throw new SlackError('is_archived');
  const parent = draft.thread_ts === undefined ? undefined : threadParent(channel, draft.thread_ts);
  const message: Message = {
    type: 'message',
    ...draft,
    thread_ts: parent?.ts,
    ts: nextTs(workspace),
    reactions: [],
  };
  channel.messages.push(message);
  workspace.publish({ type: 'message_posted', channel, message });
  if (parent !== undefined) workspace.publish({ type: 'thread_grew', channel, message: parent });
  return message;
}

/** Replaces what `patch` names of a message. */
export function edit(workspace: Workspace, channel: Channel, ts: string, patch: Partial<Message>): Message {
  const previous = messageOf(channel, ts);
  const message = { ...previous, ...patch };
  channel.messages[channel.messages.indexOf(previous)] = message;
  workspace.publish({ type: 'message_edited', channel, message, previous });
  return message;
}

/** Deletes a message. A message with replies leaves a tombstone, as the thread needs its head. */
export function remove(workspace: Workspace, channel: Channel, ts: string): void {
  const message = messageOf(channel, ts);
  const index = channel.messages.indexOf(message);
  if (repliesTo(channel, ts).length === 0) channel.messages.splice(index, 1);
  else channel.messages[index] = tombstone(message);
  workspace.publish({ type: 'message_deleted', channel, message });
  const parent = channel.messages.find((candidate) => candidate.ts === message.thread_ts);
  if (parent !== undefined) workspace.publish({ type: 'thread_grew', channel, message: parent });
}

/** Shows a message to one person. */
export function postEphemeral(workspace: Workspace, channel: Channel, user: string, draft: Draft): Message {
  const message: Message = { type: 'message', ...draft, ts: nextTs(workspace), reactions: [] };
  const ephemeral = { channel: channel.id, user, message };
  workspace.data.ephemerals.push(ephemeral);
  workspace.publish({ type: 'ephemeral_posted', ephemeral });
  return message;
}

/** Changes an ephemeral message, or takes it away when `patch` is undefined. Unknown ones are left alone. */
export function editEphemeral(workspace: Workspace, ts: string, patch: Partial<Message> | undefined): void {
  const { ephemerals } = workspace.data;
  const index = ephemerals.findIndex((candidate) => candidate.message.ts === ts);
  const previous = ephemerals[index];
  if (previous === undefined) return;
  if (patch === undefined) {
    ephemerals.splice(index, 1);
    workspace.publish({ type: 'ephemeral_deleted', ephemeral: previous });
    return;
  }
  const ephemeral = { ...previous, message: { ...previous.message, ...patch } };
  ephemerals[index] = ephemeral;
  workspace.publish({ type: 'ephemeral_edited', ephemeral });
}

/** Throws `message_not_found`. */
export function messageOf(channel: Channel, ts: string): Message {
  return found(
    channel.messages.find((message) => message.ts === ts),
    'message_not_found',
  );
}

/** The replies of the thread that starts with the message `ts`, oldest first. */
export function repliesTo(channel: Channel, ts: string): readonly Message[] {
  return channel.messages.filter((message) => message.thread_ts === ts);
}

/** What a channel shows outside its threads, oldest first. */
export function topLevel(channel: Channel): readonly Message[] {
  return channel.messages.filter(
    (message) => message.thread_ts === undefined || message.subtype === 'thread_broadcast',
  );
}

function threadParent(channel: Channel, ts: string): Message {
  const message = found(
    channel.messages.find((candidate) => candidate.ts === ts),
    'cannot_reply_to_message',
  );
  return message.thread_ts === undefined ? message : threadParent(channel, message.thread_ts);
}

function tombstone(message: Message): Message {
  return {
    type: 'message',
    subtype: 'tombstone',
    ts: message.ts,
    user: 'USLACKBOT',
    text: 'This message was deleted.',
    reactions: [],
  };
}
