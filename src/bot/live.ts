import type { Logger } from 'pino';
import { SlackError } from '../slack/slack.ts';
import { type PostContext, postSlot } from './post.ts';
import type { LiveProgress } from './render/progress.ts';

/** All operations together: Slack allows about 50 edits a minute, and decisions must not wait for progress. */
const EDITS_PER_MINUTE = 40;
/** Faster than this nobody can read. */
const EDIT_EVERY_MS = 1_500;

/** Newest progress of each operation, shown by editing its message, as often as the budget allows. */
export interface Live {
  /** Notes what a runner said; an edit follows when the budget allows. */
  note(operation: string, live: LiveProgress): void;
  of(operation: string): LiveProgress | null;
  stop(): void;
}

export function liveProgress(context: () => PostContext, log: Logger): Live {
  const newest = new Map<string, LiveProgress>();
  const waiting = new Set<string>();
  const edits: number[] = [];
  let busy = false;
  const tick = async (): Promise<void> => {
    const [id] = waiting;
    const minuteAgo = Date.now() - 60_000;
    while ((edits[0] ?? Number.POSITIVE_INFINITY) < minuteAgo) edits.shift();
    if (busy || id === undefined || edits.length >= EDITS_PER_MINUTE) return;
    waiting.delete(id);
    busy = true;
    edits.push(Date.now());
    try {
      await show(id, context());
    } catch (error) {
      // Lossy by design: the next progress, or the step's end, draws the whole message again.
      if (!(error instanceof SlackError)) log.warn({ err: error }, 'progress could not be shown');
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void tick(), EDIT_EVERY_MS);
  return {
    note(operation, live) {
      newest.set(operation, live);
      waiting.add(operation);
    },
    of: (operation) => newest.get(operation) ?? null,
    stop: () => clearInterval(timer),
  };
}

async function show(id: string, context: PostContext): Promise<void> {
  const stored = await context.store.operation(id);
  if (stored === null) return;
  const { operation } = stored;
  const posted = await context.store.message(id, 'progress');
  if (posted === null || (operation.state !== 'running' && operation.state !== 'rolling_back')) return;
  await postSlot(operation, 'progress', id, false, context);
}
