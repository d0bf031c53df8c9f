import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Bench, eventually, incident, startBench } from './bench.ts';

describe('the API of the page', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const Json = z.record(z.string(), z.unknown());
  const get = async (path: string) =>
    Json.parse(await (await fetch(`${bench.slack.url}/_page${path}`)).json());
  const post = async (act: string, body: object) =>
    Json.parse(
      await (
        await fetch(`${bench.slack.url}/_page/${act}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json(),
    );

  test('boots with the people, channels, groups and commands that a person sees', async () => {
    expect(await get('/boot?as=U0ANA')).toMatchObject({
      ok: true,
      team: { id: 'T0LOCAL', name: 'Orders Inc.', domain: 'orders-local' },
      users: expect.arrayContaining([
        expect.objectContaining({ id: 'U0BEN', color: expect.stringMatching(/^[0-9a-f]{6}$/) }),
      ]),
      channels: expect.arrayContaining([
        expect.objectContaining({
          id: incident,
          members: expect.arrayContaining(['U0ANA']),
          unread_count: 0,
        }),
      ]),
      user_groups: [{ handle: 'db-approvers', users: ['U0BEN', 'U0CHLOE'] }, { handle: 'engineers' }],
      apps: [
        {
          id: 'A0TWOKEY',
          bot_user_id: 'U0TWOKEY',
          commands: [
            { command: '/restore', usage_hint: expect.any(String) },
            { command: '/ops', usage_hint: expect.any(String) },
          ],
        },
      ],
    });
    const guest = await get('/boot?as=U0EVE');
    expect(guest['channels']).toHaveLength(1);
  });

  test('counts what a person has not read', async () => {
    const ts = await bench.control.say('U0BEN', 'C0AUDIT', 'news');
    const unread = async (as: string) =>
      z
        .array(z.looseObject({ id: z.string(), unread_count: z.number().optional() }))
        .parse((await get(`/boot?as=${as}`))['channels'])
        .find(({ id }) => id === 'C0AUDIT')?.unread_count;
    expect([await unread('U0BEN'), await unread('U0ANA')]).toEqual([0, 1]);
    await post('read', { as: 'U0ANA', channel: 'C0AUDIT', ts });
    expect(await unread('U0ANA')).toBe(0);
  });

  test('streams what happens to those who see it', async () => {
    const ana = await listen('U0ANA');
    const eve = await listen('U0EVE');
    const ts = await bench.post('card');
    await post('reaction', { as: 'U0BEN', channel: incident, ts, name: 'eyes', on: true });
    const reply = await bench.post('reply', { thread_ts: ts });
    await bench.api('chat.postEphemeral', { channel: incident, user: 'U0ANA', text: 'for Ana' });
    await bench.control.say('U0ANA', 'C0AUDIT', 'not for guests');
    await bench.api('chat.delete', { channel: incident, ts: reply });
    await bench.control.join('C0AUDIT', 'U0FARID');
    await eventually(() => ana.seen.find(({ type }) => type === 'channel'));
    expect(ana.seen).toMatchObject([
      { type: 'message', channel: incident, message: { ts } },
      { type: 'message_changed', message: { ts, reactions: [{ name: 'eyes', users: ['U0BEN'], count: 1 }] } },
      { type: 'message', message: { ts: reply, thread_ts: ts } },
      { type: 'message_changed', message: { ts, reply_count: 1 } },
      { type: 'message', message: { text: 'for Ana', is_ephemeral: true } },
      { type: 'message', channel: 'C0AUDIT' },
      { type: 'message_deleted', channel: incident, ts: reply },
      { type: 'message_changed', message: { ts } },
      { type: 'channel', channel: { id: 'C0AUDIT', members: expect.arrayContaining(['U0FARID']) } },
    ]);
    expect(eve.seen.map(({ channel }) => channel)).toEqual(Array.from({ length: 6 }, () => incident));
    await ana.stop();
    await eve.stop();
  });

  test('ends its streams when the world is another, so that pages fetch it anew', async () => {
    const response = await fetch(`${bench.slack.url}/_page/stream?as=U0ANA`);
    await bench.control.alterUser({ id: 'U0BEN', title: 'DBA emeritus' });
    expect(await response.text()).toContain('retry:');
  });

  test('leads a permalink to its place', async () => {
    const open = async (path: string) =>
      (await fetch(`${bench.slack.url}${path}`, { redirect: 'manual' })).headers.get('location');
    expect(await open(`/archives/${incident}/p1700000000000100`)).toBe(`/#/${incident}`);
    expect(await open(`/archives/${incident}/p1700000000000100?thread_ts=1.000001&cid=C0`)).toBe(
      `/#/${incident}/thread/1.000001`,
    );
  });

  test('lets people do only what they may', async () => {
    const ts = await bench.post('card');
    const message = { channel: incident, text: 'hi' };
    expect(await post('message', { as: 'U0HUGO', ...message })).toMatchObject({ error: 'account_inactive' });
    expect(await post('message', { as: 'U0TWOKEY', ...message })).toMatchObject({ error: 'not_a_person' });
    expect(await post('message', { as: 'U0GWEN', ...message })).toMatchObject({ error: 'not_in_channel' });
    expect(await post('message', { as: 'U0ANA', channel: incident, text: ' ' })).toMatchObject({
      error: 'no_text',
    });
    expect(await post('edit', { as: 'U0ANA', ts, ...message })).toMatchObject({
      error: 'cant_update_message',
    });
    expect(await post('delete', { as: 'U0ANA', channel: incident, ts })).toMatchObject({
      error: 'cant_delete_message',
    });
    expect(
      await post('reaction', { as: 'U0ANA', channel: incident, ts: '1.000001', name: 'eyes', on: true }),
    ).toMatchObject({
      error: 'message_not_found',
    });
    expect(await post('dance', { as: 'U0ANA' })).toMatchObject({ error: 'unknown_act' });
    expect(await post('message', { as: 'U0ANA' })).toMatchObject({ error: 'invalid_arguments' });
    expect(await get(`/messages?channel=C0AUDIT&as=U0EVE`)).toEqual({
      ok: false,
      error: 'channel_not_found',
    });
  });

  test.each([
    ['a foreign Host', { host: 'evil.example' }, 'foreign_host'],
    ['another site in the browser', { origin: 'https://evil.example' }, 'foreign_origin'],
  ])('refuses %s', async (_name, headers, error) => {
    const { port } = bench.slack;
    const answer = await new Promise<string>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/_control/state', headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += String(chunk);
        });
        response.on('end', () => resolve(body));
      })
        .on('error', reject)
        .end();
    });
    expect(JSON.parse(answer)).toMatchObject({ ok: false, error });
  });

  /** Collects what the stream tells one person, pings apart. */
  async function listen(as: string) {
    const seen: Record<string, unknown>[] = [];
    const response = await fetch(`${bench.slack.url}/_page/stream?as=${as}`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    const pump = async (): Promise<void> => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        const blocks = (rest + part.value).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks.filter((text) => text.startsWith('data: ')))
          seen.push(Json.parse(JSON.parse(block.slice(6))));
      }
    };
    const pumping = pump();
    return {
      seen,
      async stop() {
        await reader?.cancel();
        await pumping;
      },
    };
  }
});
