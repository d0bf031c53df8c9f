import { z } from 'zod';
import type { Block } from '../workspace/messages.ts';
import {
  actions,
  context,
  contextActions,
  divider,
  file,
  header,
  image,
  input,
  markdown,
  section,
  video,
} from './layout.ts';
import { alert, card, carousel, container, plan, taskCard } from './panels.ts';
import { type Problem, problemsOf } from './problem.ts';
import { richText } from './rich-text.ts';
import { dataTable, table } from './tables.ts';

/** Where blocks are shown. */
export type Surface = 'message' | 'modal' | 'home';

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const everywhere = [actions, context, divider, header, image, input, richText, section, video] as const;
const messageBlock = z.discriminatedUnion('type', [
  ...everywhere,
  alert,
  card,
  carousel,
  container,
  contextActions,
  dataTable,
  file,
  markdown,
  plan,
  table,
  taskCard,
]);
const viewBlock = z.discriminatedUnion('type', [...everywhere, alert, card, carousel, container, markdown]);

const mostBlocks = { message: 50, modal: 100, home: 100 } as const;
const mostTableCharacters = 10_000;
const mostMarkdownCharacters = 12_000;

/**
 * Checks blocks as Slack does and gives every block a `block_id`. The caps are those of Slack's block reference
 * and the published SDK types; table characters (10,000) and markdown characters (12,000) count per message.
 */
export function checkBlocks(blocks: unknown, surface: Surface): Checked<readonly Block[]> {
  const block = surface === 'message' ? messageBlock : viewBlock;
  const schema = z
    .array(block)
    .max(mostBlocks[surface])
    .superRefine((list, refinement) => {
      for (const [message, path] of wholeMessageProblems(list)) {
        refinement.addIssue({ code: 'custom', message, path: [...path] });
      }
    });
  const parsed = schema.safeParse(blocks);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, blocks) };
  return {
    ok: true,
    value: parsed.data.map((entry, index) => ({ ...entry, block_id: entry.block_id ?? newId(index) })),
  };
}

type Parsed = z.output<typeof messageBlock>;

/** What only the blocks together show. */
function wholeMessageProblems(blocks: readonly Parsed[]): [string, (string | number)[]][] {
  const problems: [string, (string | number)[]][] = [];
  const types = blocks.map((block) => block.type);
  if (types.includes('plan') && types.includes('task_card')) {
    problems.push([
      '`plan` and `task_card` blocks cannot be in the same message',
      [types.indexOf('task_card')],
    ]);
  }
  blocks.forEach((block, index) => {
    const first = blocks.findIndex((other) => other.block_id === block.block_id);
    if (block.block_id !== undefined && first < index) {
      problems.push([`\`block_id\` ${block.block_id} already exists`, [index, 'block_id']]);
    }
    if (block.type !== 'actions') return;
    const ids = block.elements.map((element) => element.action_id);
    ids.forEach((id, at) => {
      if (id !== undefined && ids.indexOf(id) < at) {
        problems.push([`\`action_id\` ${id} already exists`, [index, 'elements', at, 'action_id']]);
      }
    });
  });
  const tables = blocks.filter((block) => block.type === 'table' || block.type === 'data_table');
  if (textLength(tables) > mostTableCharacters) {
    problems.push([`tables must be less than ${mostTableCharacters + 1} characters`, []]);
  }
  if (textLength(blocks.filter((block) => block.type === 'markdown')) > mostMarkdownCharacters) {
    problems.push([`markdown must be less than ${mostMarkdownCharacters + 1} characters`, []]);
  }
  return problems;
}

/** The length of every `text` in a tree of blocks. */
function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + textLength(entry), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, entry]) =>
      sum + (key === 'text' && typeof entry === 'string' ? entry.length : textLength(entry)),
    0,
  );
}

function newId(index: number): string {
  return Math.random().toString(36).slice(2, 6).padEnd(4, 'x') + index.toString(36);
}
