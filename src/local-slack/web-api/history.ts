import { z } from 'zod';
import { messageObject } from '../objects/message.ts';
import { SlackError } from '../slack-error.ts';
import { type Message, repliesTo, topLevel } from '../workspace/messages.ts';
import { conversationScopes, joinedChannel } from './access.ts';
import { flag, paging, text } from './fields.ts';
import { type Method, method } from './method.ts';
import { page } from './paging.ts';

const range = {
  oldest: text.optional(),
  latest: text.optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
};
type Range = z.output<z.ZodObject<typeof range>>;

export const history: Readonly<Record<string, Method>> = {
  'conversations.history': method({
    scopes: conversationScopes('history'),
    args: z.object({ channel: text, ...paging, ...range }),
    run(call, args) {
      const channel = joinedChannel(call, args.channel, 'history');
      const newestFirst = topLevel(channel).filter(inRange(args)).toReversed();
      const { items, nextCursor } = page(newestFirst, (message) => message.ts, {
        ...args,
        usual: 100,
        most: 999,
      });
      const metadata = args.include_all_metadata ?? false;
      return {
        ...(args.latest === undefined ? {} : { latest: args.latest }),
        ...(args.oldest === undefined ? {} : { oldest: args.oldest }),
        messages: items.map((message) => messageObject(call.slack.workspace, channel, message, { metadata })),
        has_more: nextCursor !== '',
        pin_count: 0,
        channel_actions_ts: null,
        channel_actions_count: 0,
        ...(nextCursor === '' ? {} : { response_metadata: { next_cursor: nextCursor } }),
      };
    },
  }),

  'conversations.replies': method({
    scopes: conversationScopes('history'),
    json: false,
    args: z.object({ channel: text, ts: text, ...paging, ...range }),
    run(call, args) {
      const channel = joinedChannel(call, args.channel, 'history');
      const first = channel.messages.find((message) => message.ts === args.ts);
      if (first === undefined) throw new SlackError('thread_not_found');
      const replies = repliesTo(channel, first.ts).filter(inRange(args));
      const { items, nextCursor } = page([first, ...replies], (message) => message.ts, {
        ...args,
        usual: 1000,
        most: 1000,
      });
      const metadata = args.include_all_metadata ?? false;
      return {
        messages: items.map((message) => messageObject(call.slack.workspace, channel, message, { metadata })),
        has_more: nextCursor !== '',
        ...(nextCursor === '' ? {} : { response_metadata: { next_cursor: nextCursor } }),
      };
    },
  }),
};

/** Throws `invalid_ts_oldest`, `invalid_ts_latest`. */
function inRange({ oldest, latest, inclusive }: Range): (message: Message) => boolean {
  const from = oldest === undefined ? 0 : moment(oldest, 'invalid_ts_oldest');
  const to = latest === undefined ? Number.POSITIVE_INFINITY : moment(latest, 'invalid_ts_latest');
  return ({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= from && at <= to : at > from && at < to;
  };
}

function moment(ts: string, code: string): number {
  if (!/^\d+(\.\d+)?$/.test(ts)) throw new SlackError(code);
  return Number(ts);
}
