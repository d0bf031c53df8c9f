import { channelObject } from '../objects/channel.ts';
import { userObject } from '../objects/user.ts';
import { userGroupObject } from '../objects/user-group.ts';
import { type Channel, canSee, isMember } from '../workspace/channels.ts';
import { topLevel } from '../workspace/messages.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { botUserId } from '../world.ts';

/** Everything the page starts from. With `viewer`, only what that person sees, and how far they have read. */
export function boot(workspace: Workspace, viewer: string | undefined) {
  const { team, users, channels, userGroups, apps } = workspace.data;
  const visible = Object.values(channels).filter(
    (channel) => viewer === undefined || users[viewer] === undefined || canSee(workspace, channel, viewer),
  );
  return {
    ok: true,
    team: { id: team.id, name: team.name, domain: team.domain },
    users: Object.values(users).map((user) => userObject(workspace, user, { email: true })),
    channels: visible.map((channel) => pageChannel(workspace, channel, viewer)),
    user_groups: Object.values(userGroups).map((group) =>
      userGroupObject(workspace, group, { users: true, count: true }),
    ),
    apps: Object.values(apps).map((app) => ({
      id: app.id,
      name: app.name,
      bot_user_id: botUserId(app),
      commands: app.commands.map(({ command, description, usage_hint }) => ({
        command,
        description,
        usage_hint,
      })),
    })),
    emoji: workspace.data.emoji,
  };
}

/** A channel with its members, and what `viewer` has not read of it. */
export function pageChannel(workspace: Workspace, channel: Channel, viewer: string | undefined) {
  const read = viewer === undefined ? undefined : channel.lastRead[viewer];
  const unread = topLevel(channel).filter(
    (message) => message.user !== viewer && (read === undefined || Number(message.ts) > Number(read)),
  );
  return {
    ...channelObject(workspace, channel, { viewer: viewer ?? '', countMembers: true }),
    members: [...channel.members],
    ...(viewer === undefined || !isMember(channel, viewer)
      ? {}
      : { last_read: read ?? '0000000000.000000', unread_count: unread.length }),
  };
}
