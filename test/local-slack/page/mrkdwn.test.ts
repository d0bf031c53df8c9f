import { describe, expect, test } from '@jest/globals';
import { parseInline, parseMrkdwn } from '../../../src/local-slack/page/text/mrkdwn.ts';

const text = (value: string) => ({ type: 'text', text: value });

describe('mrkdwn', () => {
  test('styles nest, and code keeps what is inside', () => {
    expect(parseInline('*bold _both_* ~no~ `*code*`')).toEqual([
      { type: 'bold', children: [text('bold '), { type: 'italic', children: [text('both')] }] },
      text(' '),
      { type: 'strike', children: [text('no')] },
      text(' '),
      { type: 'code', text: '*code*' },
    ]);
  });

  test.each(['5*3*2', 'snake_case_name', '* not bold *', 'a * b * c', '_', '**', '*open', '`open'])(
    '%s is plain text',
    (plain) => {
      expect(parseInline(plain)).toEqual([text(plain)]);
    },
  );

  test('references to people, channels, groups and everyone', () => {
    expect(parseInline('<@U1|ana> <#C1|ops> <!subteam^S1|@dba> <!here>')).toEqual([
      { type: 'user', id: 'U1', label: 'ana' },
      text(' '),
      { type: 'channel', id: 'C1', label: 'ops' },
      text(' '),
      { type: 'group', id: 'S1', label: '@dba' },
      text(' '),
      { type: 'broadcast', range: 'here' },
    ]);
  });

  test('a date has its format, its fallback and its link', () => {
    expect(parseInline('<!date^1700000000^{date} at {time}^https://x.example/|then>')).toEqual([
      {
        type: 'date',
        at: 1_700_000_000,
        format: '{date} at {time}',
        fallback: 'then',
        url: 'https://x.example/',
      },
    ]);
  });

  test('links, labelled and bare, without the full stop after them; nothing but known schemes', () => {
    expect(parseInline('<https://a.example/?x=1&amp;y=2|see *this*>, https://b.example/c.')).toEqual([
      {
        type: 'link',
        url: 'https://a.example/?x=1&y=2',
        children: [text('see '), { type: 'bold', children: [text('this')] }],
      },
      text(', '),
      { type: 'link', url: 'https://b.example/c', children: [text('https://b.example/c')] },
      text('.'),
    ]);
    expect(parseInline('<javascript:alert(1)|x>')).toEqual([text('<javascript:alert(1)|x>')]);
  });

  test('what Slack escaped is shown as it was written, never as markup', () => {
    expect(parseInline('&lt;@U1&gt; &amp;lt;')).toEqual([text('<@U1> &lt;')]);
  });

  test('emoji with a skin tone in both spellings; a time of day is none', () => {
    expect(parseInline(':+1::skin-tone-3: :tada: at 10:30:00')).toEqual([
      { type: 'emoji', name: '+1::skin-tone-3' },
      text(' '),
      { type: 'emoji', name: 'tada' },
      text(' at 10:30:00'),
    ]);
  });

  test('fences, quotes and lines with their own bullets', () => {
    expect(parseMrkdwn('a\nb\n```\nx *y*\n```\n&gt; q1\n&gt; q2\n• one\n2. two')).toEqual([
      { type: 'paragraph', children: [text('a'), { type: 'break' }, text('b')] },
      { type: 'pre', text: 'x *y*' },
      {
        type: 'quote',
        parts: [{ type: 'paragraph', children: [text('q1'), { type: 'break' }, text('q2')] }],
      },
      { type: 'item', marker: '•', children: [text('one')] },
      { type: 'item', marker: '2.', children: [text('two')] },
    ]);
  });

  test('a fence that is never closed is text', () => {
    expect(parseMrkdwn('```x')).toEqual([{ type: 'paragraph', children: [text('```x')] }]);
  });
});
