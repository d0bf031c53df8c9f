import { z } from 'zod';
import type { ViewFields } from '../workspace/views.ts';
import { type Checked, checkBlocks } from './blocks.ts';
import { problemsOf } from './problem.ts';
import { plainText } from './text.ts';

const common = {
  blocks: z.unknown(),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};
const view = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modal'),
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
    ...common,
  }),
  z.strictObject({ type: z.literal('home'), ...common }),
]);

/** Checks a modal or a home tab. A modal with inputs needs `submit`. */
export function checkView(input: unknown): Checked<ViewFields> {
  const parsed = view.safeParse(input);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, input) };
  const blocks = checkBlocks(parsed.data.blocks, parsed.data.type);
  if (!blocks.ok) {
    return {
      ok: false,
      problems: blocks.problems.map((problem) => ({ ...problem, pointer: `/blocks${problem.pointer}` })),
    };
  }
  const hasInput = blocks.value.some((block) => block.type === 'input');
  if (parsed.data.type === 'modal' && hasInput && parsed.data.submit === undefined) {
    return {
      ok: false,
      problems: [{ code: 'missing_field', message: 'missing required field: submit', pointer: '' }],
    };
  }
  return { ok: true, value: { ...parsed.data, blocks: blocks.value } };
}
