import { WebClient } from '@slack/web-api';
import WebSocket from 'ws';
import { z } from 'zod';
import { connectControl } from '../../src/local-slack/control-client.ts';
import { startLocalSlack } from '../../src/local-slack/local-slack.ts';

export const botToken = 'xoxb-local-twokey';
export const appToken = 'xapp-local-twokey';
export const incident = 'C0INCIDENT';

export type Answer = Record<string, unknown>;
export type Bench = Awaited<ReturnType<typeof startBench>>;

/** A local Slack on a free port, with the clients that tests use. */
export async function startBench(world?: unknown) {
  const slack = await startLocalSlack({ port: 0, ...(world === undefined ? {} : { world }) });
  const sockets: AppSocket[] = [];

  /** Calls a method as the bot, with JSON. */
  const api = async (method: string, args: object = {}, token = botToken): Promise<Answer> =>
    answerOf(
      await fetch(`${slack.apiUrl}${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(args),
      }),
    );

  return {
    slack,
    control: connectControl(slack.url),
    web: new WebClient(botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } }),
    api,

    /** Calls a method with a form, as most SDKs do. */
    async form(method: string, args: Record<string, string> = {}, token = botToken): Promise<Answer> {
      const body = new URLSearchParams({ ...args, ...(token === '' ? {} : { token }) });
      return answerOf(await fetch(`${slack.apiUrl}${method}`, { method: 'POST', body }));
    },

    /** Posts a message as the bot and gives its ts. */
    async post(text: string, more: object = {}): Promise<string> {
      return z.string().parse((await api('chat.postMessage', { channel: incident, text, ...more }))['ts']);
    },

    /** Opens a Socket Mode connection and waits for its hello. */
    async socket(): Promise<AppSocket> {
      const url = z.string().parse((await api('apps.connections.open', {}, appToken))['url']);
      const socket = openAppSocket(url);
      sockets.push(socket);
      await socket.next('hello');
      return socket;
    },

    async close(): Promise<void> {
      for (const { ws } of sockets) ws.terminate();
      await slack.close();
    },
  };
}

export interface AppSocket {
  readonly ws: WebSocket;
  readonly frames: Frame[];
  /** The first frame of this type that was not taken yet; waits for it at most three seconds. */
  next(type: string): Promise<Frame>;
  ack(frame: Frame, payload?: unknown): void;
}

const Frame = z.looseObject({
  type: z.string(),
  envelope_id: z.string().optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
});
export type Frame = z.output<typeof Frame>;

/** A bare Socket Mode client, which acknowledges nothing by itself. */
export function openAppSocket(url: string): AppSocket {
  const ws = new WebSocket(url);
  const frames: Frame[] = [];
  ws.on('message', (data) => frames.push(Frame.parse(JSON.parse(String(data)))));
  ws.on('error', () => ws.terminate());
  return {
    ws,
    frames,
    next: (type) =>
      eventually(() => {
        const index = frames.findIndex((frame) => frame.type === type);
        return index < 0 ? undefined : frames.splice(index, 1)[0];
      }),
    ack: ({ envelope_id }, payload) =>
      ws.send(JSON.stringify({ envelope_id, ...(payload ? { payload } : {}) })),
  };
}

/** The status with which the opening of a socket is answered; 101 when it opens. The socket is closed again. */
export function openingStatus(url: string): Promise<number | undefined> {
  const { ws } = openAppSocket(url);
  return new Promise((resolve) => {
    const finish = (status: number | undefined) => {
      ws.terminate();
      resolve(status);
    };
    ws.on('unexpected-response', (request, response) => {
      request.destroy();
      finish(response.statusCode);
    });
    ws.on('open', () => finish(101));
  });
}

/** Looks again and again, for three seconds at most, until there is something. */
export async function eventually<Value>(
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const until = Date.now() + 15_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error('fifteen seconds went by in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function answerOf(response: Response): Promise<Answer> {
  return z.record(z.string(), z.unknown()).parse(await response.json());
}
