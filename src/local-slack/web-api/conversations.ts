import { z } from 'zod';
import { channelObject } from '../objects/channel.ts';
import { SlackError } from '../slack-error.ts';
import { type Channel, canSee, directMessage, isMember, join } from '../workspace/channels.ts';
import { userOf } from '../workspace/workspace.ts';
import { botUserId } from '../world.ts';
import { conversationScopes, requireScope, visibleChannel } from './access.ts';
import { flag, list, paging, text } from './fields.ts';
import { type Call, type Method, method } from './method.ts';
import { page } from './paging.ts';

const kinds = { public_channel: 'public', private_channel: 'private', im: 'im', mpim: 'mpim' } as const;
const kindScopes = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
} as const;
const kindList = list.pipe(z.array(z.enum(['public_channel', 'private_channel', 'im', 'mpim'])));

export const conversations: Readonly<Record<string, Method>> = {
  'conversations.info': method({
    scopes: conversationScopes('read'),
    json: false,
    args: z.object({ channel: text, include_locale: flag.optional(), include_num_members: flag.optional() }),
    run: (call, args) => ({
      channel: shown(call, visibleChannel(call, args.channel, 'read'), {
        countMembers: args.include_num_members,
        locale: args.include_locale,
      }),
    }),
  }),

  'conversations.list': method({
    scopes: conversationScopes('read'),
    json: false,
    args: z.object({ ...paging, types: text.optional(), exclude_archived: flag.optional() }),
    run(call, args) {
      const types = kindList.safeParse(args.types ?? 'public_channel');
      if (!types.success) throw new SlackError('invalid_types');
      for (const type of types.data) requireScope(call, kindScopes[type]);
      const { workspace } = call.slack;
      const wanted = new Set<string>(types.data.map((type) => kinds[type]));
      const found = Object.values(workspace.data.channels).filter(
        (channel) =>
          wanted.has(channel.kind) &&
          canSee(workspace, channel, botUserId(call.app)) &&
          !(args.exclude_archived && channel.is_archived),
      );
      const { items, nextCursor } = page(found, (channel) => channel.id, { ...args, usual: 100, most: 1000 });
      return {
        channels: items.map((channel) => shown(call, channel, { countMembers: true })),
        response_metadata: { next_cursor: nextCursor },
      };
    },
  }),

  'conversations.members': method({
    scopes: conversationScopes('read'),
    json: false,
    args: z.object({ channel: text, ...paging }),
    run(call, args) {
      const channel = visibleChannel(call, args.channel, 'read');
      const { items, nextCursor } = page(channel.members, (id) => id, { ...args, usual: 100, most: 1000 });
      return { members: [...items], response_metadata: { next_cursor: nextCursor } };
    },
  }),

  'conversations.join': method({
    scopes: ['channels:join'],
    args: z.object({ channel: text }),
    run(call, args) {
      const channel = visibleChannel(call, args.channel);
      if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
      if (isMember(channel, botUserId(call.app))) {
        const warnings = ['already_in_channel'];
        return { channel: shown(call, channel), warning: warnings[0], response_metadata: { warnings } };
      }
      join(call.slack.workspace, channel, botUserId(call.app));
      return { channel: shown(call, channel) };
    },
  }),

  'conversations.invite': method({
    scopes: ['channels:manage', 'channels:write.invites', 'groups:write', 'groups:write.invites'],
    args: z.object({ channel: text, users: list, force: flag.optional() }),
    run(call, args) {
      const channel = visibleChannel(call, args.channel);
      if (channel.kind === 'im') throw new SlackError('method_not_supported_for_channel_type');
      if (channel.is_archived) throw new SlackError('is_archived');
      if (!isMember(channel, botUserId(call.app))) throw new SlackError('not_in_channel');
      if (args.users.length === 0) throw new SlackError('no_user');
      const errors = args.users.flatMap((user) => inviteProblem(call, channel, user));
      const [first] = errors;
      if (first !== undefined && !args.force) throw new SlackError(first.error, { errors });
      const bad = new Set(errors.map((error) => error.user));
      for (const user of args.users.filter((id) => !bad.has(id))) {
        join(call.slack.workspace, channel, user, botUserId(call.app));
      }
      return { channel: shown(call, channel), ...(errors.length > 0 ? { errors } : {}) };
    },
  }),

  'conversations.open': method({
    scopes: ['im:write', 'mpim:write', 'channels:manage', 'groups:write'],
    args: z.object({ channel: text.optional(), users: list.optional(), return_im: flag.optional() }),
    run(call, args) {
      if (args.channel !== undefined) return { channel: { id: visibleChannel(call, args.channel).id } };
      const [user, ...others] = args.users ?? [];
      if (user === undefined) throw new SlackError('users_list_not_supplied');
      if (others.length > 0) throw new SlackError('method_not_supported_for_channel_type');
      if (userOf(call.slack.workspace, user).deleted) throw new SlackError('user_disabled');
      requireScope(call, 'im:write');
      const { channel, isNew } = directMessage(call.slack.workspace, botUserId(call.app), user);
      const again = isNew ? {} : { no_op: true, already_open: true };
      return { ...again, channel: args.return_im ? shown(call, channel) : { id: channel.id } };
    },
  }),
};

function shown(
  call: Call,
  channel: Channel,
  options: { countMembers?: boolean | undefined; locale?: boolean | undefined } = {},
) {
  return channelObject(call.slack.workspace, channel, { viewer: botUserId(call.app), ...options });
}

function inviteProblem(
  call: Call,
  channel: Channel,
  user: string,
): { user: string; ok: false; error: string }[] {
  const problem = (error: string) => [{ user, ok: false as const, error }];
  const invited = call.slack.workspace.data.users[user];
  if (invited === undefined || invited.deleted) return problem('user_not_found');
  if (user === botUserId(call.app)) return problem('cant_invite_self');
  if (isMember(channel, user)) return problem('already_in_channel');
  if (invited.is_ultra_restricted) return problem('ura_max_channels');
  return [];
}
