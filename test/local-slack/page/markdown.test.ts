import { describe, expect, test } from '@jest/globals';
import { parseMarkdown } from '../../../src/local-slack/page/text/markdown.ts';

const text = (value: string) => ({ type: 'text', text: value });

describe('the markdown block', () => {
  test('headings, paragraphs, rules and fences', () => {
    expect(parseMarkdown('## Title ##\n\none\ntwo\n\n---\n```sql\nselect 1;\n```')).toEqual([
      { type: 'heading', level: 2, children: [text('Title')] },
      { type: 'paragraph', children: [text('one'), { type: 'break' }, text('two')] },
      { type: 'rule' },
      { type: 'pre', text: 'select 1;' },
    ]);
  });

  test('inline styles, links of known schemes, and words with underscores', () => {
    expect(
      parseMarkdown('**b** *i* ~~s~~ `c` [l](https://a.example) [x](javascript:1) snake_case_x'),
    ).toEqual([
      {
        type: 'paragraph',
        children: [
          { type: 'bold', children: [text('b')] },
          text(' '),
          { type: 'italic', children: [text('i')] },
          text(' '),
          { type: 'strike', children: [text('s')] },
          text(' '),
          { type: 'code', text: 'c' },
          text(' '),
          { type: 'link', url: 'https://a.example', children: [text('l')] },
          text(' '),
          text('x'),
          text(' snake_case_x'),
        ],
      },
    ]);
  });

  test('lists keep their depth and their numbers', () => {
    expect(parseMarkdown('- a\n  - b\n3. c')).toEqual([
      { type: 'item', marker: '•', children: [text('a')] },
      { type: 'item', marker: '  •', children: [text('b')] },
      { type: 'item', marker: '3.', children: [text('c')] },
    ]);
  });

  test('tables and quotes', () => {
    expect(parseMarkdown('| a | b |\n|---|--:|\n| 1 | **2** |\n> q')).toEqual([
      {
        type: 'table',
        rows: [
          [[text('a')], [text('b')]],
          [[text('1')], [{ type: 'bold', children: [text('2')] }]],
        ],
      },
      { type: 'quote', parts: [{ type: 'paragraph', children: [text('q')] }] },
    ]);
  });

  test('a fence that is never closed takes the rest', () => {
    expect(parseMarkdown('```\na\nb')).toEqual([{ type: 'pre', text: 'a\nb' }]);
  });
});
