import { z } from 'zod';
import { messageObject, permalink, reactionObject } from '../objects/message.ts';
import { SlackError } from '../slack-error.ts';
import { isMember } from '../workspace/channels.ts';
import { messageOf } from '../workspace/messages.ts';
import { addReaction, removeReaction } from '../workspace/reactions.ts';
import { userOf } from '../workspace/workspace.ts';
import { botUserId } from '../world.ts';
import { joinedChannel } from './access.ts';
import { flag, paging, text } from './fields.ts';
import { type Call, type Method, method } from './method.ts';
import { page } from './paging.ts';

const item = { channel: text.optional(), timestamp: text.optional() };
/** Without `full`, Slack may cut the lists of people; the local Slack does so from here. */
const shortList = 50;

export const reactions: Readonly<Record<string, Method>> = {
  'reactions.add': method({
    scopes: ['reactions:write'],
    args: z.object({ ...item, name: text }),
    run(call, args) {
      const { channel, ts } = itemOf(call, args);
      addReaction(call.slack.workspace, channel, ts, botUserId(call.app), args.name);
      return {};
    },
  }),

  'reactions.remove': method({
    scopes: ['reactions:write'],
    args: z.object({ ...item, name: text }),
    run(call, args) {
      const { channel, ts } = itemOf(call, args);
      removeReaction(call.slack.workspace, channel, ts, botUserId(call.app), args.name);
      return {};
    },
  }),

  'reactions.get': method({
    scopes: ['reactions:read'],
    json: false,
    args: z.object({ ...item, full: flag.optional() }),
    run(call, args) {
      const { channel, ts } = itemOf(call, args);
      const message = messageOf(channel, ts);
      const shown = message.reactions.map(reactionObject).map((reaction) => ({
        ...reaction,
        users: args.full ? reaction.users : reaction.users.slice(0, shortList),
      }));
      return {
        type: 'message',
        channel: channel.id,
        message: {
          ...messageObject(call.slack.workspace, channel, message),
          ...(shown.length > 0 ? { reactions: shown } : {}),
          permalink: permalink(call.slack.workspace, channel, ts),
        },
      };
    },
  }),

  'reactions.list': method({
    scopes: ['reactions:read'],
    json: false,
    args: z.object({ user: text.optional(), full: flag.optional(), ...paging }),
    run(call, args) {
      const { workspace } = call.slack;
      const user = userOf(workspace, args.user ?? botUserId(call.app)).id;
      const seen = Object.values(workspace.data.channels).filter((channel) =>
        isMember(channel, botUserId(call.app)),
      );
      const reacted = seen.flatMap((channel) =>
        channel.messages
          .filter((message) => message.reactions.some((reaction) => reaction.users.includes(user)))
          .map((message) => ({ channel, message })),
      );
      const newestFirst = reacted.toSorted((one, other) => Number(other.message.ts) - Number(one.message.ts));
      const { items, nextCursor } = page(newestFirst, ({ message }) => message.ts, {
        ...args,
        usual: 100,
        most: 1000,
      });
      return {
        items: items.map(({ channel, message }) => ({
          type: 'message',
          channel: channel.id,
          message: messageObject(workspace, channel, message),
        })),
        response_metadata: { next_cursor: nextCursor },
      };
    },
  }),
};

function itemOf(call: Call, args: { channel?: string | undefined; timestamp?: string | undefined }) {
  if (args.channel === undefined || args.timestamp === undefined) throw new SlackError('no_item_specified');
  if (!/^\d+\.\d{6}$/.test(args.timestamp)) throw new SlackError('bad_timestamp');
  return { channel: joinedChannel(call, args.channel), ts: args.timestamp };
}
