import { Avatar } from '../people/avatar.tsx';
import { nameOf } from '../people/names.ts';
import type { Message } from '../state/model.ts';
import { go, useSession } from '../state/session.ts';
import { ago } from '../text/date.ts';
import { Icon } from '../widgets/icon.tsx';

/** The line that opens a message's thread: who replied, how often, when last. */
export function Replies({ channel, message }: { channel: string; message: Message }) {
  const users = useSession((state) => state.workspace?.users);
  const open = useSession((state) => state.route.thread === message.ts);
  const count = message.reply_count ?? 0;
  if (count === 0) return null;
  const last = message.latest_reply ? ago(Date.now() - Number(message.latest_reply) * 1000) : '';
  return (
    <button
      type="button"
      class="replies"
      aria-expanded={open}
      onClick={() => go({ channel, thread: message.ts })}
    >
      {message.reply_users?.slice(0, 4).map((id) => {
        const user = users?.get(id);
        return (
          <Avatar
            key={id}
            name={nameOf(user, id)}
            color={user?.color ?? null}
            app={Boolean(user?.is_bot)}
            size={24}
          />
        );
      })}
      <b>
        {count} {count === 1 ? 'reply' : 'replies'}
      </b>
      {last && <span class="muted replies-last">Last reply {last}</span>}
      <span class="muted replies-open">View thread</span>
      <Icon name="chevron" size={16} />
    </button>
  );
}
