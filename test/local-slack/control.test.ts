import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { defaultWorld } from '../../src/local-slack/default-world.ts';
import { startLocalSlack } from '../../src/local-slack/local-slack.ts';
import { World } from '../../src/local-slack/world.ts';
import { type Bench, incident, startBench } from './bench.ts';

const manifest = {
  display_information: { name: 'Other Bot', description: 'ignored' },
  features: {
    slash_commands: [
      { command: '/other', description: 'Other things', usage_hint: '[what]', should_escape: true },
    ],
  },
  oauth_config: { scopes: { bot: ['commands', 'chat:write'], bot_optional: ['channels:history'] } },
  settings: {
    event_subscriptions: { bot_events: ['app_mention'] },
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  },
};
const installation = {
  id: 'A0OTHER',
  bot_token: 'xoxb-other',
  app_token: 'xapp-other',
  signing_secret: 'other-secret',
};

describe('the control API', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench();
  });
  afterEach(() => bench.close());

  test('resets the world, and loads another', async () => {
    await bench.post('to be forgotten');
    await bench.control.reset();
    expect(await bench.control.messages(incident)).toEqual([]);
    await bench.control.load({ ...defaultWorld, team: { id: 'T0ELSE', name: 'Elsewhere', domain: 'else' } });
    expect(await bench.api('auth.test')).toMatchObject({ team_id: 'T0ELSE', team: 'Elsewhere' });
  });

  test('installs an app from its manifest, which then has commands and scopes', async () => {
    expect(await bench.control.installFromManifest(manifest, installation)).toMatchObject({
      app: 'A0OTHER',
      bot_user_id: 'U0OTHER',
    });
    expect(await bench.api('auth.test', {}, 'xoxb-other')).toMatchObject({
      user_id: 'U0OTHER',
      user: 'other_bot',
    });
    expect(await bench.api('reactions.get', {}, 'xoxb-other')).toMatchObject({
      error: 'missing_scope',
      provided: 'commands,chat:write,channels:history',
    });
    expect(await bench.control.command('U0ANA', incident, '/other')).toMatchObject({
      error: 'dispatch_failed',
    });
    await expect(
      bench.control.installFromManifest({ display_information: {} }, installation),
    ).rejects.toThrow('invalid_arguments');
  });

  test('alters people: a member becomes a guest and no longer sees public channels', async () => {
    await bench.control.leave('C0GENERAL', 'U0FARID');
    await bench.control.alterUser({ id: 'U0FARID', is_restricted: true });
    expect(await bench.form('users.info', { user: 'U0FARID' })).toMatchObject({
      user: { is_restricted: true, real_name: 'Farid Haddad' },
    });
    await expect(bench.control.messages('C0GENERAL', 'U0FARID')).rejects.toThrow('channel_not_found');
  });

  test('archives a channel without losing its messages or people', async () => {
    const ts = await bench.post('kept');
    await bench.control.alterChannel({ id: incident, is_archived: true });
    expect(await bench.control.messages(incident)).toMatchObject([{ ts }]);
    expect(await bench.form('conversations.info', { channel: incident })).toMatchObject({
      channel: { is_archived: true, is_member: true, topic: { value: expect.stringMatching(/./) } },
    });
    expect(await bench.api('chat.postMessage', { channel: incident, text: 'x' })).toMatchObject({
      error: 'is_archived',
    });
  });

  test('exports a channel as Slack does: a file a day', async () => {
    const parent = await bench.post('parent', { metadata: { event_type: 'op', event_payload: { id: '1' } } });
    await bench.post('reply', { thread_ts: parent });
    const day = new Date(Number(parent) * 1000).toISOString().slice(0, 10);
    const files = await bench.control.exportChannel(incident);
    expect(Object.keys(files)).toEqual(['channels.json', 'users.json', `incident-orders/${day}.json`]);
    expect(files[`incident-orders/${day}.json`]).toMatchObject([
      { text: 'parent', reply_count: 1, metadata: { event_type: 'op' } },
      { text: 'reply', thread_ts: parent },
    ]);
  });

  test('shows its state as plain JSON', async () => {
    const answer: unknown = await (await fetch(`${bench.slack.url}/_control/state`)).json();
    expect(answer).toMatchObject({
      ok: true,
      state: { team: { id: 'T0LOCAL' }, channels: { [incident]: { messages: [] } } },
    });
  });

  test('refuses what it does not know, with words', async () => {
    await expect(bench.control.messages('C0NOWHERE')).rejects.toThrow('channel_not_found');
    await expect(bench.control.alterUser({ id: 'nobody' })).rejects.toThrow('a user id such as U0ANA');
    await expect(bench.control.join('C0GENERAL', 'U0NOBODY')).rejects.toThrow('user_not_found');
  });
});

describe('a world', () => {
  test('as the documentation shows it is taken', () => {
    const page = readFileSync(new URL('../../docs/local-slack.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    expect(World.parse(parse(yaml)).apps).toMatchObject([
      { id: 'A0TWOKEY', commands: [{ command: '/restore' }] },
    ]);
  });

  test.each([
    ['no team', { users: [], channels: [] }],
    ['an unknown member', { ...defaultWorld, channels: [{ id: 'C0X', name: 'x', members: ['U0NOBODY'] }] }],
    ['two of one id', { ...defaultWorld, users: [...defaultWorld.users, ...defaultWorld.users.slice(0, 1)] }],
    ['a field that there is not', { ...defaultWorld, colour: 'red' }],
    [
      'an app without a way to it',
      { ...defaultWorld, apps: [{ ...defaultWorld.apps?.[0], socket_mode: false }] },
    ],
  ])('with %s is refused before anything starts', async (_name, world) => {
    await expect(startLocalSlack({ port: 0, world })).rejects.toThrow();
  });
});
