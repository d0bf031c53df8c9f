import { SlackError } from '../slack/slack.ts';

const BACKOFF_MS_MAX = 60_000;

/** True when Slack will give the same answer however often it is asked. */
export function isFinal(error: unknown): error is SlackError {
  return error instanceof SlackError && error.retryAfterMs === null;
}

/** Milliseconds until the next try: twice as long each time, and never sooner than Slack allows. */
export function tryAgainAfter(error: unknown, attempts: number): number {
  const backoff = Math.min(BACKOFF_MS_MAX, 500 * 2 ** Math.min(attempts, 10));
  return error instanceof SlackError ? Math.max(error.retryAfterMs ?? 0, backoff) : backoff;
}
