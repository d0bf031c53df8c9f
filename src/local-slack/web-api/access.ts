import { SlackError } from '../slack-error.ts';
import { type Channel, canSee, directMessage, isMember } from '../workspace/channels.ts';
import { botUserId } from '../world.ts';
import type { Call } from './method.ts';

const prefixes = { public: 'channels', private: 'groups', im: 'im' } as const;

/** `channels:read` and its likes for every kind of conversation. */
export function conversationScopes(right: string): string[] {
  return ['channels', 'groups', 'im', 'mpim'].map((kind) => `${kind}:${right}`);
}

/**
 * The conversation `id` if the app's bot can see it. With `right`, the scope for that kind of conversation is
 * needed too. Throws `channel_not_found`, `missing_scope`.
 */
export function visibleChannel(call: Call, id: string, right?: string): Channel {
  const { workspace } = call.slack;
  const channel = workspace.data.channels[id];
  if (channel === undefined || !canSee(workspace, channel, botUserId(call.app))) {
    throw new SlackError('channel_not_found');
  }
  if (right !== undefined) requireScope(call, `${prefixes[channel.kind]}:${right}`);
  return channel;
}

/** As visibleChannel, and the bot must be in it. Throws `not_in_channel` too. */
export function joinedChannel(call: Call, id: string, right?: string): Channel {
  const channel = visibleChannel(call, id, right);
  if (!isMember(channel, botUserId(call.app))) throw new SlackError('not_in_channel');
  return channel;
}

/**
 * Where a message may go: a conversation by id or `#name`, or a person's direct messages by user id.
 * Throws `channel_not_found`, `is_archived`, `not_in_channel`.
 */
export function postingChannel(call: Call, target: string): Channel {
  const { workspace } = call.slack;
  const user = workspace.data.users[target];
  if (user !== undefined) {
    if (user.deleted || user.is_bot) throw new SlackError('channel_not_found');
    return directMessage(workspace, botUserId(call.app), user.id).channel;
  }
  const name = target.replace(/^#/, '');
  const named = Object.values(workspace.data.channels).find((channel) => channel.name === name);
  const channel = visibleChannel(call, workspace.data.channels[target]?.id ?? named?.id ?? target);
  if (channel.is_archived) throw new SlackError('is_archived');
  const free = channel.kind === 'public' && call.app.scopes.includes('chat:write.public');
  if (!free && !isMember(channel, botUserId(call.app))) throw new SlackError('not_in_channel');
  return channel;
}

/** Throws `missing_scope` with what is needed and what the token has. */
export function requireScope(call: Call, ...oneOf: string[]): void {
  if (oneOf.some((scope) => call.app.scopes.includes(scope))) return;
  throw new SlackError('missing_scope', { needed: oneOf.join(','), provided: call.app.scopes.join(',') });
}
