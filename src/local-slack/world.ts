import { z } from 'zod';

/**
 * The description of a workspace that the local Slack starts from: who is there, which conversations exist,
 * which apps are installed. Plain JSON, so that it can be a file (`--world`) or the body of a control call.
 */
export type World = z.output<typeof World>;
export type WorldInput = z.input<typeof World>;

const Team = z.strictObject({
  id: z.string().regex(/^T[A-Z0-9]+$/, 'a team id such as T0LOCAL'),
  name: z.string().min(1),
  /** The part before `.slack.com`. */
  domain: z.string().min(1),
});

export type WorldUser = z.output<typeof WorldUser>;
export const WorldUser = z.strictObject({
  id: z.string().regex(/^[UW][A-Z0-9]+$/, 'a user id such as U0ANA'),
  /** The handle, without `@`. */
  name: z.string().min(1),
  real_name: z.string().min(1),
  display_name: z.string().optional(),
  email: z.string().optional(),
  title: z.string().default(''),
  tz: z.string().default('Etc/UTC'),
  deleted: z.boolean().default(false),
  is_admin: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  /** A guest of several channels. */
  is_restricted: z.boolean().default(false),
  /** A guest of one channel; Slack then sets `is_restricted` too. */
  is_ultra_restricted: z.boolean().default(false),
  /** A person of another workspace, met through a shared channel. */
  is_stranger: z.boolean().default(false),
  /** The home workspace of a stranger. */
  team_id: z.string().optional(),
});

export type WorldChannel = z.output<typeof WorldChannel>;
export const WorldChannel = z.strictObject({
  id: z.string().regex(/^[CG][A-Z0-9]+$/, 'a channel id such as C0INCIDENT'),
  name: z.string().regex(/^[\p{Ll}\p{N}_-]{1,80}$/u, 'lower case letters, digits, - and _, at most 80'),
  is_private: z.boolean().default(false),
  is_archived: z.boolean().default(false),
  is_ext_shared: z.boolean().default(false),
  is_general: z.boolean().default(false),
  topic: z.string().default(''),
  purpose: z.string().default(''),
  members: z.array(z.string()).default([]),
});

export type WorldUserGroup = z.output<typeof WorldUserGroup>;
export const WorldUserGroup = z.strictObject({
  id: z.string().regex(/^S[A-Z0-9]+$/, 'a user group id such as S0DBAPPROVERS'),
  handle: z.string().min(1),
  name: z.string().min(1),
  description: z.string().default(''),
  is_disabled: z.boolean().default(false),
  users: z.array(z.string()).default([]),
});

const WorldCommand = z.strictObject({
  command: z.string().regex(/^\/\S{1,31}$/, 'a slash and at most 31 characters without blanks'),
  description: z.string().default(''),
  usage_hint: z.string().default(''),
  should_escape: z.boolean().default(false),
  /** Where this command is delivered over HTTP; without it, the app's `request_url`. */
  url: z.url().optional(),
});

export type WorldApp = z.output<typeof WorldApp>;
export const WorldApp = z
  .strictObject({
    id: z.string().regex(/^A[A-Z0-9]+$/, 'an app id such as A0TWOKEY'),
    name: z.string().min(1).max(35),
    /** The bot's user; made when no user of that id exists. Without it: `U` and the rest of the app's id. */
    bot_user_id: z.string().optional(),
    bot_token: z.string().startsWith('xoxb-'),
    app_token: z.string().startsWith('xapp-').optional(),
    app_scopes: z.array(z.string()).default(['connections:write']),
    signing_secret: z.string().min(1),
    scopes: z.array(z.string()).default([]),
    commands: z.array(WorldCommand).default([]),
    events: z.array(z.string()).default([]),
    interactivity: z.boolean().default(true),
    /** Where events, commands and interactions go over HTTP. */
    request_url: z.url().optional(),
    /** Delivery over Socket Mode; without it, true when there is no `request_url`. */
    socket_mode: z.boolean().optional(),
  })
  .refine((app) => app.socket_mode !== false || app.request_url !== undefined, {
    message: 'an app without Socket Mode needs a request_url',
  });

export const World = z
  .strictObject({
    team: Team,
    users: z.array(WorldUser),
    channels: z.array(WorldChannel),
    user_groups: z.array(WorldUserGroup).default([]),
    apps: z.array(WorldApp).default([]),
    /** Custom emoji: name to image URL or `alias:name`. */
    emoji: z.record(z.string(), z.string()).default({}),
  })
  .superRefine((world, context) => {
    const bots = world.apps.map(botUserId);
    const known = new Set([...world.users.map((user) => user.id), ...bots]);
    const unknown = (list: readonly string[], path: (string | number)[]) => {
      for (const id of list.filter((user) => !known.has(user))) {
        context.addIssue({ code: 'custom', path, message: `there is no user ${id}` });
      }
    };
    world.channels.forEach((channel, index) => {
      unknown(channel.members, ['channels', index, 'members']);
    });
    world.user_groups.forEach((group, index) => {
      unknown(group.users, ['user_groups', index, 'users']);
    });
    for (const list of ['users', 'channels', 'user_groups', 'apps'] as const) {
      const ids = world[list].map((entry) => entry.id);
      const twice = ids.find((id, index) => ids.indexOf(id) !== index);
      if (twice !== undefined)
        context.addIssue({ code: 'custom', path: [list], message: `${twice} is there twice` });
    }
  });

/** The user id that an app's bot has. */
export function botUserId(app: { id: string; bot_user_id?: string | undefined }): string {
  return app.bot_user_id ?? `U${app.id.slice(1)}`;
}
