import { z } from 'zod';

/**
 * What the page reads of the server's objects. They are Slack's own objects with many more fields; unknown fields are
 * dropped here, so that a new one never breaks the page.
 */

const text = z.string().nullish();
const flag = z.boolean().nullish();

export const User = z.object({
  id: z.string(),
  name: z.string(),
  real_name: text,
  color: text,
  deleted: flag,
  is_bot: flag,
  is_app_user: flag,
  is_admin: flag,
  is_owner: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_invited_user: flag,
  profile: z
    .object({ display_name: text, real_name: text, title: text, status_text: text, status_emoji: text })
    .default({}),
});
export type User = z.infer<typeof User>;

export const Channel = z.object({
  id: z.string(),
  name: text,
  is_im: flag,
  is_mpim: flag,
  is_private: flag,
  is_archived: flag,
  is_ext_shared: flag,
  user: text,
  topic: z.object({ value: z.string() }).nullish(),
  purpose: z.object({ value: z.string() }).nullish(),
  members: z.array(z.string()).nullish(),
  last_read: text,
  unread_count: z.number().nullish(),
});
export type Channel = z.infer<typeof Channel>;

export const UserGroup = z.object({
  id: z.string(),
  name: z.string(),
  handle: z.string(),
  description: text,
  users: z.array(z.string()).nullish(),
});
export type UserGroup = z.infer<typeof UserGroup>;

export const Command = z.object({ command: z.string(), description: text, usage_hint: text });
export type Command = z.infer<typeof Command>;

export const SlackApp = z.object({
  id: z.string(),
  name: z.string(),
  bot_user_id: text,
  commands: z.array(Command).default([]),
});
export type SlackApp = z.infer<typeof SlackApp>;

/** A block of any kind; each kind's own shape is read where it is drawn. */
export const Block = z.looseObject({ type: z.string(), block_id: z.string().optional() });
export type Block = z.infer<typeof Block>;

export const SlackFile = z.object({
  id: z.string(),
  name: text,
  title: text,
  mimetype: text,
  filetype: text,
  size: z.number().nullish(),
  mode: text,
});
export type SlackFile = z.infer<typeof SlackFile>;

export const Reaction = z.object({ name: z.string(), count: z.number(), users: z.array(z.string()) });
export type Reaction = z.infer<typeof Reaction>;

const Attachment = z.object({
  color: text,
  title: text,
  text,
  fallback: text,
  blocks: z.array(Block).nullish(),
});
export type Attachment = z.infer<typeof Attachment>;

export const Message = z.object({
  ts: z.string(),
  subtype: text,
  user: text,
  bot_id: text,
  app_id: text,
  username: text,
  bot_profile: z.object({ name: text }).nullish(),
  icons: z.object({ emoji: text }).nullish(),
  text: z
    .string()
    .nullish()
    .transform((value) => value ?? ''),
  thread_ts: text,
  blocks: z.array(Block).nullish(),
  attachments: z.array(Attachment).nullish(),
  reactions: z.array(Reaction).nullish(),
  files: z.array(SlackFile).nullish(),
  reply_count: z.number().nullish(),
  reply_users: z.array(z.string()).nullish(),
  latest_reply: text,
  edited: z.object({ user: text, ts: text }).nullish(),
  is_ephemeral: flag,
});
export type Message = z.infer<typeof Message>;

const TextObject = z.object({ type: z.string(), text: z.string() });

export const View = z.object({
  id: z.string(),
  root_view_id: text,
  type: z.string(),
  callback_id: text,
  title: TextObject.nullish(),
  submit: TextObject.nullish(),
  close: TextObject.nullish(),
  hash: text,
  blocks: z.array(Block).default([]),
});
export type View = z.infer<typeof View>;

export const Boot = z.object({
  team: z.object({ id: z.string(), name: z.string(), domain: text }),
  users: z.array(User),
  channels: z.array(Channel),
  user_groups: z.array(UserGroup).default([]),
  apps: z.array(SlackApp).default([]),
});
export type Boot = z.infer<typeof Boot>;

/** What the stream says; an event of another type is ignored by the reader. */
export const StreamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), channel: z.string(), message: Message }),
  z.object({ type: z.literal('message_changed'), channel: z.string(), message: Message }),
  z.object({ type: z.literal('message_deleted'), channel: z.string(), ts: z.string() }),
  z.object({
    type: z.literal('view'),
    view: View.nullish(),
    view_id: text,
    trigger: z.enum(['open', 'update', 'push', 'close']),
  }),
  z.object({ type: z.literal('channel'), channel: Channel }),
  z.object({ type: z.literal('command_error'), text: z.string(), channel: text }),
  z.object({ type: z.literal('ping') }),
]);
export type StreamEvent = z.infer<typeof StreamEvent>;
