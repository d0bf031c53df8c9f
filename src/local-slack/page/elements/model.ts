import { z } from 'zod';

/** Slack's composition objects and interactive elements, as far as the page draws them. */

export const TextObject = z.object({ type: z.enum(['plain_text', 'mrkdwn']), text: z.string() });
export type TextObject = z.infer<typeof TextObject>;

export const Option = z.object({
  text: TextObject,
  value: z.string().optional(),
  description: TextObject.optional(),
  url: z.string().optional(),
});
export type Option = z.infer<typeof Option>;

export const Confirm = z.object({
  title: TextObject.optional(),
  text: TextObject,
  confirm: TextObject.optional(),
  deny: TextObject.optional(),
  style: z.enum(['primary', 'danger']).optional(),
});
export type Confirm = z.infer<typeof Confirm>;

const actionable = { action_id: z.string().default(''), confirm: Confirm.optional() };
const placeholder = TextObject.optional();

export const Button = z.object({
  type: z.enum(['button', 'workflow_button', 'icon_button']),
  ...actionable,
  text: TextObject,
  value: z.string().optional(),
  url: z.string().optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().optional(),
});
export type Button = z.infer<typeof Button>;

export const Overflow = z.object({ type: z.literal('overflow'), ...actionable, options: z.array(Option) });
export type Overflow = z.infer<typeof Overflow>;

const OptionGroup = z.object({ label: TextObject, options: z.array(Option) });

export const Select = z.object({
  type: z.enum([
    'static_select',
    'users_select',
    'conversations_select',
    'channels_select',
    'multi_static_select',
    'multi_users_select',
    'multi_conversations_select',
    'multi_channels_select',
  ]),
  ...actionable,
  placeholder,
  options: z.array(Option).optional(),
  option_groups: z.array(OptionGroup).optional(),
  initial_option: Option.optional(),
  initial_options: z.array(Option).optional(),
  initial_user: z.string().optional(),
  initial_users: z.array(z.string()).optional(),
  initial_channel: z.string().optional(),
  initial_channels: z.array(z.string()).optional(),
  initial_conversation: z.string().optional(),
  initial_conversations: z.array(z.string()).optional(),
  default_to_current_conversation: z.boolean().optional(),
});
export type Select = z.infer<typeof Select>;

export const Choices = z.object({
  type: z.enum(['checkboxes', 'radio_buttons']),
  ...actionable,
  options: z.array(Option),
  initial_option: Option.optional(),
  initial_options: z.array(Option).optional(),
});
export type Choices = z.infer<typeof Choices>;

export const TextInput = z.object({
  type: z.enum(['plain_text_input', 'email_text_input', 'url_text_input', 'number_input']),
  ...actionable,
  placeholder,
  initial_value: z.string().optional(),
  multiline: z.boolean().optional(),
  min_length: z.number().optional(),
  max_length: z.number().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
  is_decimal_allowed: z.boolean().optional(),
});
export type TextInput = z.infer<typeof TextInput>;

export const Picker = z.object({
  type: z.enum(['datepicker', 'timepicker', 'datetimepicker']),
  ...actionable,
  initial_date: z.string().optional(),
  initial_time: z.string().optional(),
  initial_date_time: z.number().optional(),
});
export type Picker = z.infer<typeof Picker>;

export const Image = z.object({
  type: z.literal('image'),
  alt_text: z.string().default(''),
  image_url: z.string().optional(),
  slack_file: z.object({ id: z.string().optional(), url: z.string().optional() }).optional(),
});
export type Image = z.infer<typeof Image>;

export const Interactive = z.union([Button, Overflow, Select, Choices, TextInput, Picker]);
export type Interactive = z.infer<typeof Interactive>;
