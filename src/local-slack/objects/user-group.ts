import type { UserGroup } from '../workspace/data.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The user group as `usergroups.list` gives it. */
export function userGroupObject(
  workspace: Workspace,
  group: UserGroup,
  include: { users?: boolean | undefined; count?: boolean | undefined } = {},
) {
  const creator = group.users[0] ?? 'USLACKBOT';
  return {
    id: group.id,
    team_id: workspace.data.team.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: group.description,
    handle: group.handle,
    is_external: false,
    date_create: group.date_create,
    date_update: group.date_update,
    date_delete: group.is_disabled ? group.date_update : 0,
    auto_type: null,
    auto_provision: false,
    enterprise_subteam_id: '',
    created_by: creator,
    updated_by: creator,
    deleted_by: group.is_disabled ? creator : null,
    prefs: { channels: [], groups: [] },
    channel_count: 0,
    ...(include.users ? { users: [...group.users] } : {}),
    ...(include.count ? { user_count: group.users.length } : {}),
  };
}
