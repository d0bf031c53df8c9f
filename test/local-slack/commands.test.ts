import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Bench, eventually, incident, startBench } from './bench.ts';

describe('a slash command', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.close());

  test('reaches its app with every field, and the acknowledgement is shown to the person alone', async () => {
    const socket = await bench.socket();
    const result = bench.control.command('U0ANA', incident, '/restore  test orders ');
    const envelope = await socket.next('slash_commands');
    expect(envelope).toMatchObject({ accepts_response_payload: true, envelope_id: expect.any(String) });
    expect(envelope).not.toHaveProperty('retry_attempt');
    expect(envelope.payload).toEqual({
      token: expect.any(String),
      team_id: 'T0LOCAL',
      team_domain: 'orders-local',
      channel_id: incident,
      channel_name: 'incident-orders',
      user_id: 'U0ANA',
      user_name: 'ana',
      command: '/restore',
      text: 'test orders',
      api_app_id: 'A0TWOKEY',
      is_enterprise_install: 'false',
      response_url: expect.stringContaining(`${bench.slack.url}/commands/T0LOCAL/`),
      trigger_id: expect.stringMatching(/^\d+\.0LOCAL\.[0-9a-f]{32}$/),
    });
    socket.ack(envelope, { text: 'on it' });
    expect(await result).toEqual({ outcome: 'acknowledged', answer: { text: 'on it' } });
    expect(await bench.control.messages(incident, 'U0ANA')).toMatchObject([
      { text: 'on it', is_ephemeral: true, bot_id: 'B0TWOKEY' },
    ]);
    expect(await bench.control.messages(incident, 'U0BEN')).toEqual([]);
  });

  test('acknowledged in_channel shows what was typed and the answer to all', async () => {
    const socket = await bench.socket();
    const result = bench.control.command('U0ANA', incident, '/restore help');
    socket.ack(await socket.next('slash_commands'), { response_type: 'in_channel', text: 'here' });
    await result;
    const seen = await bench.control.messages(incident);
    expect(seen).toMatchObject([
      { user: 'U0ANA', text: '/restore help' },
      { subtype: 'bot_message', text: 'here' },
    ]);
    expect(seen[1]).not.toHaveProperty('user');
  });

  test('acknowledged without a message shows nothing', async () => {
    const socket = await bench.socket();
    const result = bench.control.command('U0ANA', incident, '/restore');
    socket.ack(await socket.next('slash_commands'));
    expect(await result).toEqual({ outcome: 'acknowledged' });
    expect(await bench.control.messages(incident, 'U0ANA')).toEqual([]);
  });

  test('not acknowledged in time fails with operation_timeout, which the page is told', async () => {
    await bench.control.timing({ ack_ms: 50 });
    await bench.socket();
    const page = await fetch(`${bench.slack.url}/_page/stream?as=U0ANA`);
    const result = await bench.control.command('U0ANA', incident, '/restore test');
    expect(result).toEqual({ outcome: 'failed', error: 'operation_timeout' });
    const reader = page.body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    await eventually(async () => {
      told += (await reader?.read())?.value ?? '';
      return told.includes('command_error') || undefined;
    });
    expect(told).toContain('/restore failed with the error \\"operation_timeout\\"');
    await reader?.cancel();
  });

  test('with no connection open fails with dispatch_failed', async () => {
    expect(await bench.control.command('U0ANA', incident, '/restore test')).toEqual({
      outcome: 'failed',
      error: 'dispatch_failed',
    });
  });

  test('nobody has, or in a thread, is refused with words for the person', async () => {
    const parent = await bench.post('thread');
    const type = (text: string, thread_ts?: string) =>
      fetch(`${bench.slack.url}/_page/message`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ as: 'U0ANA', channel: incident, text, thread_ts }),
      }).then((response) => response.json());
    expect(await type('/foo bar')).toMatchObject({
      error: 'unknown_command',
      detail: expect.stringContaining('/foo is not a valid command'),
    });
    expect(await type('/restore test', parent)).toEqual({
      ok: false,
      error: 'command_in_thread',
      detail: '/restore is not supported in threads. Sorry!',
    });
  });

  test('with should_escape names people, groups and channels; without it the text stays as typed', async () => {
    const socket = await bench.socket();
    const typed = '/restore test & ask @ben @db-approvers #general https://x.y/z <@U0ANA>';
    const escaped = bench.control.command('U0ANA', incident, typed);
    const first = await socket.next('slash_commands');
    expect(first.payload?.['text']).toBe(
      'test &amp; ask <@U0BEN|ben> <!subteam^S0DBAPPROVERS|@db-approvers> <#C0GENERAL|general> <https://x.y/z> <@U0ANA>',
    );
    socket.ack(first);
    await escaped;
    await bench.control.alterApp({ id: 'A0TWOKEY', commands: [{ command: '/restore' }] });
    const plain = bench.control.command('U0ANA', incident, '/restore ask @ben');
    const second = await socket.next('slash_commands');
    expect(second.payload?.['text']).toBe('ask @ben');
    socket.ack(second);
    await plain;
  });

  test('works where the bot is not, where the bot then can not post', async () => {
    const socket = await bench.socket();
    const result = bench.control.command('U0ANA', 'C0GENERAL', '/restore test');
    const { payload, ...envelope } = await socket.next('slash_commands');
    expect(payload).toMatchObject({ channel_id: 'C0GENERAL' });
    socket.ack(envelope);
    await result;
    expect(await bench.api('chat.postMessage', { channel: 'C0GENERAL', text: 'x' })).toMatchObject({
      error: 'not_in_channel',
    });
  });
});
