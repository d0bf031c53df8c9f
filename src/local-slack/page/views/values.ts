import { z } from 'zod';
import type { Answer } from '../elements/acting.ts';
import type { Block } from '../state/model.ts';

/** `view.state.values`: block id → action id → what was set. */
export type Values = Readonly<Record<string, Readonly<Record<string, Answer>>>>;

const Required = z.object({
  type: z.literal('input'),
  block_id: z.string(),
  optional: z.boolean().default(false),
  element: z.object({ action_id: z.string().default('') }),
});

/** What Slack's client refuses to submit: required inputs that are empty. Block id → the text to show. */
export function missingValues(blocks: readonly Block[], values: Values): Record<string, string> {
  const missing: Record<string, string> = {};
  for (const block of blocks) {
    const input = Required.safeParse(block);
    if (!input.success || input.data.optional) continue;
    const answer = values[input.data.block_id]?.[input.data.element.action_id];
    if (!answer || isEmpty(answer)) missing[input.data.block_id] = 'Please complete this required field.';
  }
  return missing;
}

function isEmpty({ type: _, ...answer }: Answer): boolean {
  return Object.values(answer).every(
    (value) => value === null || (Array.isArray(value) && value.length === 0),
  );
}
