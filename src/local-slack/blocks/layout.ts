import { z } from 'zod';
import {
  accessory,
  actionsElement,
  contextActionsElement,
  contextElement,
  inputElement,
} from './elements.ts';
import { anyText, hasOneSource, id, imageSource, plainText } from './text.ts';

export const section = z
  .strictObject({
    type: z.literal('section'),
    block_id: id,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, {
    message: 'missing required field: text',
  });

export const header = z.strictObject({ type: z.literal('header'), block_id: id, text: plainText(150) });

export const divider = z.strictObject({ type: z.literal('divider'), block_id: id });

export const context = z.strictObject({
  type: z.literal('context'),
  block_id: id,
  elements: z.array(contextElement).min(1).max(10),
});

export const contextActions = z.strictObject({
  type: z.literal('context_actions'),
  block_id: id,
  elements: z.array(contextActionsElement).min(1).max(5),
});

export const actions = z.strictObject({
  type: z.literal('actions'),
  block_id: id,
  elements: z.array(actionsElement).min(1).max(25),
});

export const input = z.strictObject({
  type: z.literal('input'),
  block_id: id,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  element: inputElement,
  dispatch_action: z.boolean().optional(),
});

export const image = z
  .strictObject({
    type: z.literal('image'),
    block_id: id,
    alt_text: z.string().min(1).max(2000),
    title: plainText(2000).optional(),
    ...imageSource,
  })
  .refine(hasOneSource, 'must define either `image_url` or `slack_file`');

export const markdown = z.strictObject({
  type: z.literal('markdown'),
  block_id: id,
  text: z.string().min(1).max(12_000),
});

export const video = z.strictObject({
  type: z.literal('video'),
  block_id: id,
  video_url: z.string(),
  thumbnail_url: z.string(),
  alt_text: z.string(),
  title: plainText(199),
  title_url: z.string().optional(),
  author_name: z.string().max(49).optional(),
  provider_name: z.string().optional(),
  provider_icon_url: z.string().optional(),
  description: plainText(3000).optional(),
});

export const file = z.strictObject({
  type: z.literal('file'),
  block_id: id,
  source: z.literal('remote'),
  external_id: z.string(),
});
