/** One thing that Slack sends to an app. */
export interface Parcel {
  readonly kind: 'events_api' | 'slash_commands' | 'interactive';
  readonly payload: Readonly<Record<string, unknown>>;
  /** Which attempt this is; for events only. Zero is the first. */
  readonly attempt?: number;
  /** Why there was another attempt: `timeout`, `http_error`, `connection_failed`… */
  readonly reason?: string;
  /** The same for a duplicate; a new one otherwise. */
  readonly envelopeId?: string;
}

export type Outcome =
  /** Taken. `body` is what came with it: an answer to a command, errors of a view. */
  | { readonly kind: 'acked'; readonly body: unknown }
  /** Nothing came in time (three seconds). */
  | { readonly kind: 'timeout' }
  /** There was nobody to give it to. */
  | { readonly kind: 'undeliverable'; readonly detail: string }
  /** The app answered, but not with success. */
  | { readonly kind: 'rejected'; readonly status: number; readonly noRetry: boolean }
  /** The socket closed before the acknowledgement. */
  | { readonly kind: 'lost' };

/** Durations in milliseconds, which the control API may shorten. */
export interface Timing {
  /** How long an app has to acknowledge. */
  ackMs: number;
  /** How long after a failed attempt the next follows. */
  eventRetryMs: readonly number[];
  /** How often Slack pings a socket. */
  pingMs: number;
}

export const slackTiming: Timing = { ackMs: 3000, eventRetryMs: [0, 60_000, 300_000], pingMs: 10_000 };
