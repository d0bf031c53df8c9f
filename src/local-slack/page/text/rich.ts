import { z } from 'zod';
import type { Inline, Part } from './nodes.ts';

const Style = z.object({
  bold: z.boolean().optional(),
  italic: z.boolean().optional(),
  strike: z.boolean().optional(),
  code: z.boolean().optional(),
});

const Leaf = z.object({
  type: z.string(),
  text: z.string().optional(),
  style: Style.optional(),
  url: z.string().optional(),
  user_id: z.string().optional(),
  channel_id: z.string().optional(),
  usergroup_id: z.string().optional(),
  range: z.string().optional(),
  name: z.string().optional(),
  skin_tone: z.number().optional(),
  timestamp: z.number().optional(),
  format: z.string().optional(),
  fallback: z.string().optional(),
  value: z.string().optional(),
});
type Leaf = z.infer<typeof Leaf>;

const Leaves = z.object({
  type: z.enum(['rich_text_section', 'rich_text_quote', 'rich_text_preformatted']),
  elements: z.array(Leaf),
});
const List = z.object({
  type: z.literal('rich_text_list'),
  style: z.string(),
  indent: z.number().optional(),
  offset: z.number().optional(),
  elements: z.array(z.object({ elements: z.array(Leaf) })),
});

/** A `rich_text` block, as far as the page draws it. */
export const RichText = z.object({
  type: z.literal('rich_text'),
  elements: z.array(z.union([List, Leaves])),
});
export type RichText = z.infer<typeof RichText>;

export function readRichText(block: RichText): Part[] {
  return block.elements.map((element): Part => {
    if (element.type === 'rich_text_list')
      return {
        type: 'list',
        ordered: element.style === 'ordered',
        indent: element.indent ?? 0,
        start: (element.offset ?? 0) + 1,
        items: element.elements.map((item) => item.elements.flatMap(inline)),
      };
    if (element.type === 'rich_text_preformatted')
      return { type: 'pre', text: element.elements.map((leaf) => leaf.text ?? leaf.url ?? '').join('') };
    const children = element.elements.flatMap(inline);
    return element.type === 'rich_text_quote'
      ? { type: 'quote', parts: [{ type: 'paragraph', children }] }
      : { type: 'paragraph', children };
  });
}

function inline(leaf: Leaf): Inline[] {
  const { style } = leaf;
  if (style?.code && leaf.type === 'text') return wrap([{ type: 'code', text: leaf.text ?? '' }], style);
  return wrap(bare(leaf), style);
}

function wrap(nodes: Inline[], style: Leaf['style']): Inline[] {
  return (['bold', 'italic', 'strike'] as const).reduce(
    (inner, name) => (style?.[name] ? [{ type: name, children: inner }] : inner),
    nodes,
  );
}

function bare(leaf: Leaf): Inline[] {
  switch (leaf.type) {
    case 'text':
      return (leaf.text ?? '')
        .split('\n')
        .flatMap((text, index): Inline[] => [
          ...(index > 0 ? [{ type: 'break' } as const] : []),
          ...(text ? [{ type: 'text', text } as const] : []),
        ]);
    case 'link': {
      const url = leaf.url ?? '';
      return [{ type: 'link', url, children: [{ type: 'text', text: leaf.text || url }] }];
    }
    case 'user':
      return [{ type: 'user', id: leaf.user_id ?? '' }];
    case 'channel':
      return [{ type: 'channel', id: leaf.channel_id ?? '' }];
    case 'usergroup':
      return [{ type: 'group', id: leaf.usergroup_id ?? '' }];
    case 'broadcast':
      return [{ type: 'broadcast', range: leaf.range ?? '' }];
    case 'emoji': {
      const tone = leaf.skin_tone ? `::skin-tone-${leaf.skin_tone}` : '';
      return [{ type: 'emoji', name: `${leaf.name ?? ''}${tone}` }];
    }
    case 'date':
      return [
        {
          type: 'date',
          at: leaf.timestamp ?? 0,
          format: leaf.format ?? '',
          fallback: leaf.fallback ?? '',
          ...(leaf.url ? { url: leaf.url } : {}),
        },
      ];
    default:
      return [{ type: 'text', text: leaf.text ?? leaf.value ?? `[${leaf.type}]` }];
  }
}
