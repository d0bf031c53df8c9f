import type { WorldApp } from '../world.ts';
import type { Outcome, Parcel } from './parcel.ts';
import { slackSignature } from './signature.ts';

interface Post {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Sends a parcel to the app's request URL, signed: events as JSON, commands as a form, interactions as a form
 * whose `payload` is JSON. Redirects are not followed.
 */
export async function sendOverHttp(app: WorldApp, parcel: Parcel, timeoutMs: number): Promise<Outcome> {
  const post = postOf(app, parcel);
  if (post === undefined) return { kind: 'undeliverable', detail: 'no request URL' };
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers: Record<string, string> = {
    'content-type': post.contentType,
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': slackSignature(app.signing_secret, timestamp, post.body),
  };
  if (parcel.attempt !== undefined && parcel.attempt > 0) {
    headers['x-slack-retry-num'] = String(parcel.attempt);
    headers['x-slack-retry-reason'] = parcel.reason ?? 'unknown_error';
  }
  try {
    const response = await fetch(post.url, {
      method: 'POST',
      headers,
      body: post.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const noRetry = response.headers.get('x-slack-no-retry') === '1';
    if (response.status !== 200) return { kind: 'rejected', status: response.status, noRetry };
    return { kind: 'acked', body: readBody(text) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return { kind: 'timeout' };
    return { kind: 'undeliverable', detail: 'connection failed' };
  }
}

/** Why the next attempt is made, in the words of `x-slack-retry-reason`. */
export function retryReason(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'timeout':
    case 'lost':
      return 'timeout';
    case 'rejected':
      return 'http_error';
    case 'undeliverable':
      return 'connection_failed';
    default:
      return 'unknown_error';
  }
}

/**
 * Asks the app at `url` to prove itself as Slack does when a request URL is set: the challenge must come back
 * with status 200. Returns what went wrong, or undefined.
 */
export async function verifyUrl(
  app: WorldApp,
  url: string,
  challenge: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const payload = { token: 'local-verification-token', challenge, type: 'url_verification' };
  const outcome = await sendOverHttp(
    { ...app, request_url: url },
    { kind: 'events_api', payload },
    timeoutMs,
  );
  if (outcome.kind !== 'acked') return `the URL did not answer the challenge: ${outcome.kind}`;
  const { body } = outcome;
  const answered = typeof body === 'object' && body !== null && 'challenge' in body ? body.challenge : body;
  return answered === challenge ? undefined : "the URL's answer was not the challenge";
}

function postOf(app: WorldApp, { kind, payload }: Parcel): Post | undefined {
  const own = app.commands.find(
    ({ command }) => kind === 'slash_commands' && command === payload['command'],
  )?.url;
  const url = own ?? app.request_url;
  if (url === undefined) return undefined;
  const form = 'application/x-www-form-urlencoded';
  switch (kind) {
    case 'events_api':
      return { url, contentType: 'application/json', body: JSON.stringify(payload) };
    case 'slash_commands':
      return { url, contentType: form, body: new URLSearchParams(asStrings(payload)).toString() };
    case 'interactive':
      return {
        url,
        contentType: form,
        body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
      };
  }
}

function asStrings(payload: Parcel['payload']): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
}

function readBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
