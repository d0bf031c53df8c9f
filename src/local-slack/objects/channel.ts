import { type Channel, isMember } from '../workspace/channels.ts';
import type { Workspace } from '../workspace/workspace.ts';

interface Options {
  /** Who asks: decides `is_member` and `last_read`. */
  readonly viewer: string;
  readonly countMembers?: boolean | undefined;
  readonly locale?: boolean | undefined;
}

/** The conversation as `conversations.info` gives it. */
export function channelObject(workspace: Workspace, channel: Channel, options: Options) {
  return channel.kind === 'im'
    ? directObject(workspace, channel, options)
    : roomObject(workspace, channel, options);
}

function roomObject(workspace: Workspace, channel: Channel, { viewer, countMembers, locale }: Options) {
  const { team } = workspace.data;
  const member = isMember(channel, viewer);
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private' && channel.id.startsWith('G'),
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    created: channel.created,
    is_archived: channel.is_archived,
    is_general: channel.is_general,
    unlinked: 0,
    name_normalized: channel.name,
    is_shared: channel.is_ext_shared,
    is_frozen: false,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: team.id,
    updated: channel.created * 1000,
    parent_conversation: null,
    creator: channel.creator,
    is_ext_shared: channel.is_ext_shared,
    shared_team_ids: channel.is_ext_shared ? [team.id, ...foreignTeams(workspace, channel)] : [team.id],
    pending_connected_team_ids: [],
    is_member: member,
    ...(member ? { last_read: channel.lastRead[viewer] ?? '0000000000.000000' } : {}),
    topic: {
      value: channel.topic,
      creator: channel.topic === '' ? '' : channel.creator,
      last_set: channel.created,
    },
    purpose: {
      value: channel.purpose,
      creator: channel.purpose === '' ? '' : channel.creator,
      last_set: channel.created,
    },
    previous_names: [],
    ...(countMembers ? { num_members: channel.members.length } : {}),
    ...(locale ? { locale: 'en-US' } : {}),
  };
}

function directObject(workspace: Workspace, channel: Channel, { viewer, locale }: Options) {
  return {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    is_im: true,
    is_org_shared: false,
    context_team_id: workspace.data.team.id,
    updated: channel.created * 1000,
    user: channel.members.find((member) => member !== viewer) ?? viewer,
    last_read: channel.lastRead[viewer] ?? '0000000000.000000',
    unread_count: 0,
    unread_count_display: 0,
    is_open: true,
    priority: 0,
    ...(locale ? { locale: 'en-US' } : {}),
  };
}

function foreignTeams(workspace: Workspace, channel: Channel): string[] {
  const teams = channel.members
    .map((id) => workspace.data.users[id]?.team_id)
    .filter((id) => id !== undefined);
  return [...new Set(teams)];
}

/** What events call `channel_type`. */
export function channelObjectType(channel: Channel): 'channel' | 'group' | 'im' {
  return ({ public: 'channel', private: 'group', im: 'im' } as const)[channel.kind];
}
