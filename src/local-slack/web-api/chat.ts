import { z } from 'zod';
import { botId } from '../apps.ts';
import { messageObject, permalink } from '../objects/message.ts';
import { SlackError } from '../slack-error.ts';
import { isMember } from '../workspace/channels.ts';
import {
  type Draft,
  edit,
  type Message,
  messageOf,
  post,
  postEphemeral,
  remove,
} from '../workspace/messages.ts';
import { botUserId } from '../world.ts';
import { postingChannel, visibleChannel } from './access.ts';
import { type ContentArguments, contentArguments, readContent } from './content.ts';
import { flag, text } from './fields.ts';
import { type Call, type Method, method, type Reply } from './method.ts';

const appearance = { username: text.optional(), icon_emoji: text.optional(), icon_url: text.optional() };
const longestUpdate = 4000;

export const chat: Readonly<Record<string, Method>> = {
  'chat.postMessage': method({
    scopes: ['chat:write'],
    args: z.object({
      channel: text,
      ...contentArguments,
      ...appearance,
      thread_ts: text.optional(),
      reply_broadcast: flag.optional(),
    }),
    run(call, args) {
      const channel = postingChannel(call, args.channel);
      const content = readContent(args);
      const message = post(call.slack.workspace, channel, {
        ...author(call, args.username),
        ...spoken(content),
        thread_ts: args.thread_ts,
        subtype: args.reply_broadcast && args.thread_ts !== undefined ? 'thread_broadcast' : undefined,
      });
      return {
        channel: channel.id,
        ts: message.ts,
        message: messageObject(call.slack.workspace, channel, message, { metadata: true }),
        ...warned(content.warnings),
      };
    },
  }),

  'chat.postEphemeral': method({
    scopes: ['chat:write'],
    args: z.object({
      channel: text,
      user: text,
      ...contentArguments,
      ...appearance,
      thread_ts: text.optional(),
    }),
    run(call, args) {
      const channel = postingChannel(call, args.channel);
      const content = readContent(args);
      if (!isMember(channel, args.user)) throw new SlackError('user_not_in_channel');
      const message = postEphemeral(call.slack.workspace, channel, args.user, {
        ...author(call, args.username),
        ...spoken(content),
        thread_ts: args.thread_ts,
      });
      return { message_ts: message.ts, ...warned(content.warnings) };
    },
  }),

  'chat.update': method({
    scopes: ['chat:write'],
    args: z.object({ channel: text, ts: text, ...contentArguments }),
    run(call, args) {
      const channel = visibleChannel(call, args.channel);
      const previous = messageOf(channel, args.ts);
      if (previous.bot_id !== botId(call.app) || previous.subtype === 'tombstone') {
        throw new SlackError('cant_update_message');
      }
      if ((args.text?.length ?? 0) > longestUpdate) throw new SlackError('msg_too_long');
      const message = edit(call.slack.workspace, channel, args.ts, revision(call, previous, args));
      return {
        channel: channel.id,
        ts: message.ts,
        text: message.text,
        message: messageObject(call.slack.workspace, channel, message, { metadata: true }),
      };
    },
  }),

  'chat.delete': method({
    scopes: ['chat:write'],
    args: z.object({ channel: text, ts: text }),
    run(call, args) {
      const channel = visibleChannel(call, args.channel);
      const message = messageOf(channel, args.ts);
      if (message.bot_id !== botId(call.app)) throw new SlackError('cant_delete_message');
      remove(call.slack.workspace, channel, args.ts);
      return { channel: channel.id, ts: args.ts };
    },
  }),

  'chat.getPermalink': method({
    scopes: [],
    json: false,
    args: z.object({ channel: text, message_ts: text }),
    run(call, args) {
      const channel = visibleChannel(call, args.channel);
      return { channel: channel.id, permalink: permalink(call.slack.workspace, channel, args.message_ts) };
    },
  }),
};

/** What an app's message has for its author. */
export function author(
  call: Pick<Call, 'app'>,
  username?: string,
): Pick<Draft, 'user' | 'bot_id' | 'app_id' | 'username'> {
  return {
    user: botUserId(call.app),
    bot_id: botId(call.app),
    app_id: call.app.id,
    username: call.app.scopes.includes('chat:write.customize') ? username : undefined,
  };
}

function spoken({ text: said, blocks, attachments, metadata }: ReturnType<typeof readContent>) {
  return { text: said, blocks, attachments, metadata };
}

/** Text without blocks takes blocks away and marks the message as edited; blocks leave no such mark. */
function revision(call: Call, previous: Message, args: ContentArguments): Partial<Message> {
  const content = readContent({ ...args, text: args.text ?? (args.blocks ? previous.text : undefined) });
  const isRich = (message: Pick<Message, 'blocks'>) =>
    message.blocks?.some((block) => block.type === 'rich_text');
  if (isRich(previous) && content.blocks !== undefined && !isRich(content))
    throw new SlackError('block_mismatch');
  const { workspace } = call.slack;
  const edited = { user: botUserId(call.app), ts: `${Math.floor(workspace.now() / 1000)}.000000` };
  return {
    text: content.text,
    blocks: content.blocks,
    attachments: content.attachments ?? (args.attachments === undefined ? previous.attachments : undefined),
    metadata: content.metadata ?? previous.metadata,
    edited: content.blocks === undefined ? edited : previous.edited,
  };
}

function warned(warnings: readonly string[]): Reply {
  return warnings.length === 0 ? {} : { warning: warnings.join(','), response_metadata: { warnings } };
}
