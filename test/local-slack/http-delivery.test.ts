import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import bolt from '@slack/bolt';
import { z } from 'zod';
import { slackSignature } from '../../src/local-slack/delivery/signature.ts';
import { type Bench, botToken, eventually, incident, startBench } from './bench.ts';

const { App, LogLevel } = bolt;
const secret = 'local-signing-secret';

describe('delivery over HTTP', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.close());

  test('the signature is the one of the example in the documentation of Slack', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    expect(slackSignature('8f742231b10e8888abcd99yyyzzz85a5', '1531420618', body)).toBe(
      'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    );
  });

  test('Bolt takes a signed command, event and click, and its respond() arrives', async () => {
    const seen: string[] = [];
    const app = new App({
      token: botToken,
      signingSecret: secret,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: bench.slack.apiUrl },
    });
    app.command('/restore', async ({ ack, respond }) => {
      await ack();
      await respond({ text: 'from respond', response_type: 'in_channel' });
    });
    app.event('reaction_added', async ({ event }) => {
      seen.push(event.reaction);
    });
    app.action('go', async ({ ack, action }) => {
      await ack();
      seen.push(action.type);
    });
    const server = await app.start({ port: 0, host: '127.0.0.1' });
    try {
      await bench.control.setRequestUrl('A0TWOKEY', `${addressOf(server)}/slack/events`);
      expect(await bench.control.command('U0ANA', incident, '/restore test')).toEqual({
        outcome: 'acknowledged',
      });
      const blocks = [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
        },
      ];
      const ts = await bench.post('card', { blocks });
      await bench.control.react('U0BEN', incident, ts, 'eyes');
      await bench.control.click('U0BEN', incident, ts, 'go');
      await eventually(() => (seen.length === 2 ? true : undefined));
      expect(seen.toSorted()).toEqual(['button', 'eyes']);
      await eventually(async () =>
        (await bench.control.messages(incident)).find(({ text }) => text === 'from respond'),
      );
    } finally {
      await app.stop();
    }
  });

  test('Bolt refuses what another secret signed, and the person sees dispatch_failed', async () => {
    const app = new App({
      token: botToken,
      signingSecret: 'another secret',
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: bench.slack.apiUrl },
    });
    const server = await app.start({ port: 0, host: '127.0.0.1' });
    try {
      await bench.control.alterApp({ id: 'A0TWOKEY', request_url: `${addressOf(server)}/slack/events` });
      expect(await bench.control.command('U0ANA', incident, '/restore')).toMatchObject({
        error: 'dispatch_failed',
      });
      await expect(
        bench.control.setRequestUrl('A0TWOKEY', `${addressOf(server)}/slack/events`),
      ).rejects.toThrow('url_not_verified');
    } finally {
      await app.stop();
    }
  });

  test('an event is signed, and tried again with the reason until it is taken', async () => {
    const answers = [500, 404, 200];
    const app = await fakeApp(() => answers.shift() ?? 200);
    try {
      await bench.control.timing({ event_retry_ms: [0, 0, 0] });
      await bench.control.alterApp({ id: 'A0TWOKEY', request_url: app.url });
      await bench.control.react('U0BEN', incident, await bench.post('card'), 'eyes');
      await eventually(() => (app.requests.length === 3 ? true : undefined));
      for (const { headers, body } of app.requests) {
        const timestamp = String(headers['x-slack-request-timestamp']);
        expect(headers['x-slack-signature']).toBe(slackSignature(secret, timestamp, body));
        expect(JSON.parse(body)).toMatchObject({ type: 'event_callback', event: { type: 'reaction_added' } });
      }
      expect(
        app.requests.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
      ).toEqual([
        [undefined, undefined],
        ['1', 'http_error'],
        ['2', 'http_error'],
      ]);
    } finally {
      await app.close();
    }
  });

  test('an app can say that it wants no retry', async () => {
    const app = await fakeApp(() => 500, { 'x-slack-no-retry': '1' });
    try {
      await bench.control.timing({ event_retry_ms: [0, 0] });
      await bench.control.alterApp({ id: 'A0TWOKEY', request_url: app.url });
      await bench.control.react('U0BEN', incident, await bench.post('card'), 'eyes');
      await eventually(() => (app.requests.length > 0 ? true : undefined));
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(app.requests).toHaveLength(1);
    } finally {
      await app.close();
    }
  });

  test('a command comes as a form, an interaction as its payload', async () => {
    const app = await fakeApp(() => 200);
    try {
      await bench.control.alterApp({ id: 'A0TWOKEY', request_url: app.url });
      expect(await bench.control.command('U0ANA', incident, '/restore test')).toEqual({
        outcome: 'acknowledged',
      });
      const form = new URLSearchParams(app.requests[0]?.body);
      expect(form.get('command')).toBe('/restore');
      expect(form.get('text')).toBe('test');
      expect(app.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
      const blocks = [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
        },
      ];
      await bench.control.click('U0BEN', incident, await bench.post('card', { blocks }), 'go');
      const payload: unknown = JSON.parse(new URLSearchParams(app.requests[1]?.body).get('payload') ?? '');
      expect(payload).toMatchObject({ type: 'block_actions', user: { id: 'U0BEN' } });
    } finally {
      await app.close();
    }
  });

  test('nobody at the address means dispatch_failed', async () => {
    await bench.control.alterApp({ id: 'A0TWOKEY', request_url: 'http://127.0.0.1:9/' });
    expect(await bench.control.command('U0ANA', incident, '/restore')).toMatchObject({
      error: 'dispatch_failed',
    });
  });
});

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An app that keeps what it gets and answers with what it is told. */
async function fakeApp(status: () => number, headers: Record<string, string> = {}) {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      requests.push({ headers: request.headers, body });
      response.writeHead(status(), headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    requests,
    url: addressOf(server),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function addressOf(server: Pick<Server, 'address'>): string {
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
}
