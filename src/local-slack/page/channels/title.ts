import { nameOf } from '../people/names.ts';
import type { Channel } from '../state/model.ts';
import type { Workspace } from '../state/state.ts';

/** `#incident`, or the other person's name in a direct message. */
export function channelTitle(channel: Channel | undefined, workspace: Workspace): string {
  if (!channel) return '';
  if (channel.is_im) return nameOf(workspace.users.get(channel.user ?? ''), channel.user ?? 'Direct message');
  return channel.is_private ? (channel.name ?? channel.id) : `#${channel.name ?? channel.id}`;
}

/** Channels, then direct messages, as the person may see them, each sorted by name. */
export function sortChannels(workspace: Workspace, me: string) {
  const sorted = [...workspace.channels.values()]
    .filter((channel) => !channel.is_archived)
    .sort((a, b) => channelTitle(a, workspace).localeCompare(channelTitle(b, workspace)));
  const member = (channel: Channel) => channel.members?.includes(me) ?? false;
  return {
    joined: sorted.filter((channel) => !channel.is_im && member(channel)),
    others: sorted.filter((channel) => !channel.is_im && !member(channel) && !channel.is_private),
    direct: sorted.filter((channel) => channel.is_im && member(channel)),
  };
}
