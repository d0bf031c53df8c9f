import {
  botUserId,
  World,
  type WorldApp,
  type WorldChannel,
  type WorldUser,
  type WorldUserGroup,
} from '../world.ts';
import type { Channel } from './channels.ts';
import type { StoredFile } from './files.ts';
import type { Ephemeral } from './messages.ts';
import type { ResponseUrl } from './response-urls.ts';
import type { Trigger } from './triggers.ts';
import type { View } from './views.ts';

/**
 * Everything that the local Slack knows, as plain JSON: it can be written to a file and read back. Sockets,
 * timers and pending deliveries are not state; they live with the server.
 */
export interface WorkspaceData {
  readonly team: World['team'];
  readonly emoji: Readonly<Record<string, string>>;
  readonly users: Record<string, User>;
  readonly channels: Record<string, Channel>;
  readonly userGroups: Record<string, UserGroup>;
  readonly apps: Record<string, WorldApp>;
  readonly files: Record<string, StoredFile>;
  readonly views: Record<string, View>;
  readonly triggers: Record<string, Trigger>;
  readonly responseUrls: Record<string, ResponseUrl>;
  /** Messages that one person sees and history does not have. */
  readonly ephemerals: Ephemeral[];
  /** The last `ts` given out, in microseconds since 1970: every `ts` of a workspace is unique and grows. */
  lastTs: number;
  /** Feeds ids: `F0001`, `V0002`, … */
  lastId: number;
}

export interface User extends WorldUser {
  /** Seconds since 1970. */
  readonly updated: number;
}

export interface UserGroup extends WorldUserGroup {
  readonly date_create: number;
  readonly date_update: number;
}

/** The state that `world` describes, at `now` (milliseconds since 1970). Throws a ZodError on a wrong world. */
export function createData(world: unknown, now: number): WorkspaceData {
  const { team, users, channels, user_groups, apps, emoji } = World.parse(world);
  const seconds = Math.floor(now / 1000);
  const everyone = [
    ...users,
    ...apps.map(botUser).filter((bot) => users.every((user) => user.id !== bot.id)),
  ];
  return {
    team,
    emoji,
    users: byId(everyone.map((user) => ({ ...user, updated: seconds }))),
    channels: byId(channels.map((channel) => createChannel(channel, users[0]?.id ?? 'USLACKBOT', seconds))),
    userGroups: byId(user_groups.map((group) => ({ ...group, date_create: seconds, date_update: seconds }))),
    apps: byId(apps),
    files: {},
    views: {},
    triggers: {},
    responseUrls: {},
    ephemerals: [],
    lastTs: 0,
    lastId: 0,
  };
}

/** A new, empty channel as `channel` describes it. `seconds` is its time of creation. */
export function createChannel(channel: WorldChannel, creator: string, seconds: number): Channel {
  const { is_private, ...rest } = channel;
  return {
    ...rest,
    kind: is_private ? 'private' : 'public',
    members: [...channel.members],
    creator,
    created: seconds,
    messages: [],
    lastRead: {},
  };
}

/** The user that stands for an app's bot. */
export function botUser(app: WorldApp): WorldUser {
  return {
    id: botUserId(app),
    name: app.name.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '_'),
    real_name: app.name,
    title: '',
    tz: 'Etc/UTC',
    deleted: false,
    is_admin: false,
    is_bot: true,
    is_restricted: false,
    is_ultra_restricted: false,
    is_stranger: false,
  };
}

function byId<Entry extends { id: string }>(entries: readonly Entry[]): Record<string, Entry> {
  return Object.fromEntries(entries.map((entry) => [entry.id, entry]));
}
