import { z } from 'zod';
import { button, image as imageElement } from './elements.ts';
import { actions, context, divider, file, header, image, input, section, video } from './layout.ts';
import { richText } from './rich-text.ts';
import { table } from './tables.ts';
import { anyText, id, mrkdwn, plainText } from './text.ts';

/** The newer blocks: progress (`plan`, `task_card`), `alert`, cards and containers. */
export const alert = z.strictObject({
  type: z.literal('alert'),
  block_id: id,
  text: anyText(3000),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});

export const card = z
  .strictObject({
    type: z.literal('card'),
    block_id: id,
    hero_image: imageElement.optional(),
    icon: imageElement.optional(),
    title: mrkdwn(150).optional(),
    subtitle: mrkdwn(150).optional(),
    body: mrkdwn(200).optional(),
    actions: z.array(button).optional(),
  })
  .refine((block) => block.hero_image ?? block.title ?? block.actions ?? block.body, {
    message: 'must define at least one of `hero_image`, `title`, `actions`, `body`',
  });

export const carousel = z.strictObject({
  type: z.literal('carousel'),
  block_id: id,
  elements: z.array(card).min(1).max(10),
});

export const container = z
  .strictObject({
    type: z.literal('container'),
    block_id: id,
    title: plainText(150).optional(),
    rich_text_title: richText.optional(),
    subtitle: anyText(150).optional(),
    child_blocks: z
      .array(
        z.discriminatedUnion('type', [
          actions,
          context,
          divider,
          file,
          header,
          image,
          input,
          richText,
          section,
          table,
          video,
        ]),
      )
      .max(10),
    width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
    icon: imageElement.optional(),
    is_collapsible: z.boolean().optional(),
    default_collapsed: z.boolean().optional(),
    has_header_divider: z.boolean().optional(),
  })
  .refine((block) => block.title ?? block.rich_text_title, { message: 'missing required field: title' })
  .refine((block) => !block.default_collapsed || block.is_collapsible, {
    message: '`default_collapsed` requires `is_collapsible`',
  });

export const taskCard = z.strictObject({
  type: z.literal('task_card'),
  block_id: id,
  task_id: z.string().min(1),
  title: z.string().min(1),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: z.string(), text: z.string() })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});

export const plan = z.strictObject({
  type: z.literal('plan'),
  block_id: id,
  title: z.string().min(1),
  tasks: z.array(taskCard).optional(),
});
