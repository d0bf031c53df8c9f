import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Bench, incident, startBench } from './bench.ts';

/** What clients rely on in each reply, from the reference pages of the methods. A dot goes into an object. */
const required: Readonly<Record<string, string>> = {
  'auth.test': 'url team user team_id user_id bot_id is_enterprise_install',
  'team.info': 'team.id team.name team.domain team.email_domain team.icon',
  'bots.info': 'bot.id bot.deleted bot.name bot.updated bot.app_id bot.user_id bot.icons',
  'users.info':
    'user.id user.team_id user.name user.deleted user.color user.real_name user.tz user.tz_label user.tz_offset user.profile.real_name user.profile.display_name user.profile.image_48 user.profile.team user.is_admin user.is_owner user.is_primary_owner user.is_restricted user.is_ultra_restricted user.is_bot user.is_app_user user.updated',
  'users.list': 'members.0.id members.0.profile cache_ts response_metadata.next_cursor',
  'usergroups.list':
    'usergroups.0.id usergroups.0.team_id usergroups.0.is_usergroup usergroups.0.name usergroups.0.handle usergroups.0.is_external usergroups.0.date_create usergroups.0.date_update usergroups.0.date_delete usergroups.0.created_by usergroups.0.updated_by usergroups.0.deleted_by usergroups.0.prefs.channels',
  'usergroups.users.list': 'users.0',
  'conversations.info':
    'channel.id channel.name channel.is_channel channel.is_group channel.is_im channel.is_mpim channel.is_private channel.created channel.creator channel.is_archived channel.is_general channel.unlinked channel.name_normalized channel.is_shared channel.is_ext_shared channel.is_org_shared channel.pending_shared channel.is_pending_ext_shared channel.is_member channel.topic.value channel.topic.last_set channel.purpose.value channel.previous_names',
  'conversations.list': 'channels.0.id channels.0.num_members response_metadata.next_cursor',
  'conversations.members': 'members.0 response_metadata.next_cursor',
  'conversations.history': 'messages.0.ts has_more pin_count channel_actions_ts channel_actions_count',
  'conversations.replies': 'messages.0.ts has_more',
  'chat.postMessage':
    'channel ts message.type message.text message.user message.ts message.team message.bot_id message.app_id message.bot_profile.app_id',
  'chat.update': 'channel ts text message.text',
  'chat.postEphemeral': 'message_ts',
  'chat.getPermalink': 'channel permalink',
  'reactions.get':
    'type channel message.reactions.0.name message.reactions.0.users message.reactions.0.count message.permalink',
  'reactions.list': 'items.0.type items.0.channel items.0.message.ts response_metadata.next_cursor',
  'files.getUploadURLExternal': 'upload_url file_id',
};

describe('the reply of', () => {
  let bench: Bench;
  let ts: string;
  beforeAll(async () => {
    bench = await startBench();
    ts = await bench.post('card');
    await bench.api('reactions.add', { channel: incident, timestamp: ts, name: 'eyes' });
  });
  afterAll(() => bench.close());

  test.each(Object.entries(required))('%s has every field that clients rely on', async (method, fields) => {
    const answer = await bench.form(method, {
      channel: incident,
      user: 'U0ANA',
      bot: 'B0TWOKEY',
      usergroup: 'S0ENGINEERS',
      text: 'again',
      ts,
      timestamp: ts,
      message_ts: ts,
      filename: 'x.txt',
      length: '1',
      ...(method === 'reactions.list' ? { user: 'U0TWOKEY' } : {}),
    });
    expect(answer['ok']).toBe(true);
    const lacking = fields.split(' ').filter((path) => at(answer, path) === undefined);
    expect(lacking).toEqual([]);
  });
});

function at(answer: Answer, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      answer,
    );
}
