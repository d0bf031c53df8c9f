import type { WorldInput } from './world.ts';

const twokeyBot = 'U0TWOKEY';

/**
 * The people and channels of the demonstration: an on-call engineer who asks, two database administrators who
 * approve, an operator on the host, and the people whom an approval must not be taken from.
 */
export const defaultWorld: WorldInput = {
  team: { id: 'T0LOCAL', name: 'Orders Inc.', domain: 'orders-local' },
  users: [
    {
      id: 'U0ANA',
      name: 'ana',
      real_name: 'Ana Duarte',
      title: 'On-call engineer',
      email: 'ana@example.com',
    },
    {
      id: 'U0BEN',
      name: 'ben',
      real_name: 'Ben Okafor',
      title: 'DBA lead',
      email: 'ben@example.com',
      is_admin: true,
    },
    { id: 'U0CHLOE', name: 'chloe', real_name: 'Chloé Martin', title: 'DBA', email: 'chloe@example.com' },
    {
      id: 'U0DMITRI',
      name: 'dmitri',
      real_name: 'Dmitri Ivanov',
      title: 'Operator on the host',
      email: 'dmitri@example.com',
    },
    {
      id: 'U0EVE',
      name: 'eve',
      real_name: 'Eve Guest',
      title: 'Single-channel guest',
      email: 'eve@partner.example',
      is_restricted: true,
      is_ultra_restricted: true,
    },
    {
      id: 'U0FARID',
      name: 'farid',
      real_name: 'Farid Haddad',
      title: 'Engineer',
      email: 'farid@example.com',
    },
    {
      id: 'U0GWEN',
      name: 'gwen',
      real_name: 'Gwen Stranger',
      title: 'Vendor support',
      is_stranger: true,
      team_id: 'T0VENDOR',
    },
    { id: 'U0HUGO', name: 'hugo', real_name: 'Hugo Left', title: 'Former DBA', deleted: true },
  ],
  channels: [
    {
      id: 'C0GENERAL',
      name: 'general',
      is_general: true,
      purpose: 'For everyone',
      members: ['U0ANA', 'U0BEN', 'U0CHLOE', 'U0DMITRI', 'U0FARID'],
    },
    {
      id: 'C0INCIDENT',
      name: 'incident-orders',
      topic: 'Orders is down? Ask here.',
      members: ['U0ANA', 'U0BEN', 'U0CHLOE', 'U0DMITRI', 'U0EVE', 'U0FARID', twokeyBot],
    },
    {
      id: 'C0AUDIT',
      name: 'ops-audit',
      topic: 'Every operation leaves its record here',
      members: ['U0ANA', 'U0BEN', 'U0CHLOE', 'U0DMITRI', twokeyBot],
    },
    {
      id: 'C0VENDOR',
      name: 'vendor-support',
      is_ext_shared: true,
      topic: 'Shared with a vendor',
      members: ['U0ANA', 'U0BEN', 'U0GWEN', twokeyBot],
    },
  ],
  user_groups: [
    {
      id: 'S0DBAPPROVERS',
      handle: 'db-approvers',
      name: 'Database approvers',
      description: 'May turn the chat key',
      users: ['U0BEN', 'U0CHLOE'],
    },
    {
      id: 'S0ENGINEERS',
      handle: 'engineers',
      name: 'Engineers',
      description: 'May ask for operations',
      users: ['U0ANA', 'U0BEN', 'U0CHLOE', 'U0DMITRI', 'U0FARID'],
    },
  ],
  apps: [
    {
      id: 'A0TWOKEY',
      name: 'Twokey',
      bot_user_id: twokeyBot,
      bot_token: 'xoxb-local-twokey',
      app_token: 'xapp-local-twokey',
      signing_secret: 'local-signing-secret',
      scopes: [
        'commands',
        'chat:write',
        'reactions:read',
        'reactions:write',
        'channels:read',
        'groups:read',
        'channels:history',
        'groups:history',
        'users:read',
        'usergroups:read',
        'files:write',
        'files:read',
        'app_mentions:read',
        'team:read',
      ],
      commands: [
        {
          command: '/restore',
          description: 'Restore a database behind two keys',
          usage_hint: 'test <target> [backup=latest|<path>|s3://…]',
          should_escape: true,
        },
        {
          command: '/ops',
          description: 'status, show, cancel, runners, help',
          usage_hint: 'status | show <OP-code> | cancel <OP-code> | runners | help',
          should_escape: true,
        },
      ],
      events: [
        'reaction_added',
        'reaction_removed',
        'app_mention',
        'member_joined_channel',
        'subteam_members_changed',
        'user_change',
        'app_uninstalled',
        'tokens_revoked',
      ],
    },
  ],
};
