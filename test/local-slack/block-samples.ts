import { checkBlocks, type Surface } from '../../src/local-slack/blocks/blocks.ts';
import { problemLine } from '../../src/local-slack/blocks/problem.ts';

export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const button = (more: object = {}) => ({
  type: 'button',
  text: plain('Go'),
  action_id: 'go',
  ...more,
});
export const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
export const task = (more: object = {}) => ({
  type: 'task_card',
  task_id: 't1',
  title: 'Restore',
  status: 'pending',
  ...more,
});
export const cell = (text: string) => ({ type: 'raw_text', text });
export const times = <Value>(count: number, value: Value): Value[] =>
  Array.from({ length: count }, () => value);

/** The lines that Slack would answer; empty when the blocks are good. */
export function refused(blocks: unknown, surface: Surface = 'message'): string[] {
  const checked = checkBlocks(blocks, surface);
  return checked.ok ? [] : checked.problems.map((problem) => problemLine(problem, '/blocks'));
}
