import type { Store } from '../store/store.ts';
import type { Progress } from '../wire/progress.ts';
import { escaped } from './render/text.ts';

/** Slack takes five answers to one command: the first acknowledges, and one is kept in reserve. */
const NEWS_AT_MS = [3_000, 15_000, 40_000] as const;

/** Tells who asked how a long preflight goes; when it is short they hear nothing but the card. */
export interface Lookout {
  watch(operation: string, code: string, person: string, channel: string, responseUrl: string | null): void;
  note(operation: string, progress: Progress): Promise<void>;
}

interface Watched {
  readonly code: string;
  readonly person: string;
  readonly channel: string;
  readonly responseUrl: string | null;
  readonly since: number;
  told: number;
}

export function lookout(store: Store): Lookout {
  const watched = new Map<string, Watched>();
  return {
    watch(operation, code, person, channel, responseUrl) {
      const entry = { code, person, channel, responseUrl, since: Date.now(), told: 0 };
      watched.set(operation, entry);
      setTimeout(() => watched.delete(operation), 10 * 60_000).unref();
    },
    async note(operation, progress) {
      const entry = watched.get(operation);
      const due = entry === undefined ? undefined : NEWS_AT_MS[entry.told];
      if (entry === undefined || due === undefined || Date.now() - entry.since < due) return;
      entry.told += 1;
      const share =
        progress.done === undefined || progress.total === undefined || progress.total === 0
          ? ''
          : ` ${Math.floor((100 * progress.done) / progress.total)} %`;
      await store.enqueueReply({
        kind: 'reply',
        channel: entry.channel,
        person: entry.person,
        text: `:mag: *${entry.code}*: ${escaped(progress.stage)}${share}…`,
        responseUrl: entry.responseUrl,
      });
    },
  };
}
