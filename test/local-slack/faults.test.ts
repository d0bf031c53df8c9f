import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebAPIRateLimitedError, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { appToken, type Bench, botToken, incident, openingStatus, startBench } from './bench.ts';

describe('an injected fault', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.close());

  const texts = async () => (await bench.control.messages(incident)).map(({ text }) => text);
  const posting = () =>
    fetch(`${bench.slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: incident, text: 'once' }),
    });

  test('rate limits the next call with Retry-After, which the SDK understands', async () => {
    await bench.control.fault({
      on: 'api',
      method: 'chat.postMessage',
      fault: { kind: 'ratelimited', retry_after: 7 },
    });
    const web = new WebClient(botToken, { slackApiUrl: bench.slack.apiUrl, rejectRateLimitedCalls: true });
    const refused = await web.chat
      .postMessage({ channel: incident, text: 'x' })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(WebAPIRateLimitedError);
    expect(refused).toMatchObject({ retryAfter: 7 });
    expect(await web.chat.postMessage({ channel: incident, text: 'now' })).toMatchObject({ ok: true });
    expect(await texts()).toEqual(['now']);
  });

  test('answers with a status, as often as asked, and only for its method', async () => {
    await bench.control.fault({
      on: 'api',
      method: 'chat.postMessage',
      fault: { kind: 'status', status: 503 },
      times: 2,
    });
    expect(await bench.api('auth.test')).toMatchObject({ ok: true });
    expect([(await posting()).status, (await posting()).status, (await posting()).status]).toEqual([
      503, 503, 200,
    ]);
    expect(await texts()).toEqual(['once']);
  });

  test('does the call and then cuts the connection, so that the caller can not know', async () => {
    await bench.control.fault({ on: 'api', fault: { kind: 'accept_then_reset' } });
    await expect(posting()).rejects.toThrow('fetch failed');
    expect(await texts()).toEqual(['once']);
  });

  test('cuts the connection before the call', async () => {
    await bench.control.fault({ on: 'api', fault: { kind: 'reset' } });
    await expect(posting()).rejects.toThrow('fetch failed');
    expect(await texts()).toEqual([]);
  });

  test('delays a call, or answers with an error of Slack', async () => {
    await bench.control.fault({ on: 'api', fault: { kind: 'delay', ms: 80 } });
    const start = Date.now();
    await bench.post('slow');
    expect(Date.now() - start).toBeGreaterThanOrEqual(79);
    await bench.control.fault({ on: 'api', fault: { kind: 'error', error: 'internal_error' } });
    expect(await bench.api('auth.test')).toEqual({ ok: false, error: 'internal_error' });
  });

  test('drops, doubles and delays events', async () => {
    const socket = await bench.socket();
    const ts = await bench.post('card');
    await bench.control.fault({ on: 'event', event: 'reaction_added', fault: { kind: 'drop' } });
    await bench.control.react('U0BEN', incident, ts, 'eyes');
    await bench.control.fault({ on: 'event', fault: { kind: 'duplicate' } });
    await bench.control.react('U0BEN', incident, ts, 'key');
    const twins = [await socket.next('events_api'), await socket.next('events_api')];
    expect(twins.map(({ payload }) => payload)).toMatchObject([
      { event: { reaction: 'key' } },
      { event: { reaction: 'key' } },
    ]);
    expect(twins[0]?.envelope_id).toBe(twins[1]?.envelope_id);
    expect(twins.map(({ retry_attempt }) => retry_attempt)).toEqual([0, 0]);
    await bench.control.fault({ on: 'event', fault: { kind: 'delay', ms: 60_000 } });
    await bench.control.react('U0BEN', incident, ts, 'lock');
    await bench.control.react('U0BEN', incident, ts, 'fire');
    expect(await socket.next('events_api')).toMatchObject({ payload: { event: { reaction: 'fire' } } });
    await bench.control.hurry();
    expect(await socket.next('events_api')).toMatchObject({ payload: { event: { reaction: 'lock' } } });
  });

  test('refuses a socket', async () => {
    await bench.control.fault({ on: 'socket', status: 408 });
    const url = z.string().parse((await bench.api('apps.connections.open', {}, appToken))['url']);
    expect(await openingStatus(url)).toBe(408);
  });

  test('can be taken back, and nonsense is refused', async () => {
    await bench.control.fault({ on: 'api', fault: { kind: 'reset' } });
    await bench.control.clearFaults();
    expect(await bench.api('auth.test')).toMatchObject({ ok: true });
    await expect(bench.control.fault({ on: 'api', fault: { kind: 'status', status: 200 } })).rejects.toThrow(
      'invalid_arguments',
    );
  });

  test('and every call and envelope are in the traffic, without tokens', async () => {
    await bench.control.fault({ on: 'api', fault: { kind: 'delay', ms: 1 } });
    await bench.form('chat.postMessage', { channel: incident, text: 'noted' });
    const traffic = await bench.control.traffic();
    expect(traffic).toMatchObject([
      { kind: 'fault', name: 'chat.postMessage' },
      { kind: 'api', app: 'A0TWOKEY', request: { text: 'noted' }, response: { ok: true } },
    ]);
    expect(JSON.stringify(traffic)).not.toContain(botToken);
  });
});
