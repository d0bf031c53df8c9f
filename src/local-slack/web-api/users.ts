import { z } from 'zod';
import { userObject } from '../objects/user.ts';
import { userGroupObject } from '../objects/user-group.ts';
import { SlackError } from '../slack-error.ts';
import { userGroupOf, userOf } from '../workspace/workspace.ts';
import { flag, paging, text } from './fields.ts';
import { type Call, type Method, method } from './method.ts';
import { page } from './paging.ts';

export const users: Readonly<Record<string, Method>> = {
  'users.info': method({
    scopes: ['users:read'],
    json: false,
    args: z.object({ user: text }),
    run: (call, args) => ({
      user: userObject(call.slack.workspace, userOf(call.slack.workspace, args.user), seesEmail(call)),
    }),
  }),

  'users.list': method({
    scopes: ['users:read'],
    json: false,
    args: z.object(paging),
    run(call, args) {
      const { workspace } = call.slack;
      const everyone = Object.values(workspace.data.users);
      const { items, nextCursor } = page(everyone, (user) => user.id, { ...args, usual: 1000, most: 1000 });
      return {
        members: items.map((user) => userObject(workspace, user, seesEmail(call))),
        cache_ts: Math.floor(workspace.now() / 1000),
        response_metadata: { next_cursor: nextCursor },
      };
    },
  }),

  'users.lookupByEmail': method({
    scopes: ['users:read.email'],
    json: false,
    args: z.object({ email: text }),
    run(call, args) {
      const { workspace } = call.slack;
      const wanted = args.email.toLowerCase();
      const user = Object.values(workspace.data.users).find(
        (candidate) => candidate.email?.toLowerCase() === wanted && !candidate.deleted,
      );
      if (user === undefined) throw new SlackError('users_not_found');
      return { user: userObject(workspace, user, seesEmail(call)) };
    },
  }),

  'usergroups.list': method({
    scopes: ['usergroups:read'],
    json: false,
    args: z.object({
      include_count: flag.optional(),
      include_disabled: flag.optional(),
      include_users: flag.optional(),
    }),
    run({ slack: { workspace } }, args) {
      const groups = Object.values(workspace.data.userGroups).filter(
        (group) => args.include_disabled || !group.is_disabled,
      );
      const include = { users: args.include_users, count: args.include_count };
      return { usergroups: groups.map((group) => userGroupObject(workspace, group, include)) };
    },
  }),

  'usergroups.users.list': method({
    scopes: ['usergroups:read'],
    json: false,
    args: z.object({ usergroup: text, include_disabled: flag.optional() }),
    run({ slack: { workspace } }, args) {
      const group = userGroupOf(workspace, args.usergroup);
      if (group.is_disabled && !args.include_disabled) throw new SlackError('no_such_subteam');
      return { users: [...group.users] };
    },
  }),
};

function seesEmail(call: Call): { email: boolean } {
  return { email: call.app.scopes.includes('users:read.email') };
}
