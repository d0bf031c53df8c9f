import { z } from 'zod';
import { botId } from '../apps.ts';
import { SlackError } from '../slack-error.ts';
import { userOf } from '../workspace/workspace.ts';
import { botUserId } from '../world.ts';
import { text } from './fields.ts';
import { type Method, method } from './method.ts';

/** Who am I, where am I, is anybody there. */
export const basics: Readonly<Record<string, Method>> = {
  'api.test': method({
    token: 'none',
    scopes: [],
    args: z.record(z.string(), z.unknown()),
    run(_call, args) {
      const { error } = args;
      if (typeof error === 'string') throw new SlackError(error, { args });
      return Object.keys(args).length > 0 ? { args } : {};
    },
  }),

  'auth.test': method({
    token: 'any',
    scopes: [],
    args: z.object({}),
    run({ slack: { workspace }, app }) {
      const user = userOf(workspace, botUserId(app));
      return {
        url: `${workspace.origin()}/`,
        team: workspace.data.team.name,
        user: user.name,
        team_id: workspace.data.team.id,
        user_id: user.id,
        bot_id: botId(app),
        is_enterprise_install: false,
      };
    },
  }),

  'team.info': method({
    scopes: ['team:read'],
    args: z.object({ team: text.optional() }),
    run({ slack: { workspace } }, args) {
      const { team } = workspace.data;
      if (args.team !== undefined && args.team !== team.id) throw new SlackError('team_not_found');
      return {
        team: {
          id: team.id,
          name: team.name,
          url: `${workspace.origin()}/`,
          domain: team.domain,
          email_domain: '',
          icon: { image_default: true },
          avatar_base_url: 'https://avatars.invalid/',
          is_verified: false,
        },
      };
    },
  }),

  'bots.info': method({
    scopes: ['users:read'],
    json: false,
    args: z.object({ bot: text.optional() }),
    run({ slack: { workspace } }, args) {
      if (args.bot === undefined) return {};
      const app = Object.values(workspace.data.apps).find((candidate) => botId(candidate) === args.bot);
      if (app === undefined) throw new SlackError('bot_not_found');
      return {
        bot: {
          id: botId(app),
          deleted: false,
          name: app.name,
          updated: userOf(workspace, botUserId(app)).updated,
          app_id: app.id,
          user_id: botUserId(app),
          icons: { image_36: '', image_48: '', image_72: '' },
        },
      };
    },
  }),

  'emoji.list': method({
    scopes: ['emoji:read'],
    json: false,
    args: z.object({}),
    run: ({ slack }) => ({
      emoji: slack.workspace.data.emoji,
      cache_ts: String(slack.workspace.now() / 1000),
    }),
  }),

  'apps.connections.open': method({
    token: 'app',
    scopes: ['connections:write'],
    args: z.object({}),
    run: ({ slack, app, host }) => ({ url: slack.delivery.openTicket(app, host) }),
  }),
};
