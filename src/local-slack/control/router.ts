import express, { type Router } from 'express';
import { z } from 'zod';
import { answering } from '../answering.ts';
import { usesSocketMode } from '../apps.ts';
import { verifyUrl } from '../delivery/http.ts';
import { messagesFor } from '../page-api/reading.ts';
import { acts } from '../people/acts.ts';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import { appOf, channelOf, nextId } from '../workspace/workspace.ts';
import { botUserId } from '../world.ts';
import { changers } from './change-world.ts';
import { exportChannel } from './export.ts';
import { FaultRequest } from './faults.ts';

/** What the control API needs beyond the running Slack. */
export interface Controls {
  /** The world that `reset` loads again. */
  readonly startWorld: unknown;
  /** Moves the workspace's clock forward. */
  advanceClock(ms: number): void;
  /** Makes every open page fetch the world anew. */
  refreshPages(): void;
}

/** Changes that the stream of the page does not tell of by itself. */
const unseenByPages = new Set(['world', 'users', 'user-groups', 'apps']);

const Timing = z.strictObject({
  ack_ms: z.number().int().min(1).optional(),
  event_retry_ms: z.array(z.number().int().min(0)).max(10).optional(),
});
const Disconnect = z.strictObject({
  app: z.string(),
  reason: z.enum(['warning', 'refresh_requested', 'link_disabled', 'abrupt']),
});
const RequestUrl = z.strictObject({ app: z.string(), url: z.url() });

/** The control API, under `/_control`. Every answer is JSON with `ok`; `docs/local-slack.md` describes it. */
export function controlApi(slack: Slack, controls: Controls): Router {
  const { workspace, delivery, faults, traffic } = slack;
  const router = express.Router();
  router.use(express.json({ limit: '5mb' }));
  const get = (path: string, answer: (query: Record<string, string>) => unknown) =>
    router.get(
      path,
      answering(({ query }) => answer(z.record(z.string(), z.string()).parse(query))),
    );
  const post = (path: string, answer: (body: unknown) => unknown) =>
    router.post(
      path,
      answering(({ body }) => answer(body ?? {})),
    );

  get('/', () => ({
    ok: true,
    team: workspace.data.team,
    now: new Date(workspace.now()).toISOString(),
    apps: Object.values(workspace.data.apps).map((app) => ({
      id: app.id,
      name: app.name,
      bot_user_id: botUserId(app),
      delivery: usesSocketMode(app) ? 'socket' : 'http',
      connections: delivery.sockets.count(app.id),
    })),
  }));
  get('/messages', ({ channel = '', as, thread_ts }) => ({
    ok: true,
    messages: messagesFor(workspace, channelOf(workspace, channel), as, thread_ts),
  }));
  get('/traffic', ({ last = '100' }) => ({ ok: true, traffic: traffic.last(Number(last)) }));
  get('/export', ({ channel = '' }) => ({
    ok: true,
    files: exportChannel(workspace, channelOf(workspace, channel)),
  }));
  get('/state', () => ({ ok: true, state: workspace.data }));

  const change = (name: string, body: unknown) => {
    const result = changers[name]?.(slack, body);
    if (unseenByPages.has(name)) controls.refreshPages();
    return { ok: true, ...result };
  };
  post('/reset', () => change('world', controls.startWorld));
  for (const name of Object.keys(changers)) post(`/${name}`, (body) => change(name, body));
  for (const [name, act] of Object.entries(acts)) post(`/act/${name}`, (body) => act(slack, body));

  post('/faults', (body) => {
    faults.add(FaultRequest.parse(body));
    return { ok: true, waiting: faults.waiting() };
  });
  post('/faults/clear', () => {
    faults.clear();
    return { ok: true };
  });
  post('/timing', (body) => {
    const { ack_ms, event_retry_ms } = Timing.parse(body);
    if (ack_ms !== undefined) delivery.timing.ackMs = ack_ms;
    if (event_retry_ms !== undefined) delivery.timing.eventRetryMs = event_retry_ms;
    return { ok: true, ack_ms: delivery.timing.ackMs, event_retry_ms: delivery.timing.eventRetryMs };
  });
  post('/hurry', () => ({ ok: true, hurried: delivery.hurry() }));
  post('/clock', (body) => {
    controls.advanceClock(z.strictObject({ advance_ms: z.number().int().min(0) }).parse(body).advance_ms);
    return { ok: true, now: new Date(workspace.now()).toISOString() };
  });
  post('/disconnect', (body) => {
    const { app, reason } = Disconnect.parse(body);
    return { ok: true, connections: delivery.sockets.disconnect(appOf(workspace, app).id, reason) };
  });
  post('/request-url', async (body) => {
    const { app: id, url } = RequestUrl.parse(body);
    const app = appOf(workspace, id);
    const problem = await verifyUrl(app, url, nextId(workspace, 'challenge'), delivery.timing.ackMs);
    if (problem !== undefined) throw new SlackError('url_not_verified', { detail: problem });
    workspace.data.apps[id] = { ...app, request_url: url, socket_mode: false };
    return { ok: true };
  });
  return router;
}
