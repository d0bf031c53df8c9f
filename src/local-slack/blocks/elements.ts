import { z } from 'zod';
import { anyText, confirm, hasOneSource, id, imageSource, option, plainText } from './text.ts';

const confirmable = { action_id: id, confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plainText(150).optional() };
const field = { ...confirmable, ...focusable, ...placeholder };
const dispatch = z.strictObject({
  trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).optional(),
});
const maxSelected = { max_selected_items: z.number().int().min(1).optional() };

export const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  ...confirmable,
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
});

export const image = z
  .strictObject({ type: z.literal('image'), alt_text: z.string().min(1).max(2000), ...imageSource })
  .refine(hasOneSource, 'must define either `image_url` or `slack_file`');

const choices = { options: z.array(option).min(1).max(10) };
const menu = {
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z
    .array(z.strictObject({ label: plainText(75), options: z.array(option).min(1).max(100) }))
    .max(100)
    .optional(),
};
const oneMenu = (select: { options?: unknown; option_groups?: unknown }) =>
  (select.options === undefined) !== (select.option_groups === undefined);
const needsOneMenu = 'must define either `options` or `option_groups`';

const selects = [
  z
    .strictObject({ type: z.literal('static_select'), ...field, ...menu, initial_option: option.optional() })
    .refine(oneMenu, needsOneMenu),
  z
    .strictObject({
      type: z.literal('multi_static_select'),
      ...field,
      ...menu,
      ...maxSelected,
      initial_options: z.array(option).optional(),
    })
    .refine(oneMenu, needsOneMenu),
  ...(['users', 'channels', 'conversations'] as const).flatMap(listSelects),
  z.strictObject({
    type: z.literal('external_select'),
    ...field,
    min_query_length: z.number().int().optional(),
    initial_option: option.optional(),
  }),
  z.strictObject({
    type: z.literal('multi_external_select'),
    ...field,
    ...maxSelected,
    min_query_length: z.number().int().optional(),
    initial_options: z.array(option).optional(),
  }),
] as const;

const pickers = [
  z.strictObject({
    type: z.literal('checkboxes'),
    ...confirmable,
    ...focusable,
    ...choices,
    initial_options: z.array(option).optional(),
  }),
  z.strictObject({
    type: z.literal('radio_buttons'),
    ...confirmable,
    ...focusable,
    ...choices,
    initial_option: option.optional(),
  }),
  z.strictObject({ type: z.literal('datepicker'), ...field, initial_date: z.iso.date().optional() }),
  z.strictObject({
    type: z.literal('datetimepicker'),
    ...confirmable,
    ...focusable,
    initial_date_time: z.number().int().optional(),
  }),
  z.strictObject({
    type: z.literal('timepicker'),
    ...field,
    initial_time: z.string().optional(),
    timezone: z.string().optional(),
  }),
] as const;

const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...confirmable,
  options: z.array(option).min(1).max(5),
});
const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  action_id: id,
  text: plainText(75),
  workflow: z.record(z.string(), z.unknown()),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
});
const richTextInput = z.strictObject({
  type: z.literal('rich_text_input'),
  action_id: id,
  ...focusable,
  ...placeholder,
  initial_value: z.record(z.string(), z.unknown()).optional(),
  dispatch_action_config: dispatch.optional(),
});
const typed = { action_id: id, ...focusable, ...placeholder, dispatch_action_config: dispatch.optional() };
const length = z.number().int().min(0).max(3000).optional();

const inputs = [
  z.strictObject({
    type: z.literal('plain_text_input'),
    ...typed,
    initial_value: z.string().optional(),
    multiline: z.boolean().optional(),
    min_length: length,
    max_length: length,
  }),
  z.strictObject({ type: z.literal('email_text_input'), ...typed, initial_value: z.string().optional() }),
  z.strictObject({ type: z.literal('url_text_input'), ...typed, initial_value: z.string().optional() }),
  z.strictObject({
    type: z.literal('number_input'),
    ...typed,
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('file_input'),
    action_id: id,
    filetypes: z.array(z.string()).optional(),
    max_files: z.number().int().min(1).max(10).optional(),
  }),
] as const;

const feedbackButton = z.strictObject({
  text: plainText(75),
  value: z.string().max(2000),
  accessibility_label: z.string().max(75).optional(),
});

/** What an `actions` block takes. */
export const actionsElement = z.discriminatedUnion('type', [
  button,
  ...selects,
  ...pickers,
  overflow,
  workflowButton,
  richTextInput,
]);
/** What a section takes at its side. */
export const accessory = z.discriminatedUnion('type', [
  button,
  image,
  ...selects,
  ...pickers,
  overflow,
  workflowButton,
]);
/** What an `input` block takes. */
export const inputElement = z.discriminatedUnion('type', [...inputs, ...selects, ...pickers, richTextInput]);
/** What a `context` block takes. */
export const contextElement = z.discriminatedUnion('type', [image, anyText(3000)]);
/** What a `context_actions` block takes. */
export const contextActionsElement = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('feedback_buttons'),
    action_id: id,
    positive_button: feedbackButton,
    negative_button: feedbackButton,
  }),
  z.strictObject({
    type: z.literal('icon_button'),
    ...confirmable,
    icon: z.enum(['trash']),
    text: plainText(75),
    value: z.string().max(2000).optional(),
    accessibility_label: z.string().max(75).optional(),
    visible_to_user_ids: z.array(z.string()).optional(),
  }),
]);

/** The two menus that Slack fills itself: of one choice, and of several. */
function listSelects<Kind extends 'users' | 'channels' | 'conversations'>(kind: Kind) {
  const filtered = {
    response_url_enabled: z.boolean().optional(),
    default_to_current_conversation: z.boolean().optional(),
    filter: z.record(z.string(), z.unknown()).optional(),
  };
  const singular = kind.slice(0, -1);
  return [
    z.strictObject({
      type: z.literal(`${kind}_select` as const),
      ...field,
      ...filtered,
      [`initial_${singular}`]: z.string().optional(),
    }),
    z.strictObject({
      type: z.literal(`multi_${kind}_select` as const),
      ...field,
      ...filtered,
      ...maxSelected,
      [`initial_${kind}`]: z.array(z.string()).optional(),
    }),
  ];
}
