import { channelObject } from '../objects/channel.ts';
import { messageObject } from '../objects/message.ts';
import { userObject } from '../objects/user.ts';
import type { Channel } from '../workspace/channels.ts';
import type { Message } from '../workspace/messages.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * A channel as Slack's export has it: path to content. `channels.json`, `users.json`, and a file per day with
 * that day's messages, replies among them, oldest first.
 */
export function exportChannel(workspace: Workspace, channel: Channel): Record<string, unknown> {
  const viewer = channel.members[0] ?? '';
  const days = [...new Set(channel.messages.map(dayOf))];
  return {
    'channels.json': [{ ...channelObject(workspace, channel, { viewer }), members: [...channel.members] }],
    'users.json': Object.values(workspace.data.users).map((user) =>
      userObject(workspace, user, { email: true }),
    ),
    ...Object.fromEntries(
      days.map((day) => [
        `${channel.name || channel.id}/${day}.json`,
        channel.messages
          .filter((message) => dayOf(message) === day)
          .map((message) => messageObject(workspace, channel, message, { metadata: true })),
      ]),
    ),
  };
}

/** The UTC day on which a message was posted: `2026-11-21`. */
function dayOf({ ts }: Message): string {
  return new Date(Number(ts) * 1000).toISOString().slice(0, 10);
}
