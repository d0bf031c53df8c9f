import { setTimeout as delay } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import type { ApiFault } from '../control/faults.ts';
import type { Slack } from '../slack.ts';
import { SlackError } from '../slack-error.ts';
import type { WorldApp } from '../world.ts';
import { requireScope } from './access.ts';
import type { Method, Reply } from './method.ts';
import { methods } from './methods.ts';
import { readRequest } from './request.ts';

/** The Web API under `/api`. */
export function webApi(slack: Slack): Router {
  const router = express.Router();
  router.use(express.raw({ type: () => true, limit: '2mb' }));
  router.all('/:method', async (request, response) => {
    const name = request.params.method;
    const fault = slack.faults.takeApi(name);
    if (fault !== undefined) slack.traffic.note({ kind: 'fault', name, request: fault });
    if (fault?.kind === 'delay') await delay(fault.ms);
    if (fault !== undefined && (await answersInstead(fault, response))) return;
    const reply = await answer(slack, name, request, response);
    if (fault?.kind === 'accept_then_reset') response.socket?.destroy();
    else response.json(reply);
  });
  return router;
}

/** True when the fault has answered in place of the method. */
async function answersInstead(fault: ApiFault, response: Response): Promise<boolean> {
  switch (fault.kind) {
    case 'ratelimited':
      response
        .status(429)
        .set('retry-after', String(fault.retry_after))
        .json({ ok: false, error: 'ratelimited' });
      return true;
    case 'status':
      response.status(fault.status).type('text').send(`local Slack: injected status ${fault.status}`);
      return true;
    case 'error':
      response.json({ ok: false, error: fault.error });
      return true;
    case 'reset':
      response.socket?.destroy();
      return true;
    default:
      return false;
  }
}

async function answer(slack: Slack, name: string, request: Request, response: Response): Promise<Reply> {
  let args: Reply = {};
  let app: WorldApp | undefined;
  let reply: Reply;
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new SlackError('unknown_method', { req_method: name });
    const read = await readRequest(request);
    app = method.token === 'none' ? undefined : authenticated(slack, method, read.token);
    if (!read.isJson || method.json) args = read.args;
    reply = run(slack, method, app, request.headers.host ?? '', args, response);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    reply = { ok: false, error: error.code, ...error.extra };
  }
  slack.traffic.note({ kind: 'api', name, app: app?.id, request: args, response: reply });
  return reply;
}

function run(
  slack: Slack,
  method: Method,
  app: WorldApp | undefined,
  host: string,
  args: Reply,
  response: Response,
): Reply {
  if (app === undefined) return { ok: true, ...method.run({ slack, app: nobody, host }, args) };
  const granted = method.token === 'app' ? app.app_scopes : app.scopes;
  response.set('x-oauth-scopes', granted.join(','));
  response.set('x-accepted-oauth-scopes', method.scopes.join(','));
  const call = { slack, app, host };
  if (method.scopes.length > 0) requireScope({ ...call, app: { ...app, scopes: granted } }, ...method.scopes);
  return { ok: true, ...method.run(call, args) };
}

/** The app whose token this is. Throws `not_authed`, `invalid_auth`, `not_allowed_token_type`. */
function authenticated(slack: Slack, method: Method, token: string | undefined): WorldApp {
  if (token === undefined || token === '') throw new SlackError('not_authed');
  const apps = Object.values(slack.workspace.data.apps);
  const asBot = apps.find((app) => app.bot_token === token);
  const asApp = apps.find((app) => app.app_token === token);
  const app = asBot ?? asApp;
  if (app === undefined) throw new SlackError('invalid_auth');
  if (method.token === 'bot' && asBot === undefined) throw new SlackError('not_allowed_token_type');
  if (method.token === 'app' && asApp === undefined) throw new SlackError('not_allowed_token_type');
  return app;
}

/** Stands for the caller of a method that needs no token. */
const nobody: WorldApp = {
  id: 'A0NOBODY',
  name: 'nobody',
  bot_token: 'xoxb-',
  app_scopes: [],
  signing_secret: '',
  scopes: [],
  commands: [],
  events: [],
  interactivity: false,
};
