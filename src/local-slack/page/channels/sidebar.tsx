import { Avatar } from '../people/avatar.tsx';
import { nameOf, peopleOf } from '../people/names.ts';
import { Badges, PersonButton } from '../people/profile.tsx';
import { PersonSwitcher } from '../people/switcher.tsx';
import type { Channel, User } from '../state/model.ts';
import { openChannel, useSession } from '../state/session.ts';
import { ThemeToggle } from '../theme/toggle.tsx';
import { Icon } from '../widgets/icon.tsx';
import { channelTitle, sortChannels } from './title.ts';
import './sidebar.css';

/** The workspace at the left: who one is, the channels, the direct messages, the people. */
export function Sidebar({ onChoose }: { onChoose: () => void }) {
  const workspace = useSession((state) => state.workspace);
  const me = useSession((state) => state.route.as ?? '');
  if (!workspace) return <nav class="sidebar" aria-label="Workspace" />;
  const { joined, others, direct } = sortChannels(workspace, me);
  const talkedTo = new Set(direct.map(({ user }) => user));
  const people = [...peopleOf(workspace), ...[...workspace.users.values()].filter((user) => user.is_bot)];
  return (
    <nav class="sidebar" aria-label="Workspace">
      <header class="sidebar-head">
        <h1>{workspace.name}</h1>
        <ThemeToggle />
      </header>
      <PersonSwitcher />
      <div class="sidebar-lists">
        <ChannelList title="Channels" channels={joined} onChoose={onChoose} />
        {others.length > 0 && <ChannelList title="Other channels" channels={others} onChoose={onChoose} />}
        {direct.length > 0 && <ChannelList title="Direct messages" channels={direct} onChoose={onChoose} />}
        <section aria-labelledby="side-people">
          <h2 id="side-people">People and apps</h2>
          <ul>
            {people
              .filter((user) => user.id !== me && !talkedTo.has(user.id))
              .map((user) => (
                <PersonRow key={user.id} user={user} />
              ))}
          </ul>
        </section>
      </div>
    </nav>
  );
}

function ChannelList(props: { title: string; channels: readonly Channel[]; onChoose: () => void }) {
  const id = `side-${props.title.toLowerCase().replaceAll(' ', '-')}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      <ul>
        {props.channels.map((channel) => (
          <ChannelRow key={channel.id} channel={channel} onChoose={props.onChoose} />
        ))}
      </ul>
    </section>
  );
}

function ChannelRow({ channel, onChoose }: { channel: Channel; onChoose: () => void }) {
  const workspace = useSession((state) => state.workspace);
  const open = useSession((state) => state.route.channel === channel.id);
  const mentions = useSession((state) => state.mentions[channel.id] ?? 0);
  if (!workspace) return null;
  const unread = (channel.unread_count ?? 0) > 0;
  const other = workspace.users.get(channel.user ?? '');
  const count = channel.is_im && unread ? (channel.unread_count ?? 0) : mentions;
  return (
    <li>
      <button
        type="button"
        class={unread || mentions > 0 ? 'side-row side-unread' : 'side-row'}
        aria-current={open ? 'page' : undefined}
        data-channel={channel.id}
        onClick={() => {
          openChannel(channel.id);
          onChoose();
        }}
      >
        <span class="side-sign" aria-hidden="true">
          {channel.is_im ? (
            <Avatar
              name={nameOf(other)}
              color={other?.color ?? null}
              app={Boolean(other?.is_bot)}
              size={20}
            />
          ) : channel.is_private ? (
            <Icon name="lock" size={15} />
          ) : (
            '#'
          )}
        </span>
        <span class="side-name">{channelTitle(channel, workspace).replace(/^#/, '')}</span>
        {other && <Badges user={other} short />}
        {channel.is_ext_shared && <span class="badge">SHARED</span>}
        {unread && <span class="visually-hidden">, unread</span>}
        {count > 0 && <span class="side-count">{count}</span>}
      </button>
    </li>
  );
}

function PersonRow({ user }: { user: User }) {
  return (
    <li>
      <PersonButton user={user} class={user.deleted ? 'side-row side-gone' : 'side-row'}>
        <span class="side-sign" aria-hidden="true">
          <Avatar name={nameOf(user)} color={user.color ?? null} app={Boolean(user.is_bot)} size={20} />
        </span>
        <span class="side-name">{nameOf(user)}</span>
        <Badges user={user} short />
      </PersonButton>
    </li>
  );
}
