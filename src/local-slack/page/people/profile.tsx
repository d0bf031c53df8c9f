import type { ComponentChildren } from 'preact';
import type { User } from '../state/model.ts';
import { actAs, openChannel, useSession } from '../state/session.ts';
import { Popover, usePopover } from '../widgets/popover.tsx';
import { Avatar } from './avatar.tsx';
import { badgesOf, fullNameOf, groupsOf, nameOf } from './names.ts';
import './people.css';

/** A person's name that opens their profile. */
export function PersonButton(props: { user: User; class: string; children: ComponentChildren }) {
  const profile = usePopover();
  return (
    <>
      <button type="button" class={props.class} aria-haspopup="dialog" onClick={profile.toggle}>
        {props.children}
      </button>
      {profile.anchor && <Profile user={props.user} anchor={profile.anchor} onClose={profile.close} />}
    </>
  );
}

/** Who this is, and the door to being them. */
function Profile({ user, anchor, onClose }: { user: User; anchor: HTMLElement; onClose: () => void }) {
  const me = useSession((state) => state.route.as === user.id);
  const workspace = useSession((state) => state.workspace);
  const direct = [...(workspace?.channels.values() ?? [])].find(
    (channel) => channel.is_im && channel.user === user.id,
  );
  const groups = workspace ? groupsOf(user, workspace) : [];
  return (
    <Popover anchor={anchor} label={`Profile of ${nameOf(user)}`} onClose={onClose}>
      <div class="profile">
        <Avatar name={nameOf(user)} color={user.color ?? null} app={Boolean(user.is_bot)} size={72} />
        <div class="profile-name">
          {fullNameOf(user)} <Badges user={user} />
        </div>
        {user.profile.title && <div>{user.profile.title}</div>}
        <div class="muted">
          @{user.name} · {user.id}
        </div>
        {groups.length > 0 && <div class="muted">In {groups.join(', ')}</div>}
        <div class="actions">
          {!user.is_bot && (
            <button
              type="button"
              class="button button-primary"
              disabled={me}
              onClick={() => {
                onClose();
                actAs(user.id);
              }}
            >
              {me ? 'This is you' : `Act as ${nameOf(user)}`}
            </button>
          )}
          {direct && (
            <button type="button" class="button" onClick={() => openChannel(direct.id)}>
              Message
            </button>
          )}
        </div>
      </div>
    </Popover>
  );
}

export function Badges({ user, short = false }: { user: User; short?: boolean }) {
  return (
    <>
      {badgesOf(user, short).map((badge) => (
        <span key={badge} class={`badge badge-${badge.replaceAll(' ', '-')}`}>
          {badge.toUpperCase()}
        </span>
      ))}
    </>
  );
}
