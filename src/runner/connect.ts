import type { Logger } from 'pino';
import type { RunnerFrame } from '../wire/frame.ts';
import { type Call, type CallTimes, call } from './call.ts';
import type { Introduction } from './handshake.ts';
import type { Incoming } from './incoming.ts';

/** Times of the connection, in milliseconds. */
export interface LinkTimes extends CallTimes {
  /** The first pause before dialling again; each failure doubles it, up to `pauseMaxMs`. */
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
}

export const LINK_TIMES: LinkTimes = {
  handshakeMs: 10_000,
  pingMs: 15_000,
  silenceMs: 40_000,
  pauseMs: 500,
  pauseMaxMs: 30_000,
};

/** More waiting than this means that the network is slower than we talk: what is lossy is dropped. */
const BACKLOG_BYTES_MAX = 256 * 1024;

/** The way to the bot: there for as long as the runner lives, up or down. */
export interface Link {
  /** False when the link is down: the frame is not sent, and never will be by the link. */
  send(frame: RunnerFrame): boolean;
  /** As `send`, for frames that nobody misses: also false when much is still waiting to be sent. */
  offer(frame: RunnerFrame): boolean;
  isUp(): boolean;
  close(): void;
}

export interface LinkEvents {
  /** The bot has proved who it is. */
  up(): void;
  down(): void;
  frame(frame: Incoming): void;
}

/** Dials out to the bot and stays connected, for ever: the bot may be away for hours. */
export function connect(
  url: string,
  self: Introduction,
  events: LinkEvents,
  log: Logger,
  times: LinkTimes = LINK_TIMES,
): Link {
  let current: Call | null = null;
  let redial: NodeJS.Timeout | null = null;
  let failures = 0;
  let closed = false;

  function dial(): void {
    current = call(url, self, log, times, {
      frame: events.frame,
      up() {
        failures = 0;
        log.info({ url }, 'connected to the bot');
        events.up();
      },
      ended(wasUp, why) {
        current = null;
        if (wasUp) events.down();
        if (closed) return;
        failures += 1;
        const pauseMs = pauseBefore(failures, times);
        log.warn({ url, why, pauseMs }, wasUp ? 'lost the bot' : 'cannot reach the bot');
        redial = setTimeout(dial, pauseMs);
      },
    });
  }

  dial();
  return {
    send: (frame) => current?.send(frame) ?? false,
    isUp: () => current?.isUp() ?? false,
    offer: (frame) =>
      current !== null && current.waiting() < BACKLOG_BYTES_MAX ? current.send(frame) : false,
    close() {
      closed = true;
      if (redial !== null) clearTimeout(redial);
      current?.close();
    },
  };
}

/** Doubles with each failure, and is spread over its upper half, so that runners do not return in step. */
function pauseBefore(failures: number, { pauseMs, pauseMaxMs }: LinkTimes): number {
  const longest = Math.min(pauseMs * 2 ** Math.min(failures - 1, 20), pauseMaxMs);
  return Math.round(longest * (0.5 + Math.random() / 2));
}
