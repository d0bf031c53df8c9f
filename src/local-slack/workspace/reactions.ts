import { SlackError } from '../slack-error.ts';
import type { Channel } from './channels.ts';
import { standardEmoji } from './emoji.ts';
import { type Message, messageOf, type Reaction } from './messages.ts';
import type { Workspace } from './workspace.ts';

const mostKinds = 23;

/** Throws `invalid_name`, `message_not_found`, `already_reacted`, `too_many_emoji`, `is_archived`. */
export function addReaction(
  workspace: Workspace,
  channel: Channel,
  ts: string,
  user: string,
  name: string,
): void {
  const reaction = storedName(workspace, name);
  const message = messageOf(channel, ts);
  if (channel.is_archived) throw new SlackError('is_archived');
  const present = message.reactions.find((candidate) => candidate.name === reaction);
  if (present?.users.includes(user)) throw new SlackError('already_reacted');
  if (present === undefined && message.reactions.length >= mostKinds) throw new SlackError('too_many_emoji');
  const reactions: Reaction[] =
    present === undefined
      ? [...message.reactions, { name: reaction, users: [user] }]
      : message.reactions.map((other) =>
          other === present ? { name: reaction, users: [...other.users, user] } : other,
        );
  replace(workspace, channel, { ...message, reactions }, { type: 'reaction_added', user, reaction });
}

/** Throws `invalid_name`, `message_not_found`, `no_reaction`. */
export function removeReaction(
  workspace: Workspace,
  channel: Channel,
  ts: string,
  user: string,
  name: string,
): void {
  const reaction = storedName(workspace, name);
  const message = messageOf(channel, ts);
  const present = message.reactions.find((candidate) => candidate.name === reaction);
  if (!present?.users.includes(user)) throw new SlackError('no_reaction');
  const reactions = message.reactions
    .map((other) =>
      other === present ? { ...other, users: other.users.filter((id) => id !== user) } : other,
    )
    .filter((other) => other.users.length > 0);
  replace(workspace, channel, { ...message, reactions }, { type: 'reaction_removed', user, reaction });
}

/** The stored name: without colons, aliases folded, a skin tone kept. Only emoji that there are. */
function storedName(workspace: Workspace, name: string): string {
  const bare = name.replaceAll(/^:|:$/g, '');
  const [, base = '', tone = ''] = /^(.*?)(::skin-tone-[2-6])?$/u.exec(bare) ?? [];
  const kept = standardEmoji(base) ?? (Object.hasOwn(workspace.data.emoji, base) ? base : undefined);
  if (kept === undefined) throw new SlackError('invalid_name');
  return `${kept}${tone}`;
}

function replace(
  workspace: Workspace,
  channel: Channel,
  message: Message,
  change: { type: 'reaction_added' | 'reaction_removed'; user: string; reaction: string },
): void {
  const index = channel.messages.findIndex((candidate) => candidate.ts === message.ts);
  channel.messages[index] = message;
  workspace.publish({ ...change, channel, message });
}
