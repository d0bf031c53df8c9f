import { z } from 'zod';
import { richText } from './rich-text.ts';
import { id } from './text.ts';

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().optional() }),
  richText,
]);
const row = z.array(cell).min(1).max(20);

export const table = z.strictObject({
  type: z.literal('table'),
  block_id: id,
  rows: z.array(row).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        })
        .nullable(),
    )
    .max(20)
    .optional(),
});

export const dataTable = z.strictObject({
  type: z.literal('data_table'),
  block_id: id,
  rows: z.array(row).min(2).max(101),
  caption: z.string().min(1),
  page_size: z.number().int().min(1).max(100).optional(),
  row_header_column_index: z.number().int().min(0).max(19).optional(),
});
