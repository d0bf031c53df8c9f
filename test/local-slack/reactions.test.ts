import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, incident, startBench } from './bench.ts';

describe('reactions', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const get = (timestamp: string, more: Record<string, string> = {}) =>
    bench.form('reactions.get', { channel: incident, timestamp, ...more });

  test('are added once, counted with their people, and taken back', async () => {
    const ts = await bench.post('card');
    const { web } = bench;
    await web.reactions.add({ channel: incident, timestamp: ts, name: 'white_check_mark' });
    await bench.control.react('U0BEN', incident, ts, 'white_check_mark');
    expect(
      await bench.api('reactions.add', { channel: incident, timestamp: ts, name: 'white_check_mark' }),
    ).toEqual({
      ok: false,
      error: 'already_reacted',
    });
    expect(await get(ts, { full: 'true' })).toMatchObject({
      ok: true,
      type: 'message',
      channel: incident,
      message: {
        ts,
        permalink: expect.any(String),
        reactions: [{ name: 'white_check_mark', users: ['U0TWOKEY', 'U0BEN'], count: 2 }],
      },
    });
    await bench.control.react('U0BEN', incident, ts, 'white_check_mark', false);
    await web.reactions.remove({ channel: incident, timestamp: ts, name: 'white_check_mark' });
    expect((await get(ts))['message']).not.toHaveProperty('reactions');
    expect(
      await bench.api('reactions.remove', { channel: incident, timestamp: ts, name: 'white_check_mark' }),
    ).toEqual({
      ok: false,
      error: 'no_reaction',
    });
  });

  test('keep a skin tone and fold aliases', async () => {
    const ts = await bench.post('tones');
    await bench.control.react('U0BEN', incident, ts, 'thumbsup::skin-tone-3');
    await bench.control.react('U0ANA', incident, ts, 'thumbsup');
    expect(await get(ts)).toMatchObject({
      message: { reactions: [{ name: '+1::skin-tone-3' }, { name: '+1' }] },
    });
  });

  test('show at most fifty people without full, though the count is right', async () => {
    const ts = await bench.post('popular');
    const ids = Array.from({ length: 60 }, (_, index) => `U0N${index}`);
    for (const id of ids) await bench.control.alterUser({ id, name: id.toLowerCase(), real_name: id });
    await bench.control.alterChannel({
      id: incident,
      members: ['U0ANA', 'U0BEN', 'U0CHLOE', 'U0DMITRI', 'U0EVE', 'U0FARID', 'U0TWOKEY', ...ids],
    });
    for (const id of ids) await bench.control.react(id, incident, ts, 'eyes');
    const short = await get(ts);
    expect(short).toMatchObject({ message: { reactions: [{ count: 60, users: ids.slice(0, 50) }] } });
    expect(await get(ts, { full: 'true' })).toMatchObject({ message: { reactions: [{ users: ids }] } });
  });

  test('of a person are listed, newest message first', async () => {
    const older = await bench.post('older');
    const newer = await bench.post('newer');
    await bench.control.react('U0CHLOE', incident, older, 'key');
    await bench.control.react('U0CHLOE', incident, newer, 'lock');
    expect(await bench.form('reactions.list', { user: 'U0CHLOE', limit: '1' })).toMatchObject({
      items: [{ type: 'message', channel: incident, message: { ts: newer } }],
      response_metadata: { next_cursor: expect.stringMatching(/./) },
    });
  });

  test.each([
    ['message_not_found', { channel: incident, timestamp: '1.000001', name: 'eyes' }],
    ['bad_timestamp', { channel: incident, timestamp: 'yesterday', name: 'eyes' }],
    ['no_item_specified', { name: 'eyes' }],
    ['channel_not_found', { channel: 'C0NOWHERE', timestamp: '1.000001', name: 'eyes' }],
    ['not_in_channel', { channel: 'C0GENERAL', timestamp: '1.000001', name: 'eyes' }],
  ])('are refused with %s', async (error, args) => {
    expect(await bench.api('reactions.add', args)).toEqual({ ok: false, error });
  });

  test('are refused when there is no such emoji, until the workspace makes one', async () => {
    const timestamp = await bench.post('custom');
    const add = (name: string) => bench.api('reactions.add', { channel: incident, timestamp, name });
    expect(await add('check')).toEqual({ ok: false, error: 'invalid_name' });
    expect(await add('')).toEqual({ ok: false, error: 'invalid_name' });
    expect(await add(':no_entry:')).toEqual({ ok: true });
    expect(await add('flag-de')).toEqual({ ok: true });
  });
});
