import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { FRAME_BYTES_MAX } from '../wire/frame.ts';
import type { Progress } from '../wire/progress.ts';
import { signPayload } from '../wire/signature.ts';
import type { Link } from './connect.ts';
import type { Journal } from './journal/journal.ts';

/** How many statements may be on their way at once. */
const WINDOW = 32;
/** A statement that was not acknowledged in this time is sent again. */
const AGAIN_AFTER_MS = 15_000;
const PROGRESS_EVERY_MS = 500;

/** What the runner tells the bot. */
export interface Reporter {
  /** Something of one step, at most twice a second per operation; the latest wins, and any may be lost. */
  progress(operation: string, step: string, progress: Progress): void;
  /** The link is up: everything unacknowledged goes out again, oldest first. */
  up(): void;
  down(): void;
  acked(statement: string): void;
  close(): void;
}

/**
 * Sends what the journal says and the bot has not acknowledged. The journal is the queue: a statement
 * is durable before it is sent, in the same line as what made it true.
 */
export function startReporter(
  journal: Journal,
  key: KeyObject,
  link: () => Link | null,
  log: Logger,
  againAfterMs = AGAIN_AFTER_MS,
): Reporter {
  const sentAt = new Map<string, number>();
  const paces = new Map<string, Pace>();

  function pump(): void {
    const connection = link();
    if (connection === null) return;
    const now = Date.now();
    let onTheWay = 0;
    for (const [id, statement] of journal.state.unacked) {
      if (onTheWay === WINDOW) return;
      onTheWay += 1;
      if (now - (sentAt.get(id) ?? 0) < againAfterMs) continue;
      const frame = { type: 'statement', statement: signPayload('statement', statement, key) } as const;
      if (Buffer.byteLength(JSON.stringify(frame)) > FRAME_BYTES_MAX)
        log.error({ id, kind: statement.kind }, 'a statement is too large for the wire (this is a bug)');
      else if (!connection.send(frame)) return;
      sentAt.set(id, now);
    }
  }

  journal.follow((entry) => {
    if ('say' in entry && entry.say !== null) pump();
  });
  const again = setInterval(pump, againAfterMs);
  again.unref();

  return {
    up: pump,
    down: () => sentAt.clear(),
    acked(statement) {
      sentAt.delete(statement);
      if (!journal.state.unacked.has(statement)) return;
      journal.append({ type: 'acked', statement });
      pump();
    },
    progress(operation, step, progress) {
      const pace = paces.get(operation) ?? startPace(() => paces.delete(operation));
      paces.set(operation, pace);
      pace(() => link()?.offer({ type: 'progress', operation, step, progress }));
    },
    close() {
      clearInterval(again);
    },
  };
}

type Pace = (send: () => void) => void;

/** Lets the first through at once, then the latest of each interval; falls idle after a quiet one. */
function startPace(idle: () => void): Pace {
  let latest: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;

  function beat(): void {
    timer = null;
    if (latest === null) {
      idle();
      return;
    }
    const send = latest;
    latest = null;
    send();
    timer = setTimeout(beat, PROGRESS_EVERY_MS).unref();
  }

  return (send) => {
    latest = send;
    if (timer === null) beat();
  };
}
