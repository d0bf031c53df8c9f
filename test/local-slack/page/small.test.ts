import { describe, expect, test } from '@jest/globals';
import { splitTone, toneChar } from '../../../src/local-slack/page/emoji/find.ts';
import { sizeOf } from '../../../src/local-slack/page/files/kind.ts';
import { avatarColour } from '../../../src/local-slack/page/people/colour.ts';
import { initials } from '../../../src/local-slack/page/people/names.ts';
import { formatRoute, parsePermalink, parseRoute } from '../../../src/local-slack/page/state/route.ts';
import { ago, formatDate } from '../../../src/local-slack/page/text/date.ts';
import { missingValues } from '../../../src/local-slack/page/views/values.ts';

describe('addresses', () => {
  test.each([
    {},
    { as: 'U0BEN' },
    { channel: 'C0INCIDENT' },
    { as: 'U0BEN', channel: 'C0INCIDENT', thread: '1700000000.000100' },
  ])('%j survives its address', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  test('a permalink to a reply opens its thread; another address is none', () => {
    expect(parsePermalink('http://x/archives/C1/p1700000000000100?thread_ts=1600000000.1&cid=C1')).toEqual({
      channel: 'C1',
      thread: '1600000000.1',
    });
    expect(parsePermalink('https://example.com/archives')).toBeUndefined();
  });
});

describe('emoji', () => {
  test('a skin tone replaces the variation selector and stands before what is joined', () => {
    expect(toneChar('👍', 4)).toBe('👍🏽');
    expect(toneChar('✌️', 2)).toBe('✌🏻');
    expect(toneChar('👩‍🚒', 6)).toBe('👩🏿‍🚒');
    expect(splitTone('+1::skin-tone-3')).toEqual({ name: '+1', tone: 3 });
  });
});

describe('dates', () => {
  const noon = new Date(2026, 10, 21, 12).getTime();
  test('today and yesterday have names where the format is pretty', () => {
    expect(formatDate(noon / 1000, '{date_short_pretty} {date_num}', noon)).toBe('today 2026-11-21');
    expect(formatDate(noon / 1000 - 86_400, '{date_pretty} {nonsense}', noon)).toBe('yesterday {nonsense}');
    expect(formatDate(noon / 1000 - 9 * 86_400, '{date_short_pretty}', noon)).toBe('Nov 12, 2026');
  });

  test('how long ago', () => {
    expect([5_000, 120_000, -7_200_000].map(ago)).toEqual(['5 seconds ago', '2 minutes ago', 'in 2 hours']);
  });
});

describe('people and files', () => {
  test('initials of first and last name', () => {
    expect(['Ana Duarte', 'twokey', 'Åsa von Ö', ''].map(initials)).toEqual(['AD', 'T', 'ÅÖ', '?']);
  });

  test('an avatar is dark enough for white letters', () => {
    expect(avatarColour('x', 'ffff00')).toMatch(/^rgb\((\d{1,2}|1[0-3]\d) /);
    expect(avatarColour('x', '000000')).toBe('rgb(0 0 0)');
  });

  test('sizes in steps of a thousand', () => {
    expect([0, 731, 1_000, 1_250_000, 411_998_221].map(sizeOf)).toEqual([
      '0 B',
      '731 B',
      '1 kB',
      '1.3 MB',
      '412 MB',
    ]);
  });
});

describe('a view', () => {
  test('required inputs without a value are named', () => {
    const blocks = ['a', 'b', 'c'].map((block_id) => ({
      type: 'input',
      block_id,
      optional: block_id === 'c',
      element: { action_id: 'x' },
    }));
    const values = {
      a: { x: { type: 'plain_text_input', value: 'v' } },
      b: { x: { type: 'checkboxes', selected_options: [] } },
    };
    expect(missingValues(blocks, values)).toEqual({ b: 'Please complete this required field.' });
  });
});
