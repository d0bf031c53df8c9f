import { nameOf } from '../people/names.ts';
import { PersonButton } from '../people/profile.tsx';
import { openChannel, useSession } from '../state/session.ts';

interface Mention {
  readonly id: string;
  readonly label?: string | undefined;
}

export function UserMention({ id, label }: Mention) {
  const user = useSession((state) => state.workspace?.users.get(id));
  const me = useSession((state) => state.route.as === id);
  const look = me ? 'mention mention-me' : 'mention';
  const shown = `@${user ? nameOf(user) : (label ?? id).replace(/^@/, '')}`;
  if (!user) return <span class={look}>{shown}</span>;
  return (
    <PersonButton user={user} class={look}>
      {shown}
    </PersonButton>
  );
}

export function ChannelMention({ id, label }: Mention) {
  const channel = useSession((state) => state.workspace?.channels.get(id));
  const shown = channel?.name ?? label ?? 'private-channel';
  if (!channel) return <span class="mention">#{shown}</span>;
  return (
    <button type="button" class="mention" onClick={() => openChannel(id)}>
      #{shown}
    </button>
  );
}

/** A user group; its people are named when one points at it. */
export function GroupMention({ id, label }: Mention) {
  const group = useSession((state) => state.workspace?.groups.get(id));
  const users = useSession((state) => state.workspace?.users);
  const me = useSession((state) => state.route.as ?? '');
  const people = group?.users?.map((one) => nameOf(users?.get(one), one)).join(', ');
  const look = group?.users?.includes(me) ? 'mention mention-me' : 'mention';
  return (
    <span class={look} title={people ? `${group?.name}: ${people}` : undefined}>
      @{group?.handle ?? (label ?? id).replace(/^@/, '')}
    </span>
  );
}
