import { SlackError } from '../slack-error.ts';
import type { Message } from './messages.ts';
import { nextId, seconds, userOf, type Workspace } from './workspace.ts';

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly is_archived: boolean;
  readonly is_ext_shared: boolean;
  readonly is_general: boolean;
  readonly topic: string;
  readonly purpose: string;
  /** User ids, in the order in which they joined. */
  readonly members: string[];
  readonly creator: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Oldest first; the replies of threads among them. */
  readonly messages: Message[];
  /** How far each person has read: user id to `ts`. */
  readonly lastRead: Record<string, string>;
}

export function isMember(channel: Channel, user: string): boolean {
  return channel.members.includes(user);
}

/** Public channels are seen by everyone but guests and strangers; all others by their members. */
export function canSee(workspace: Workspace, channel: Channel, user: string): boolean {
  if (isMember(channel, user)) return true;
  if (channel.kind !== 'public') return false;
  const { is_restricted, is_ultra_restricted, is_stranger } = userOf(workspace, user);
  return !(is_restricted || is_ultra_restricted || is_stranger);
}

/** Adds `user`; nothing happens when they are in already. Throws `is_archived`, `user_not_found`. */
export function join(workspace: Workspace, channel: Channel, user: string, inviter?: string): void {
  userOf(workspace, user);
  if (channel.is_archived) throw new SlackError('is_archived');
  if (isMember(channel, user)) return;
  channel.members.push(user);
  workspace.publish({ type: 'member_joined', channel, user, inviter });
}

/** Takes `user` out; nothing happens when they are not in. */
export function leave(workspace: Workspace, channel: Channel, user: string): void {
  const index = channel.members.indexOf(user);
  if (index < 0) return;
  channel.members.splice(index, 1);
  workspace.publish({ type: 'member_left', channel, user, inviter: undefined });
}

/** The direct conversation of these two, which is made when there is none yet. */
export function directMessage(
  workspace: Workspace,
  one: string,
  other: string,
): { channel: Channel; isNew: boolean } {
  const existing = Object.values(workspace.data.channels).find(
    (channel) => channel.kind === 'im' && isMember(channel, one) && isMember(channel, other),
  );
  if (existing !== undefined) return { channel: existing, isNew: false };
  const channel: Channel = {
    id: nextId(workspace, 'D'),
    name: '',
    kind: 'im',
    is_archived: false,
    is_ext_shared: false,
    is_general: false,
    topic: '',
    purpose: '',
    members: [one, other],
    creator: one,
    created: seconds(workspace),
    messages: [],
    lastRead: {},
  };
  workspace.data.channels[channel.id] = channel;
  workspace.publish({ type: 'channel_changed', channel });
  return { channel, isNew: true };
}
