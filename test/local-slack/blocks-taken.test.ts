import { describe, expect, test } from '@jest/globals';
import { problemLine } from '../../src/local-slack/blocks/problem.ts';
import { checkView } from '../../src/local-slack/blocks/view.ts';
import { button, cell, mrkdwn, plain, refused, rich, task, times } from './block-samples.ts';

describe('blocks together', () => {
  test.each([
    [
      'section',
      { type: 'section', text: mrkdwn('x'.repeat(3000)), fields: times(10, plain('x'.repeat(2000))) },
    ],
    [
      'section with a menu',
      {
        type: 'section',
        text: mrkdwn('x'),
        accessory: { type: 'overflow', options: [{ text: plain('a'), value: 'a' }] },
      },
    ],
    ['header', { type: 'header', text: plain('x'.repeat(150)) }],
    [
      'context',
      {
        type: 'context',
        elements: [...times(9, mrkdwn('x')), { type: 'image', image_url: 'https://x/y.png', alt_text: 'y' }],
      },
    ],
    [
      'actions',
      {
        type: 'actions',
        elements: [
          button({ style: 'danger', value: 'x'.repeat(2000) }),
          { type: 'static_select', options: [{ text: plain('a'), value: 'a' }] },
          { type: 'multi_users_select', initial_users: ['U0ANA'] },
        ],
      },
    ],
    [
      'a button that asks first',
      {
        type: 'actions',
        elements: [
          button({
            confirm: {
              title: plain('Sure?'),
              text: mrkdwn('It goes'),
              confirm: plain('Yes'),
              deny: plain('No'),
            },
          }),
        ],
      },
    ],
    [
      'plan',
      {
        type: 'plan',
        title: 'Restore',
        tasks: [task({ details: rich('reading'), output: rich('42 rows') })],
      },
    ],
    ['task_card', task({ status: 'error', sources: [{ type: 'url', url: 'https://x', text: 'x' }] })],
    ['alert', { type: 'alert', level: 'warning', text: mrkdwn('Careful') }],
    [
      'card',
      { type: 'card', title: mrkdwn('x'.repeat(150)), body: mrkdwn('x'.repeat(200)), actions: [button()] },
    ],
    [
      'container',
      {
        type: 'container',
        title: plain('More'),
        is_collapsible: true,
        default_collapsed: true,
        child_blocks: [{ type: 'divider' }],
      },
    ],
    [
      'table',
      { type: 'table', rows: times(100, times(20, cell('x'))), column_settings: [{ align: 'right' }, null] },
    ],
    [
      'data_table',
      { type: 'data_table', caption: 'Rows', rows: times(2, [cell('a'), { type: 'raw_number', value: 1 }]) },
    ],
    ['markdown', { type: 'markdown', text: 'x'.repeat(12_000) }],
    [
      'rich_text',
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [
              {
                type: 'rich_text_section',
                elements: [
                  { type: 'user', user_id: 'U0ANA' },
                  { type: 'emoji', name: 'key' },
                ],
              },
            ],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'link', url: 'https://x' }] },
        ],
      },
    ],
    [
      'input',
      {
        type: 'input',
        label: plain('Name'),
        element: { type: 'plain_text_input', action_id: 'name', max_length: 3000 },
      },
    ],
    ['image', { type: 'image', alt_text: 'x', slack_file: { id: 'F1' } }],
  ])('%s at its limits is taken', (_name, block) => {
    expect(refused([block])).toEqual([]);
  });

  test('fifty are taken, fifty-one are not', () => {
    expect(refused(times(50, { type: 'divider' }))).toEqual([]);
    expect(refused(times(51, { type: 'divider' }))).toEqual([
      'no more than 50 items allowed [json-pointer:/blocks]',
    ]);
    expect(refused(times(100, { type: 'divider' }), 'modal')).toEqual([]);
    expect(refused(times(101, { type: 'divider' }), 'modal')).toHaveLength(1);
  });

  test('plan and task_card exclude each other, block_ids are unique, tables and markdown count together', () => {
    expect(refused([{ type: 'plan', title: 'x' }, task()])[0]).toContain('cannot be in the same message');
    expect(refused(times(2, { type: 'divider', block_id: 'same' }))[0]).toContain('already exists');
    expect(refused(times(2, { type: 'table', rows: [[cell('x'.repeat(5001))]] }))[0]).toContain(
      'less than 10001',
    );
    expect(refused(times(2, { type: 'markdown', text: 'x'.repeat(6001) }))[0]).toContain('less than 12001');
  });

  test('a plan is for messages, not for modals', () => {
    expect(refused([{ type: 'plan', title: 'x' }], 'modal')).toEqual([
      'unsupported type: plan [json-pointer:/blocks/0/type]',
    ]);
  });

  test('a modal needs a short title, and with inputs a submit', () => {
    const input = { type: 'input', label: plain('Name'), element: { type: 'plain_text_input' } };
    const messages = (view: object) => {
      const checked = checkView(view);
      return checked.ok ? [] : checked.problems.map((problem) => problemLine(problem, '/view'));
    };
    expect(messages({ type: 'modal', title: plain('Name'), submit: plain('Go'), blocks: [input] })).toEqual(
      [],
    );
    expect(messages({ type: 'modal', blocks: [] })).toEqual([
      'missing required field: title [json-pointer:/view]',
    ]);
    expect(messages({ type: 'modal', title: plain('x'.repeat(25)), blocks: [] })).toEqual([
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ]);
    expect(messages({ type: 'modal', title: plain('x'), blocks: [input] })).toEqual([
      'missing required field: submit [json-pointer:/view]',
    ]);
    expect(messages({ type: 'modal', title: plain('x'), blocks: [{ type: 'nope' }] })).toEqual([
      'unsupported type: nope [json-pointer:/view/blocks/0/type]',
    ]);
  });
});
