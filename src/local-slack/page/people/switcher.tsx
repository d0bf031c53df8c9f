import type { User } from '../state/model.ts';
import { actAs, useSession } from '../state/session.ts';
import { Icon } from '../widgets/icon.tsx';
import { Menu } from '../widgets/menu.tsx';
import { usePopover } from '../widgets/popover.tsx';
import { Avatar } from './avatar.tsx';
import { groupsOf, nameOf, peopleOf } from './names.ts';
import { Badges } from './profile.tsx';
import './people.css';

const FACES = 6;

/** Who one is here, with the other people one click away: their faces, or the whole list with their roles. */
export function PersonSwitcher() {
  const workspace = useSession((state) => state.workspace);
  const me = useSession((state) => state.route.as);
  const menu = usePopover();
  if (!workspace) return null;
  const people = peopleOf(workspace);
  const current = workspace.users.get(me ?? '');
  const others = people.filter((user) => user.id !== me && !user.deleted);
  const choose = (user: User) => {
    menu.close();
    actAs(user.id);
  };
  return (
    <div class="switcher">
      <button
        type="button"
        class="switcher-button"
        aria-haspopup="menu"
        onClick={menu.toggle}
        data-person={me}
      >
        <Avatar name={nameOf(current)} color={current?.color ?? null} size={32} />
        <span class="switcher-names">
          <span class="switcher-name">
            <span class="switcher-you">You are: </span>
            {nameOf(current, me)}
          </span>
          <span class="switcher-title">{current?.profile.title || 'No title'}</span>
        </span>
        <Icon name="chevron" size={16} />
      </button>
      <fieldset class="faces">
        <legend class="visually-hidden">Act as someone else</legend>
        {others.slice(0, FACES).map((user) => (
          <button
            key={user.id}
            type="button"
            class="face"
            aria-label={`Act as ${nameOf(user)}`}
            title={[`Act as ${nameOf(user)}`, user.profile.title].filter(Boolean).join(' · ')}
            onClick={() => choose(user)}
          >
            <Avatar name={nameOf(user)} color={user.color ?? null} size={26} />
          </button>
        ))}
      </fieldset>
      {menu.anchor && (
        <Menu anchor={menu.anchor} label="Act as" onClose={menu.close}>
          <div class="people-menu-head">Act as</div>
          {people.map((user) => (
            <button
              key={user.id}
              type="button"
              role="menuitemradio"
              aria-checked={user.id === me}
              class="person"
              onClick={() => choose(user)}
            >
              <Avatar name={nameOf(user)} color={user.color ?? null} size={36} />
              <span class="person-lines">
                <span class="person-name">
                  {nameOf(user)} <Badges user={user} />
                </span>
                <span class="person-title">
                  {[user.profile.title, ...groupsOf(user, workspace)].filter(Boolean).join(' · ') ||
                    `@${user.name}`}
                </span>
              </span>
              {user.id === me && <Icon name="check" size={16} />}
            </button>
          ))}
        </Menu>
      )}
    </div>
  );
}
