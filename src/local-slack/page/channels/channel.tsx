import { Composer } from '../composer/composer.tsx';
import { Timeline } from '../messages/timeline.tsx';
import { Avatar } from '../people/avatar.tsx';
import { groupsOf, nameOf } from '../people/names.ts';
import { Badges } from '../people/profile.tsx';
import type { Channel } from '../state/model.ts';
import { useSession } from '../state/session.ts';
import type { Workspace } from '../state/state.ts';
import { Mrkdwn } from '../text/view.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Popover, usePopover } from '../widgets/popover.tsx';
import { channelTitle } from './title.ts';
import './channel.css';

/** The open channel: its head, its messages, its composer. */
export function ChannelPane({ id, onMenu }: { id: string; onMenu: () => void }) {
  const workspace = useSession((state) => state.workspace);
  const channel = useSession((state) => state.workspace?.channels.get(id));
  const me = useSession((state) => state.route.as ?? '');
  const person = useSession((state) => state.workspace?.users.get(me));
  const all = useSession((state) => state.notices);
  if (!workspace) return null;
  const notices = all.filter((notice) => notice.channel === id && !notice.thread);
  const title = channelTitle(channel, workspace) || id;
  const member = channel?.members?.includes(me) ?? false;
  return (
    <main class="channel">
      <header class="pane-head">
        <button type="button" class="icon-button menu-button" aria-label="Channels" onClick={onMenu}>
          <Icon name="menu" />
        </button>
        <div class="pane-titles">
          <h2>{title}</h2>
          {channel?.topic?.value && (
            <div class="channel-topic">
              <Mrkdwn text={channel.topic.value} />
            </div>
          )}
        </div>
        {channel?.members && !channel.is_im && <Members channel={channel} workspace={workspace} />}
        <button type="button" class="whoami" aria-label="Switch person" onClick={onMenu}>
          <Avatar name={nameOf(person, me)} color={person?.color ?? null} size={30} />
        </button>
      </header>
      <LinkState />
      <Timeline channel={id} notices={notices}>
        <ChannelIntro channel={channel} title={title} />
      </Timeline>
      {channel && !member ? (
        <div class="not-member">
          {nameOf(person, me)} is not a member of <b>{title}</b>.
        </div>
      ) : (
        <Composer channel={id} placeholder={`Message ${title}`} />
      )}
    </main>
  );
}

function ChannelIntro({ channel, title }: { channel: Channel | undefined; title: string }) {
  if (!channel) return <p class="channel-intro">There is no channel here that this person can see.</p>;
  return (
    <div class="channel-intro">
      <div class="channel-intro-title">{title}</div>
      {channel.is_im
        ? 'This is the very beginning of your direct messages.'
        : `This is the very beginning of ${title}. ${channel.purpose?.value ?? ''}`}
    </div>
  );
}

function Members({ channel, workspace }: { channel: Channel; workspace: Workspace }) {
  const list = usePopover();
  const members = (channel.members ?? []).flatMap((id) => workspace.users.get(id) ?? []);
  return (
    <>
      <button
        type="button"
        class="members"
        aria-label={`${members.length} members`}
        aria-haspopup="dialog"
        onClick={list.toggle}
      >
        <Icon name="people" size={16} /> {members.length}
      </button>
      {list.anchor && (
        <Popover anchor={list.anchor} label="Members" onClose={list.close}>
          <ul class="member-list">
            {members.map((user) => (
              <li key={user.id}>
                <Avatar name={nameOf(user)} color={user.color ?? null} app={Boolean(user.is_bot)} size={28} />
                <span>
                  <b>{nameOf(user)}</b> <Badges user={user} />
                  <span class="muted">
                    {' '}
                    {[user.profile.title, ...groupsOf(user, workspace)].filter(Boolean).join(' · ')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </Popover>
      )}
    </>
  );
}

/** Says when what is shown may be stale. */
function LinkState() {
  const lost = useSession((state) => state.link === 'lost');
  if (!lost) return null;
  return (
    <div class="link-lost" role="status">
      Connection lost. Trying to reconnect…
    </div>
  );
}
