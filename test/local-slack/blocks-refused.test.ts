import { describe, expect, test } from '@jest/globals';
import { button, cell, mrkdwn, plain, refused, task, times } from './block-samples.ts';

describe('a block', () => {
  test.each([
    ['an unknown block', { type: 'banner' }, 'unsupported type: banner [json-pointer:/blocks/0/type]'],
    ['no type', { text: plain('x') }, 'missing required field: type [json-pointer:/blocks/0]'],
    [
      'an unknown field',
      { type: 'divider', color: 'red' },
      'invalid additional property: color [json-pointer:/blocks/0]',
    ],
    ['a section with nothing', { type: 'section' }, 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'a long section',
      { type: 'section', text: mrkdwn('x'.repeat(3001)) },
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'an empty section',
      { type: 'section', text: mrkdwn('') },
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'eleven fields',
      { type: 'section', fields: times(11, plain('x')) },
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a long field',
      { type: 'section', fields: [plain('x'.repeat(2001))] },
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'text as a string',
      { type: 'section', text: 'x' },
      'must provide an object [json-pointer:/blocks/0/text]',
    ],
    [
      'a mrkdwn header',
      { type: 'header', text: mrkdwn('x') },
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a long header',
      { type: 'header', text: plain('x'.repeat(151)) },
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'eleven context elements',
      { type: 'context', elements: times(11, plain('x')) },
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button in a context',
      { type: 'context', elements: [button()] },
      'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'no actions',
      { type: 'actions', elements: [] },
      'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'twenty-six actions',
      {
        type: 'actions',
        elements: Array.from({ length: 26 }, (_, index) => button({ action_id: `a${index}` })),
      },
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'an input element among actions',
      { type: 'actions', elements: [{ type: 'plain_text_input' }] },
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a long button',
      { type: 'actions', elements: [button({ text: plain('x'.repeat(76)) })] },
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a long value',
      { type: 'actions', elements: [button({ value: 'x'.repeat(2001) })] },
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'a wrong style',
      { type: 'actions', elements: [button({ style: 'green' })] },
      'invalid value: green [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a long action_id',
      { type: 'actions', elements: [button({ action_id: 'x'.repeat(256) })] },
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'the same action_id twice',
      { type: 'actions', elements: [button(), button()] },
      '`action_id` go already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      'a long block_id',
      { type: 'divider', block_id: 'x'.repeat(256) },
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      'an unknown status',
      task({ status: 'completed' }),
      'invalid value: completed [json-pointer:/blocks/0/status]',
    ],
    [
      'plain details of a task',
      task({ details: 'reading' }),
      'must provide an object [json-pointer:/blocks/0/details]',
    ],
    [
      'a plan without a title',
      { type: 'plan', tasks: [] },
      'missing required field: title [json-pointer:/blocks/0]',
    ],
    [
      'a long card',
      { type: 'card', body: mrkdwn('x'.repeat(201)) },
      'must be less than 201 characters [json-pointer:/blocks/0/body/text]',
    ],
    [
      'an empty card',
      { type: 'card' },
      'must define at least one of `hero_image`, `title`, `actions`, `body` [json-pointer:/blocks/0]',
    ],
    [
      'a plan in a container',
      { type: 'container', title: plain('x'), child_blocks: [{ type: 'plan', title: 'x' }] },
      'unsupported type: plan [json-pointer:/blocks/0/child_blocks/0/type]',
    ],
    [
      '101 rows',
      { type: 'table', rows: times(101, [cell('x')]) },
      'no more than 100 items allowed [json-pointer:/blocks/0/rows]',
    ],
    [
      '21 columns',
      { type: 'table', rows: [times(21, cell('x'))] },
      'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
    ],
    [
      'a data_table of one row',
      { type: 'data_table', caption: 'x', rows: [[cell('x')]] },
      'no fewer than 2 items allowed [json-pointer:/blocks/0/rows]',
    ],
    [
      'an image from two places',
      { type: 'image', alt_text: 'x', image_url: 'https://x', slack_file: { id: 'F1' } },
      'must define either `image_url` or `slack_file` [json-pointer:/blocks/0]',
    ],
    [
      'long markdown',
      { type: 'markdown', text: 'x'.repeat(12_001) },
      'must be less than 12001 characters [json-pointer:/blocks/0/text]',
    ],
  ])('%s is refused where it stands', (_name, block, line) => {
    expect(refused([block])[0]).toBe(line);
  });
});
