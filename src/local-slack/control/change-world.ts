import { z } from 'zod';
import { appFromManifest, Installation } from '../manifest.ts';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import { join, leave } from '../workspace/channels.ts';
import { botUser, createChannel, createData } from '../workspace/data.ts';
import { channelOf, seconds, userGroupOf } from '../workspace/workspace.ts';
import { WorldApp, WorldChannel, WorldUser, WorldUserGroup } from '../world.ts';

/** Everything that the control API can change in the world, by name. Each takes JSON and answers JSON. */
type Changer = (slack: Slack, input: unknown) => Readonly<Record<string, unknown>>;

export const changers: Readonly<Record<string, Changer>> = {
  /** Replaces the whole world. Open sockets stay; waiting faults are forgotten. */
  world(slack, input) {
    slack.workspace.data = createData(input, slack.workspace.now());
    slack.faults.clear();
    return {};
  },

  /** Adds a person, or alters what is given of one (`{id, is_restricted: true}`). Apps get `user_change`. */
  users(slack, input) {
    const { workspace } = slack;
    const { id } = z.looseObject({ id: z.string() }).parse(input);
    const { updated: _, ...before } = workspace.data.users[id] ?? { updated: 0 };
    const user = { ...WorldUser.parse({ ...before, ...objectOf(input) }), updated: seconds(workspace) };
    workspace.data.users[id] = user;
    workspace.publish({ type: 'user_changed', user });
    return { user };
  },

  /** Adds a channel, or alters one: `members` joins and removes people with the events that go with it. */
  channels(slack, input) {
    const { workspace } = slack;
    const { id } = z.looseObject({ id: z.string() }).parse(input);
    const existing = workspace.data.channels[id];
    if (existing === undefined) {
      const channel = createChannel(WorldChannel.parse(input), 'USLACKBOT', seconds(workspace));
      workspace.data.channels[id] = channel;
      workspace.publish({ type: 'channel_changed', channel });
      return { channel: channel.id };
    }
    const { members, is_private, ...patch } = WorldChannel.partial().parse(input);
    const kind = is_private === undefined ? existing.kind : is_private ? 'private' : 'public';
    const given = Object.keys(objectOf(input));
    const defined = Object.fromEntries(Object.entries(patch).filter(([key]) => given.includes(key)));
    const channel = { ...existing, ...defined, kind };
    workspace.data.channels[id] = channel;
    workspace.publish({ type: 'channel_changed', channel });
    if (given.includes('members') && members !== undefined) {
      for (const user of channel.members.filter((member) => !members.includes(member)))
        leave(workspace, channel, user);
      for (const user of members) join(workspace, channel, user);
    }
    return { channel: channel.id };
  },

  /** `{channel, user, on}`: joins or leaves. */
  membership(slack, input) {
    const { channel, user, on } = z
      .strictObject({ channel: z.string(), user: z.string(), on: z.boolean() })
      .parse(input);
    const where = channelOf(slack.workspace, channel);
    if (on) join(slack.workspace, where, user);
    else leave(slack.workspace, where, user);
    return {};
  },

  /** Adds a user group or alters one. Apps get `subteam_members_changed`. */
  'user-groups'(slack, input) {
    const { workspace } = slack;
    const { id } = z.looseObject({ id: z.string() }).parse(input);
    const { date_create, date_update, ...before } =
      workspace.data.userGroups[id] ?? newGroup(seconds(workspace));
    const parsed = WorldUserGroup.parse({ ...before, ...objectOf(input) });
    const group = { ...parsed, date_create, date_update: seconds(workspace) };
    const members = 'users' in before ? before.users : [];
    workspace.data.userGroups[id] = group;
    workspace.publish({
      type: 'user_group_changed',
      group: userGroupOf(workspace, id),
      added: group.users.filter((user) => !members.includes(user)),
      removed: members.filter((user) => !group.users.includes(user)),
      previousUpdate: date_update,
    });
    return { user_group: group.id };
  },

  /** Installs an app, as the world describes it or `{manifest, installation}`; or alters one (`{id, scopes}`). */
  apps(slack, input) {
    const { workspace } = slack;
    const body = objectOf(input);
    const { id } = z.looseObject({ id: z.string().optional() }).parse(input);
    const before = id === undefined ? undefined : workspace.data.apps[id];
    const app =
      'manifest' in body
        ? appFromManifest(body['manifest'], Installation.parse(body['installation']))
        : WorldApp.parse({ ...before, ...body });
    workspace.data.apps[app.id] = app;
    const bot = botUser(app);
    workspace.data.users[bot.id] ??= { ...bot, updated: seconds(workspace) };
    return { app: app.id, bot_user_id: bot.id };
  },
};

function newGroup(now: number) {
  return { date_create: now, date_update: now };
}

function objectOf(input: unknown): Readonly<Record<string, unknown>> {
  const object = z.record(z.string(), z.unknown()).safeParse(input);
  if (!object.success) throw new SlackError('invalid_arguments', { detail: 'a JSON object is needed' });
  return object.data;
}
