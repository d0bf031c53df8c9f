import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type AppSocket, type Bench, incident, startBench } from './bench.ts';

describe('a response URL', () => {
  let bench: Bench;
  let socket: AppSocket;
  let url: string;
  beforeAll(async () => {
    bench = await startBench();
    socket = await bench.socket();
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    const result = bench.control.command('U0ANA', incident, '/restore');
    const envelope = await socket.next('slash_commands');
    socket.ack(envelope);
    await result;
    url = z.string().parse(envelope.payload?.['response_url']);
  });

  const respond = async (body: unknown, to = url): Promise<[number, unknown]> => {
    const response = await fetch(to, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };

  test('shows five messages and no sixth', async () => {
    for (const index of [1, 2, 3, 4, 5])
      expect(await respond({ text: `n ${index}` })).toEqual([200, { ok: true }]);
    expect(await respond({ text: 'n 6' })).toEqual([404, { ok: false, error: 'used_url' }]);
    const seen = (await bench.control.messages(incident, 'U0ANA')).map(({ text }) => text);
    expect(seen.slice(-5)).toEqual(['n 1', 'n 2', 'n 3', 'n 4', 'n 5']);
  });

  test('is gone after thirty minutes', async () => {
    await bench.control.advanceClock(30 * 60_000 - 1000);
    expect(await respond({ text: 'just in time' })).toEqual([200, { ok: true }]);
    await bench.control.advanceClock(2000);
    expect(await respond({ text: 'late' })).toEqual([404, { ok: false, error: 'expired_url' }]);
  });

  test('is ephemeral unless in_channel is asked for', async () => {
    await respond({ text: 'quiet' });
    await respond({ text: 'loud', response_type: 'in_channel' });
    const others = (await bench.control.messages(incident, 'U0BEN')).map(({ text }) => text);
    expect(others).toContain('loud');
    expect(others).not.toContain('quiet');
  });

  test('takes no nonsense', async () => {
    expect(await respond('{"text":')).toEqual([400, { ok: false, error: 'invalid_payload' }]);
    expect(await respond({ blocks: [{ type: 'nope' }] })).toMatchObject([400, { error: 'invalid_blocks' }]);
    expect(await respond({ text: 'x' }, `${bench.slack.url}/commands/T0LOCAL/1/guess`)).toEqual([
      404,
      { ok: false, error: 'invalid_url' },
    ]);
  });

  test('of a button replaces or deletes the message that was clicked', async () => {
    const blocks = [
      {
        type: 'actions',
        block_id: 'keys',
        elements: [
          {
            type: 'button',
            action_id: 'cancel',
            text: { type: 'plain_text', text: 'Cancel' },
            value: 'OP-1',
          },
        ],
      },
    ];
    const ts = await bench.post('with a button', { blocks });
    const pressed = bench.control.click('U0BEN', incident, ts, 'cancel');
    const envelope = await socket.next('interactive');
    expect(envelope.payload).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0BEN', username: 'ben', team_id: 'T0LOCAL' },
      container: { type: 'message', message_ts: ts, channel_id: incident, is_ephemeral: false },
      channel: { id: incident, name: 'incident-orders' },
      message: { ts, text: 'with a button' },
      actions: [
        {
          type: 'button',
          block_id: 'keys',
          action_id: 'cancel',
          value: 'OP-1',
          text: { type: 'plain_text', text: 'Cancel' },
          action_ts: expect.stringMatching(/^\d+\.\d{6}$/),
        },
      ],
    });
    socket.ack(envelope);
    await pressed;
    const address = z.string().parse(envelope.payload?.['response_url']);
    expect(address).toContain('/actions/');
    await respond({ replace_original: true, text: 'cancelled' }, address);
    expect((await bench.control.messages(incident)).find((message) => message.ts === ts)).toMatchObject({
      text: 'cancelled',
    });
    await respond({ delete_original: true }, address);
    expect((await bench.control.messages(incident)).find((message) => message.ts === ts)).toBeUndefined();
  });

  test('of a button that is not there can not be had', async () => {
    const ts = await bench.post('no buttons', { blocks: [{ type: 'divider', block_id: 'line' }] });
    const press = (body: object) => bench.control.click('U0BEN', incident, ts, JSON.stringify(body));
    await expect(press({})).rejects.toThrow('action_not_found');
  });
});
