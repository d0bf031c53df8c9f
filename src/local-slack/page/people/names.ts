import type { Message, User } from '../state/model.ts';
import type { Workspace } from '../state/state.ts';

/** As Slack shows a person: the display name, else the full name, else the user name. */
export const nameOf = (user: User | undefined, id = ''): string =>
  user?.profile.display_name || user?.profile.real_name || user?.real_name || user?.name || id;

export const fullNameOf = (user: User): string => user.profile.real_name || user.real_name || user.name;

export interface Author {
  /** Messages with the same key in a row are drawn as one group. */
  readonly key: string;
  readonly name: string;
  readonly user?: User;
  readonly app: boolean;
  readonly color?: string;
  readonly emoji?: string;
}

export function authorOf(message: Message, workspace: Workspace): Author {
  const user = message.user ? workspace.users.get(message.user) : undefined;
  const app = Boolean(message.bot_id || user?.is_bot || message.subtype === 'bot_message');
  const name =
    message.username || (app ? message.bot_profile?.name : undefined) || nameOf(user, message.user ?? 'App');
  return {
    key: `${message.user ?? message.bot_id ?? ''}/${message.username ?? ''}`,
    name,
    app,
    ...(user ? { user } : {}),
    ...(user?.color ? { color: user.color } : {}),
    ...(message.icons?.emoji ? { emoji: message.icons.emoji.replaceAll(/^:|:$/g, '') } : {}),
  };
}

export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '?')][0]?.toUpperCase()).join('');
}

/** What another person should know of this one at a glance; `short` where there is little room. */
export function badgesOf(user: User, short = false): string[] {
  const guest = user.is_ultra_restricted && !short ? 'single-channel guest' : 'guest';
  return [
    ...(user.deleted ? ['deactivated'] : []),
    ...(user.is_restricted || user.is_ultra_restricted ? [guest] : []),
    ...(user.is_stranger ? ['external'] : []),
    ...(user.is_invited_user ? ['invited'] : []),
    ...(user.is_owner ? ['owner'] : user.is_admin ? ['admin'] : []),
    ...(user.is_bot ? ['app'] : []),
  ];
}

export const groupsOf = (user: User, workspace: Workspace): string[] =>
  [...workspace.groups.values()]
    .filter(({ users }) => users?.includes(user.id))
    .map(({ handle }) => `@${handle}`);

/** People one can act as: not apps, the leavers last. */
export function peopleOf(workspace: Workspace): User[] {
  return [...workspace.users.values()]
    .filter((user) => !user.is_bot && user.id !== 'USLACKBOT')
    .sort((a, b) => Number(a.deleted ?? false) - Number(b.deleted ?? false));
}
