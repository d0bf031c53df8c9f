import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, incident, startBench } from './bench.ts';

describe('reading conversations', () => {
  let bench: Bench;
  const posted: string[] = [];
  const metadata = { event_type: 'op', event_payload: { id: 'OP-7F3K', seq: 1 } };
  beforeAll(async () => {
    bench = await startBench();
    for (const index of [0, 1, 2, 3, 4]) posted.push(await bench.post(`message ${index}`));
    for (const index of [0, 1, 2]) await bench.post(`reply ${index}`, { thread_ts: posted[0], metadata });
  });
  afterAll(() => bench.close());

  const texts = (answer: object) => JSON.stringify(answer).match(/(message|reply) \d/g);

  test('history pages through a channel, newest first, without replies', async () => {
    const seen: (string | undefined)[] = [];
    for await (const page of bench.web.paginate('conversations.history', { channel: incident, limit: 2 })) {
      seen.push(texts(page)?.join());
    }
    expect(seen).toEqual(['message 4,message 3', 'message 2,message 1', 'message 0']);
  });

  test('history keeps to oldest and latest, inclusive or not', async () => {
    const between = { channel: incident, oldest: posted[1], latest: posted[3] };
    expect(texts(await bench.api('conversations.history', between))).toEqual(['message 2']);
    expect(texts(await bench.api('conversations.history', { ...between, inclusive: true }))).toHaveLength(3);
    expect(await bench.api('conversations.history', { channel: incident, oldest: 'never' })).toMatchObject({
      error: 'invalid_ts_oldest',
    });
  });

  test('replies begin with the parent and show metadata only when asked', async () => {
    const args = { channel: incident, ts: posted[0] ?? '' };
    const plain = await bench.web.conversations.replies(args);
    expect(plain.messages?.map(({ text }) => text)).toEqual(['message 0', 'reply 0', 'reply 1', 'reply 2']);
    expect(plain.messages?.[0]).toMatchObject({ reply_count: 3, thread_ts: posted[0] });
    expect(plain.messages?.[1]).toMatchObject({ parent_user_id: 'U0TWOKEY', thread_ts: posted[0] });
    expect(plain.messages?.[1]).not.toHaveProperty('metadata');
    const full = await bench.web.conversations.replies({ ...args, include_all_metadata: true });
    expect(full.messages?.[1]?.metadata).toEqual(metadata);
  });

  test('replies are paged', async () => {
    const first = await bench.form('conversations.replies', {
      channel: incident,
      ts: posted[0] ?? '',
      limit: '2',
    });
    expect(first).toMatchObject({ has_more: true });
    expect(texts(first)).toEqual(['message 0', 'reply 0']);
  });

  test.each([
    ['conversations.history', { channel: 'C0GENERAL' }, 'not_in_channel'],
    ['conversations.history', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['conversations.history', { channel: incident, cursor: 'bogus' }, 'invalid_cursor'],
    ['conversations.replies', { channel: incident, ts: '1.000001' }, 'thread_not_found'],
  ])('%s of %j is refused', async (method, args, error) => {
    expect(await bench.form(method, args)).toMatchObject({ ok: false, error });
  });

  test('the scope for that kind of conversation is needed', async () => {
    await bench.control.alterChannel({
      id: 'C0PRIVATE',
      name: 'hidden',
      is_private: true,
      members: ['U0TWOKEY'],
    });
    await bench.control.alterApp({ id: 'A0TWOKEY', scopes: ['channels:history', 'channels:read'] });
    expect(await bench.form('conversations.history', { channel: 'C0PRIVATE' })).toMatchObject({
      error: 'missing_scope',
      needed: 'groups:history',
    });
    expect(await bench.form('conversations.info', { channel: 'C0PRIVATE' })).toMatchObject({
      needed: 'groups:read',
    });
  });
});
