import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  appToken,
  type Bench,
  eventually,
  incident,
  openAppSocket,
  openingStatus,
  startBench,
} from './bench.ts';

describe('Socket Mode', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.close());

  const openUrl = async () =>
    z.string().parse((await bench.api('apps.connections.open', {}, appToken))['url']);
  test('says hello with the number of connections', async () => {
    const first = openAppSocket(await openUrl());
    expect(await first.next('hello')).toEqual({
      type: 'hello',
      num_connections: 1,
      debug_info: {
        host: expect.any(String),
        build_number: expect.any(Number),
        approximate_connection_time: 18_060,
      },
      connection_info: { app_id: 'A0TWOKEY' },
    });
    const second = openAppSocket(await openUrl());
    expect(await second.next('hello')).toMatchObject({ num_connections: 2 });
    first.ws.terminate();
    second.ws.terminate();
  });

  test('a ticket works once, and only a ticket works', async () => {
    const url = await openUrl();
    expect(await openingStatus(url)).toBe(101);
    expect(await openingStatus(url)).toBe(403);
    expect(await openingStatus(url.replace(/ticket=[^&]+/, 'ticket=guess'))).toBe(403);
    expect(await openingStatus(url.replace('/link/', '/other/'))).toBe(404);
  });

  test('the eleventh connection is told that there are too many', async () => {
    for (let count = 0; count < 10; count += 1) await bench.socket();
    const eleventh = openAppSocket(await openUrl());
    expect(await eleventh.next('disconnect')).toMatchObject({
      reason: 'too_many_websockets',
      num_connections: 10,
    });
    await eventually(() => eleventh.ws.readyState === eleventh.ws.CLOSED || undefined);
  });

  test('an app that is delivered to over HTTP is told that its link is disabled', async () => {
    await bench.control.alterApp({ id: 'A0TWOKEY', socket_mode: false, request_url: 'http://127.0.0.1:9/' });
    const socket = openAppSocket(await openUrl());
    expect(await socket.next('disconnect')).toMatchObject({ reason: 'link_disabled' });
  });

  test('each envelope goes to one of the connections, and over time to all', async () => {
    const sockets = [await bench.socket(), await bench.socket()];
    const ts = await bench.post('card');
    const names = [
      'eyes',
      'key',
      'lock',
      'tada',
      'fire',
      'rocket',
      'boom',
      'wave',
      'zap',
      'bell',
      'bug',
      'ant',
    ];
    for (const name of names) await bench.control.react('U0BEN', incident, ts, name);
    const count = () => sockets.map(({ frames }) => frames.length);
    await eventually(() => (count()[0] ?? 0) + (count()[1] ?? 0) === names.length || undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((count()[0] ?? 0) + (count()[1] ?? 0)).toBe(names.length);
    for (const one of count()) expect(one).toBeGreaterThan(0);
  });

  test('an event that a connection takes with it is delivered again on another, as a retry', async () => {
    const first = await bench.socket();
    const ts = await bench.post('card');
    await bench.control.react('U0BEN', incident, ts, 'eyes');
    const lost = await first.next('events_api');
    expect(lost).toMatchObject({ retry_attempt: 0, retry_reason: '', accepts_response_payload: false });
    const second = await bench.socket();
    first.ws.terminate();
    const again = await second.next('events_api');
    expect(again).toMatchObject({ retry_attempt: 1, retry_reason: 'timeout' });
    expect(again.payload?.['event_id']).toBe(lost.payload?.['event_id']);
    expect(again.envelope_id).not.toBe(lost.envelope_id);
  });

  test('an event that is not acknowledged is tried again at once, then when its time comes, and then given up', async () => {
    await bench.control.timing({ ack_ms: 30, event_retry_ms: [0, 60_000] });
    const socket = await bench.socket();
    await bench.control.react('U0BEN', incident, await bench.post('card'), 'eyes');
    const attempts = [await socket.next('events_api'), await socket.next('events_api')];
    expect(attempts.map(({ retry_attempt }) => retry_attempt)).toEqual([0, 1]);
    await eventually(async () => ((await bench.control.hurry())['hurried'] === 1 ? true : undefined));
    expect(await socket.next('events_api')).toMatchObject({ retry_attempt: 2 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(socket.frames).toEqual([]);
    expect(await bench.control.hurry()).toMatchObject({ hurried: 0 });
  });

  test('an acknowledged event is not repeated', async () => {
    await bench.control.timing({ ack_ms: 30, event_retry_ms: [0] });
    const socket = await bench.socket();
    await bench.control.react('U0BEN', incident, await bench.post('card'), 'eyes');
    socket.ack(await socket.next('events_api'));
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(socket.frames).toEqual([]);
  });

  test('the control API sends disconnect frames and cuts connections', async () => {
    const socket = await bench.socket();
    await bench.control.disconnect('A0TWOKEY', 'warning');
    expect(await socket.next('disconnect')).toMatchObject({ reason: 'warning' });
    await bench.control.disconnect('A0TWOKEY', 'refresh_requested');
    expect(await socket.next('disconnect')).toMatchObject({ reason: 'refresh_requested' });
    expect(await bench.control.connections('A0TWOKEY')).toBe(1);
    await bench.control.disconnect('A0TWOKEY', 'abrupt');
    await eventually(async () => ((await bench.control.connections('A0TWOKEY')) === 0 ? true : undefined));
  });

  test('pings of a client are answered', async () => {
    const socket = await bench.socket();
    const pong = new Promise((resolve) => socket.ws.on('pong', (data) => resolve(String(data))));
    socket.ws.ping('are you there');
    expect(await pong).toBe('are you there');
  });
});
