import { channelObjectType } from '../objects/channel.ts';
import { messageObject } from '../objects/message.ts';
import { userObject } from '../objects/user.ts';
import type { Change } from '../workspace/changes.ts';
import { type Channel, isMember } from '../workspace/channels.ts';
import { nextTs, type Workspace } from '../workspace/workspace.ts';
import { botUserId, type WorldApp } from '../world.ts';

/** An event of the Events API before it is wrapped for an app. */
export interface SlackEvent {
  /** What an app subscribes to: `reaction_added`, `message.channels`. */
  readonly subscription: string;
  /** Any of these lets an app have it. */
  readonly scopes: readonly string[];
  /** Apps whose bot is not in here don't get it. */
  readonly channel: Channel | undefined;
  /** For `app_mention`: only this bot. */
  readonly onlyBot?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What Slack tells apps about a change. Most changes of the page's concern have no event. */
export function eventsOf(workspace: Workspace, change: Change): readonly SlackEvent[] {
  switch (change.type) {
    case 'message_posted':
      return messagePosted(workspace, change);
    case 'message_edited':
      return [
        messageEvent(workspace, change.channel, {
          subtype: 'message_changed',
          hidden: true,
          message: messageObject(workspace, change.channel, change.message),
          previous_message: messageObject(workspace, change.channel, change.previous),
        }),
      ];
    case 'message_deleted':
      return [
        messageEvent(workspace, change.channel, {
          subtype: 'message_deleted',
          hidden: true,
          deleted_ts: change.message.ts,
          previous_message: messageObject(workspace, change.channel, change.message),
        }),
      ];
    case 'reaction_added':
    case 'reaction_removed':
      return [reactionEvent(workspace, change)];
    case 'member_joined':
    case 'member_left':
      return [membershipEvent(workspace, change)];
    case 'user_changed':
      return [
        {
          subscription: 'user_change',
          scopes: ['users:read'],
          channel: undefined,
          body: {
            type: 'user_change',
            user: userObject(workspace, change.user),
            cache_ts: change.user.updated,
            event_ts: nextTs(workspace),
          },
        },
      ];
    case 'user_group_changed':
      return [userGroupEvent(workspace, change)];
    default:
      return [];
  }
}

/** True when Slack would send this event to this app: subscribed, allowed, and in the conversation. */
export function isSentTo(event: SlackEvent, app: WorldApp): boolean {
  const bot = botUserId(app);
  return (
    app.events.includes(event.subscription) &&
    event.scopes.some((scope) => app.scopes.includes(scope)) &&
    (event.channel === undefined || isMember(event.channel, bot)) &&
    (event.onlyBot === undefined || event.onlyBot === bot)
  );
}

/** The outer payload, as `event_callback` carries it. */
export function wrapEvent(workspace: Workspace, event: SlackEvent, app: WorldApp, eventId: string) {
  const team = workspace.data.team.id;
  const place = event.channel === undefined ? '' : `-${event.channel.id}`;
  return {
    token: 'local-verification-token',
    team_id: team,
    context_team_id: team,
    context_enterprise_id: null,
    api_app_id: app.id,
    event: event.body,
    type: 'event_callback',
    event_id: eventId,
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team,
        user_id: botUserId(app),
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: event.channel?.is_ext_shared ?? false,
    event_context: `1-${event.subscription}-${team}${place}`,
  };
}

function messagePosted(
  workspace: Workspace,
  change: Extract<Change, { type: 'message_posted' }>,
): SlackEvent[] {
  const { channel, message } = change;
  const shown = messageObject(workspace, channel, message);
  const posted = messageEvent(workspace, channel, { ...shown, ts: message.ts, event_ts: message.ts });
  const mentioned = [...message.text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map(([, id]) => id ?? '');
  const bots = [...new Set(mentioned)].filter((id) => workspace.data.users[id]?.is_bot);
  return [
    posted,
    ...bots.map((bot) => ({
      subscription: 'app_mention',
      scopes: ['app_mentions:read'],
      channel,
      onlyBot: bot,
      body: { ...shown, type: 'app_mention', channel: channel.id, event_ts: message.ts },
    })),
  ];
}

function messageEvent(workspace: Workspace, channel: Channel, fields: Record<string, unknown>): SlackEvent {
  const family = { public: 'channels', private: 'groups', im: 'im' }[channel.kind];
  const ts = nextTs(workspace);
  return {
    subscription: `message.${family}`,
    scopes: [`${family}:history`],
    channel,
    body: {
      type: 'message',
      channel: channel.id,
      ts,
      event_ts: ts,
      channel_type: channelObjectType(channel),
      ...fields,
    },
  };
}

function reactionEvent(
  workspace: Workspace,
  change: Extract<Change, { type: 'reaction_added' | 'reaction_removed' }>,
): SlackEvent {
  const { channel, message } = change;
  return {
    subscription: change.type,
    scopes: ['reactions:read'],
    channel,
    body: {
      type: change.type,
      user: change.user,
      reaction: change.reaction,
      item: { type: 'message', channel: channel.id, ts: message.ts },
      ...(message.user === undefined ? {} : { item_user: message.user }),
      event_ts: nextTs(workspace),
    },
  };
}

function membershipEvent(
  workspace: Workspace,
  change: Extract<Change, { type: 'member_joined' | 'member_left' }>,
): SlackEvent {
  const type = change.type === 'member_joined' ? 'member_joined_channel' : 'member_left_channel';
  return {
    subscription: type,
    scopes: ['channels:read', 'groups:read'],
    channel: change.channel,
    body: {
      type,
      user: change.user,
      channel: change.channel.id,
      channel_type: change.channel.id.slice(0, 1),
      team: workspace.data.team.id,
      ...(change.inviter === undefined ? {} : { inviter: change.inviter }),
      event_ts: nextTs(workspace),
    },
  };
}

function userGroupEvent(
  workspace: Workspace,
  change: Extract<Change, { type: 'user_group_changed' }>,
): SlackEvent {
  return {
    subscription: 'subteam_members_changed',
    scopes: ['usergroups:read'],
    channel: undefined,
    body: {
      type: 'subteam_members_changed',
      subteam_id: change.group.id,
      team_id: workspace.data.team.id,
      date_previous_update: change.previousUpdate,
      date_update: change.group.date_update,
      added_users: change.added,
      added_users_count: change.added.length,
      removed_users: change.removed,
      removed_users_count: change.removed.length,
      event_ts: nextTs(workspace),
    },
  };
}
