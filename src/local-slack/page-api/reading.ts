import { messageObject } from '../objects/message.ts';
import { SlackError } from '../slack-error.ts';
import { type Channel, canSee } from '../workspace/channels.ts';
import { type Message, repliesTo, topLevel } from '../workspace/messages.ts';
import { userOf, type Workspace } from '../workspace/workspace.ts';

/**
 * What `viewer` sees in a channel, oldest first: its messages outside threads, or with `threadTs` that thread.
 * Their ephemeral messages are among them. Without `viewer`, what everyone sees. Throws `channel_not_found`.
 */
export function messagesFor(
  workspace: Workspace,
  channel: Channel,
  viewer: string | undefined,
  threadTs: string | undefined,
): Record<string, unknown>[] {
  if (viewer !== undefined && !canSee(workspace, channel, userOf(workspace, viewer).id)) {
    throw new SlackError('channel_not_found');
  }
  const lasting =
    threadTs === undefined
      ? topLevel(channel)
      : [...channel.messages.filter((message) => message.ts === threadTs), ...repliesTo(channel, threadTs)];
  const fleeting = workspace.data.ephemerals
    .filter((ephemeral) => ephemeral.channel === channel.id && ephemeral.user === viewer)
    .map((ephemeral) => ephemeral.message)
    .filter((message) => message.thread_ts === threadTs);
  const shown = [
    ...lasting.map((message) => messageObject(workspace, channel, message, { metadata: true })),
    ...fleeting.map((message) => ephemeralObject(workspace, channel, message)),
  ];
  return shown.toSorted((one, other) => Number(one.ts) - Number(other.ts));
}

/** An ephemeral message as the page shows it. */
export function ephemeralObject(workspace: Workspace, channel: Channel, message: Message) {
  return { ...messageObject(workspace, channel, message), is_ephemeral: true };
}
