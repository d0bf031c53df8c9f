import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, incident, startBench } from './bench.ts';

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const richText = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

describe('chat.*', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  test('@slack/web-api posts, updates and deletes a message', async () => {
    const { web } = bench;
    const posted = await web.chat.postMessage({
      channel: incident,
      text: 'hello',
      blocks: [section('hello')],
    });
    expect(posted).toMatchObject({
      ok: true,
      channel: incident,
      message: { type: 'message', user: 'U0TWOKEY', bot_id: 'B0TWOKEY', app_id: 'A0TWOKEY', text: 'hello' },
    });
    const ts = posted.ts ?? '';
    expect(await web.chat.update({ channel: incident, ts, text: 'bye' })).toMatchObject({
      ok: true,
      ts,
      text: 'bye',
    });
    expect(await web.chat.delete({ channel: incident, ts })).toMatchObject({ ok: true, ts });
    expect(await bench.api('chat.update', { channel: incident, ts, text: 'x' })).toEqual({
      ok: false,
      error: 'message_not_found',
    });
  });

  test('every ts is new and greater than the one before', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => bench.post(`n ${index}`)));
    expect(new Set(all).size).toBe(20);
    const history = (await bench.control.messages(incident)).map(({ ts }) => ts);
    expect(history).toEqual(history.toSorted());
    expect(history.at(-1)).toMatch(/^\d{10}\.\d{6}$/);
  });

  test('a block without a block_id gets one; a given one stays', async () => {
    const answer = await bench.api('chat.postMessage', {
      channel: incident,
      text: 'ids',
      blocks: [{ type: 'divider' }, { type: 'divider', block_id: 'mine' }],
    });
    expect(answer).toMatchObject({
      message: { blocks: [{ block_id: expect.stringMatching(/^\w{5,}$/) }, { block_id: 'mine' }] },
    });
  });

  test('a reply joins its thread, also when it is sent to a reply, and its parent counts it', async () => {
    const parent = await bench.post('parent');
    const first = await bench.post('first', { thread_ts: parent });
    await bench.post('second', { thread_ts: first });
    const [head, ...replies] = await bench.control.thread(incident, parent);
    expect(head).toMatchObject({ reply_count: 2, latest_reply: replies[1]?.ts, reply_users: ['U0TWOKEY'] });
    expect(replies.map(({ text, thread_ts }) => [text, thread_ts])).toEqual([
      ['first', parent],
      ['second', parent],
    ]);
    const channel = (await bench.control.messages(incident)).map(({ text }) => text);
    expect(channel).not.toContain('first');
  });

  test('a broadcast reply is in the channel too', async () => {
    const parent = await bench.post('loud parent');
    await bench.post('for all', { thread_ts: parent, reply_broadcast: true });
    expect((await bench.control.messages(incident)).at(-1)).toMatchObject({
      subtype: 'thread_broadcast',
      text: 'for all',
    });
  });

  test('a message can go to a channel by name and to a person', async () => {
    expect(await bench.api('chat.postMessage', { channel: '#ops-audit', text: 'x' })).toMatchObject({
      channel: 'C0AUDIT',
    });
    expect(await bench.api('chat.postMessage', { channel: 'U0ANA', text: 'psst' })).toMatchObject({
      ok: true,
      channel: expect.stringMatching(/^D/),
    });
  });

  test.each([
    ['channel_not_found', { channel: 'C0NOWHERE', text: 'x' }],
    ['not_in_channel', { channel: 'C0GENERAL', text: 'x' }],
    ['no_text', { channel: incident }],
    ['no_text', { channel: incident, text: '', blocks: [] }],
    ['cannot_reply_to_message', { channel: incident, text: 'x', thread_ts: '1.000001' }],
    ['invalid_blocks_format', { channel: incident, blocks: '[{' }],
    ['invalid_blocks_format', { channel: incident, blocks: { type: 'divider' } }],
    ['invalid_attachments', { channel: incident, attachments: 'x' }],
    [
      'too_many_attachments',
      { channel: incident, attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) },
    ],
    ['markdown_text_conflict', { channel: incident, text: 'x', markdown_text: '**x**' }],
    ['msg_too_long', { channel: incident, markdown_text: 'x'.repeat(12_001) }],
    [
      'msg_blocks_too_long',
      { channel: incident, blocks: Array.from({ length: 5 }, () => section('x'.repeat(2900))) },
    ],
    ['invalid_metadata_format', { channel: incident, text: 'x', metadata: '{' }],
    ['invalid_metadata_format', { channel: incident, text: 'x', metadata: { event_type: 'only' } }],
    [
      'invalid_metadata_schema',
      { channel: incident, text: 'x', metadata: { event_type: 'a', event_payload: { b: { c: { d: 1 } } } } },
    ],
    [
      'metadata_too_large',
      { channel: incident, text: 'x', metadata: { event_type: 'a', event_payload: { b: 'x'.repeat(9000) } } },
    ],
  ])('postMessage refuses with %s', async (error, args) => {
    expect(await bench.api('chat.postMessage', args)).toMatchObject({ ok: false, error });
  });

  test('postMessage refuses an archived channel, and cuts text of more than 40,000 characters', async () => {
    await bench.control.alterChannel({ id: 'C0OLD', name: 'old', is_archived: true, members: ['U0TWOKEY'] });
    expect(await bench.api('chat.postMessage', { channel: 'C0OLD', text: 'x' })).toMatchObject({
      error: 'is_archived',
    });
    expect(
      await bench.api('chat.postMessage', { channel: incident, text: 'x'.repeat(40_001) }),
    ).toMatchObject({
      ok: true,
      message: { text: 'x'.repeat(40_000) },
      response_metadata: { warnings: ['message_truncated'] },
    });
  });

  test('update refuses long text, the messages of others, and rich text turned plain', async () => {
    const own = await bench.post('own');
    const others = await bench.control.say('U0ANA', incident, 'mine');
    const rich = await bench.post('rich', { blocks: [richText('rich')] });
    const update = (args: object) => bench.api('chat.update', { channel: incident, ...args });
    expect(await update({ ts: own, text: 'x'.repeat(4001) })).toMatchObject({ error: 'msg_too_long' });
    expect(await update({ ts: own })).toMatchObject({ error: 'no_text' });
    expect(await update({ ts: others, text: 'yours' })).toMatchObject({ error: 'cant_update_message' });
    expect(await update({ ts: rich, text: 'x', blocks: [section('x')] })).toMatchObject({
      error: 'block_mismatch',
    });
    expect(await bench.api('chat.delete', { channel: incident, ts: others })).toMatchObject({
      error: 'cant_delete_message',
    });
  });

  test('update with text alone drops blocks and marks the edit; with blocks it leaves no mark', async () => {
    const metadata = { event_type: 'op', event_payload: { id: 'OP-1' } };
    const ts = await bench.post('a', { blocks: [section('a')], metadata });
    const silent = await bench.api('chat.update', {
      channel: incident,
      ts,
      text: 'b',
      blocks: [section('b')],
    });
    expect(silent).toMatchObject({ message: { text: 'b', metadata } });
    expect(silent['message']).not.toHaveProperty('edited');
    const marked = await bench.api('chat.update', { channel: incident, ts, text: 'c' });
    expect(marked).toMatchObject({ message: { text: 'c', edited: { user: 'U0TWOKEY' } } });
    expect(marked['message']).not.toHaveProperty('blocks');
  });

  test('an ephemeral message is seen by one person and is not in history', async () => {
    const answer = await bench.api('chat.postEphemeral', {
      channel: incident,
      user: 'U0ANA',
      text: 'for you',
    });
    expect(answer).toEqual({ ok: true, message_ts: expect.stringMatching(/^\d+\.\d{6}$/) });
    expect((await bench.control.messages(incident, 'U0ANA')).at(-1)).toMatchObject({
      text: 'for you',
      is_ephemeral: true,
    });
    expect((await bench.control.messages(incident, 'U0BEN')).map(({ text }) => text)).not.toContain(
      'for you',
    );
    const history = await bench.web.conversations.history({ channel: incident });
    expect(history.messages?.map(({ text }) => text)).not.toContain('for you');
    expect(
      await bench.api('chat.postEphemeral', { channel: 'C0AUDIT', user: 'U0EVE', text: 'x' }),
    ).toMatchObject({
      error: 'user_not_in_channel',
    });
  });

  test('a permalink leads to the message, and a reply names its thread', async () => {
    const parent = await bench.post('parent');
    const reply = await bench.post('reply', { thread_ts: parent });
    const link = (ts: string) => bench.form('chat.getPermalink', { channel: incident, message_ts: ts });
    expect(await link(parent)).toMatchObject({
      permalink: `${bench.slack.url}/archives/${incident}/p${parent.replace('.', '')}`,
    });
    expect(await link(reply)).toMatchObject({
      permalink: expect.stringContaining(`?thread_ts=${parent}&cid=`),
    });
    expect(await link('1.000001')).toMatchObject({ error: 'message_not_found' });
  });

  test('deleting the head of a thread leaves a tombstone', async () => {
    const parent = await bench.post('head');
    await bench.post('reply', { thread_ts: parent });
    await bench.api('chat.delete', { channel: incident, ts: parent });
    expect((await bench.control.thread(incident, parent))[0]).toMatchObject({
      subtype: 'tombstone',
      reply_count: 1,
    });
  });
});
