import { authorOf } from '../people/names.ts';
import type { Message } from '../state/model.ts';
import type { Workspace } from '../state/state.ts';
import { sameDay } from '../text/date.ts';

const TOGETHER_S = 300;

export interface Row {
  readonly message: Message;
  /** Drawn with avatar and name; otherwise it continues the row above. */
  readonly head: boolean;
  /** The first one of its day. */
  readonly newDay: boolean;
  /** The first one not yet read. */
  readonly firstNew: boolean;
}

/** Decides what stands above each message: a day, the red line, the author. */
export function groupMessages(
  messages: readonly Message[],
  workspace: Workspace,
  me: string | undefined,
  readUpTo: string,
): Row[] {
  let marked = Number(readUpTo) === 0;
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const newDay = !before || !sameDay(before.ts, message.ts);
    const firstNew =
      !marked && Number(message.ts) > Number(readUpTo) && message.user !== me && !message.is_ephemeral;
    marked ||= firstNew;
    const head = newDay || firstNew || !continues(before, message, workspace);
    return { message, head, newDay, firstNew };
  });
}

function continues(before: Message, message: Message, workspace: Workspace): boolean {
  return (
    authorOf(before, workspace).key === authorOf(message, workspace).key &&
    Number(message.ts) - Number(before.ts) < TOGETHER_S &&
    Boolean(before.is_ephemeral) === Boolean(message.is_ephemeral) &&
    !isNews(before) &&
    !isNews(message) &&
    message.subtype !== 'thread_broadcast' &&
    !before.reply_count
  );
}

/** Someone joined, a topic changed and the like: one grey line. */
export const isNews = ({ subtype }: Message): boolean =>
  /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$/.test(subtype ?? '');
