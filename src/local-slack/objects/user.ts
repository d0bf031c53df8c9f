import { createHash } from 'node:crypto';
import { appOfBotUser, botId } from '../apps.ts';
import type { User } from '../workspace/data.ts';
import type { Workspace } from '../workspace/workspace.ts';

const colors = [
  '9f69e7',
  '4bbe2e',
  'e7392d',
  '3c989f',
  '674b1b',
  'e96699',
  'e0a729',
  '684b6c',
  '5b89d5',
  '2b6836',
];

/** The user as `users.info` gives it. Flags of strangers appear only on strangers, as in Slack. */
export function userObject(workspace: Workspace, user: User, options: { email?: boolean } = {}) {
  const { team } = workspace.data;
  const digest = createHash('sha256').update(user.id).digest();
  const home = user.team_id ?? team.id;
  const displayName = user.display_name ?? '';
  const app = appOfBotUser(workspace, user.id);
  return {
    id: user.id,
    team_id: home,
    name: user.name,
    deleted: user.deleted,
    color: colors[(digest[0] ?? 0) % colors.length] ?? '9f69e7',
    real_name: user.real_name,
    tz: user.tz,
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      title: user.title,
      phone: '',
      skype: '',
      real_name: user.real_name,
      real_name_normalized: plain(user.real_name),
      display_name: displayName,
      display_name_normalized: plain(displayName),
      fields: null,
      status_text: '',
      status_emoji: '',
      status_emoji_display_info: [],
      status_expiration: 0,
      avatar_hash: `g${digest.toString('hex', 1, 7)}`,
      ...(user.is_bot ? { api_app_id: app?.id ?? '', always_active: true, bot_id: app && botId(app) } : {}),
      ...(options.email && user.email !== undefined ? { email: user.email } : {}),
      first_name: user.real_name.split(' ')[0],
      last_name: user.real_name.split(' ').slice(1).join(' '),
      ...avatars(user.id),
      status_text_canonical: '',
      team: home,
    },
    is_admin: user.is_admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: user.is_restricted || user.is_ultra_restricted,
    is_ultra_restricted: user.is_ultra_restricted,
    is_bot: user.is_bot,
    is_app_user: false,
    updated: user.updated,
    is_email_confirmed: true,
    who_can_share_contact_card: 'EVERYONE',
    ...(user.is_stranger ? { is_stranger: true } : {}),
  };
}

function avatars(id: string): Record<string, string> {
  const sizes = [24, 32, 48, 72, 192, 512];
  return Object.fromEntries(
    sizes.map((size) => [`image_${size}`, `https://avatars.invalid/${id}-${size}.png`]),
  );
}

function plain(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '');
}
