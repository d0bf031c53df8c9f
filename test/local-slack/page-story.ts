import type { types } from '@slack/bolt';

type Block = types.KnownBlock;
type RichText = Extract<Block, { type: 'rich_text' }>;

/** What an app posts in the course of a restore test, in the blocks that such a thread is made of. */

export const card = (state = 'Approval needed'): Block[] => [
  { type: 'header', text: { type: 'plain_text', text: `:old_key: ${state} · OP-7F3K` } },
  {
    type: 'section',
    text: {
      type: 'mrkdwn',
      text: '<@U0ANA> asks to *test a restore* of `orders-prod`.\nNothing of the target changes.',
    },
  },
  {
    type: 'section',
    fields: [
      { type: 'mrkdwn', text: '*Backup*\n`orders_20261121_0200.dump`\n412 MB · 8 h old' },
      { type: 'mrkdwn', text: '*Who may approve*\n1 of <!subteam^S0DBAPPROVERS|@db-approvers>' },
    ],
  },
  { type: 'alert', level: 'warning', text: { type: 'mrkdwn', text: 'The host key is in mode *same-user*.' } },
  {
    type: 'context',
    elements: [
      { type: 'mrkdwn', text: 'Digest `sha256:3f9a` · :white_check_mark: approves, :no_entry: denies' },
    ],
  },
  {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: 'cancel',
        style: 'danger',
        text: { type: 'plain_text', text: 'Cancel' },
        confirm: {
          title: { type: 'plain_text', text: 'Cancel OP-7F3K?' },
          text: { type: 'mrkdwn', text: 'Nothing has been *started*.' },
          confirm: { type: 'plain_text', text: 'Cancel it' },
          deny: { type: 'plain_text', text: 'Keep it' },
        },
      },
      { type: 'button', action_id: 'confirm', text: { type: 'plain_text', text: 'Type the target' } },
      {
        type: 'static_select',
        action_id: 'keep',
        placeholder: { type: 'plain_text', text: 'Keep for…' },
        options: [
          { text: { type: 'plain_text', text: '1 hour' }, value: '1h' },
          { text: { type: 'plain_text', text: '4 hours' }, value: '4h' },
        ],
      },
    ],
  },
];

export const plan: Block[] = [
  {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_section', elements: [{ type: 'text', text: 'The plan', style: { bold: true } }] },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: ['Verify the backup', 'Restore into a sandbox'].map((text) => ({
          type: 'rich_text_section',
          elements: [{ type: 'text', text }],
        })),
      },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'twokey allow OP-7F3K' }] },
    ],
  },
];

export const progress: Block[] = [
  {
    type: 'plan',
    title: 'Restoring · OP-7F3K',
    tasks: [
      {
        type: 'task_card',
        task_id: '1',
        title: 'Check the artifact',
        status: 'complete',
        output: words('412 MB'),
      },
      {
        type: 'task_card',
        task_id: '2',
        title: 'Restore',
        status: 'in_progress',
        details: words('14 of 22 tables'),
      },
      { type: 'task_card', task_id: '3', title: 'Compare the rows', status: 'pending' },
    ],
  },
  { type: 'context', elements: [{ type: 'mrkdwn', text: '▓▓▓▓▓▓▓░░░ 62 % · ETA 1 min' }] },
];

export const auditRecord: Block[] = [
  { type: 'header', text: { type: 'plain_text', text: ':white_check_mark: Verified · OP-7F3K' } },
  {
    type: 'table',
    column_settings: [{}, { align: 'right' }],
    rows: [
      [cell('Check'), cell('Found')],
      [cell('Rows'), cell('3,911,204')],
      [cell('Foreign keys'), cell('31 of 31')],
    ],
  },
  {
    type: 'container',
    title: { type: 'plain_text', text: 'Evidence' },
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Log root `b1946ac9`' } }],
  },
];

export const typeTheTarget: types.ModalView = {
  type: 'modal',
  callback_id: 'typed-target',
  title: { type: 'plain_text', text: 'Confirm the target' },
  submit: { type: 'plain_text', text: 'Confirm' },
  blocks: [
    {
      type: 'input',
      block_id: 'target',
      label: { type: 'plain_text', text: 'Target' },
      element: { type: 'plain_text_input', action_id: 'name' },
    },
  ],
};

function cell(text: string): { type: 'raw_text'; text: string } {
  return { type: 'raw_text', text };
}

function words(text: string): RichText {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}
