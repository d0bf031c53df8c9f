import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type AppSocket, type Bench, type Frame, incident, startBench } from './bench.ts';

describe('events', () => {
  let bench: Bench;
  let socket: AppSocket;
  beforeEach(async () => {
    bench = await startBench();
    socket = await bench.socket();
  });
  afterEach(() => bench.close());

  const subscribe = (events: string[], scopes: string[]) =>
    bench.control.alterApp({ id: 'A0TWOKEY', events, scopes });
  const inner = (frame: Frame) =>
    z.object({ event: z.looseObject({ type: z.string() }) }).parse(frame.payload).event;
  const next = async () => {
    const frame = await socket.next('events_api');
    socket.ack(frame);
    return inner(frame);
  };
  const silence = async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(socket.frames).toEqual([]);
  };

  test('a reaction has the whole wrapper, and the author of the message', async () => {
    const ts = await bench.post('card');
    await bench.control.react('U0BEN', incident, ts, 'white_check_mark');
    const { payload } = await socket.next('events_api');
    expect(payload).toEqual({
      token: expect.any(String),
      team_id: 'T0LOCAL',
      context_team_id: 'T0LOCAL',
      context_enterprise_id: null,
      api_app_id: 'A0TWOKEY',
      event: {
        type: 'reaction_added',
        user: 'U0BEN',
        reaction: 'white_check_mark',
        item: { type: 'message', channel: incident, ts },
        item_user: 'U0TWOKEY',
        event_ts: expect.stringMatching(/^\d+\.\d{6}$/),
      },
      type: 'event_callback',
      event_id: expect.stringMatching(/^Ev/),
      event_time: expect.any(Number),
      authorizations: [
        {
          enterprise_id: null,
          team_id: 'T0LOCAL',
          user_id: 'U0TWOKEY',
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: expect.any(String),
    });
  });

  test('a reaction to what a response URL posted has no item_user', async () => {
    const result = bench.control.command('U0ANA', incident, '/restore');
    socket.ack(await socket.next('slash_commands'), { response_type: 'in_channel', text: 'here' });
    await result;
    const ts = (await bench.control.messages(incident)).at(-1)?.ts ?? '';
    await bench.control.react('U0BEN', incident, ts, 'eyes');
    expect(await next()).not.toHaveProperty('item_user');
  });

  test('a reaction taken back is told, also in a channel shared with another workspace', async () => {
    const ts = await bench.post('shared', { channel: 'C0VENDOR' });
    await bench.control.react('U0GWEN', 'C0VENDOR', ts, 'eyes');
    const added = await socket.next('events_api');
    expect(added.payload).toMatchObject({ is_ext_shared_channel: true, event: { user: 'U0GWEN' } });
    await bench.control.react('U0GWEN', 'C0VENDOR', ts, 'eyes', false);
    expect(inner(await socket.next('events_api'))).toMatchObject({
      type: 'reaction_removed',
      user: 'U0GWEN',
    });
  });

  test('come only from conversations that the bot is in', async () => {
    const ts = await bench.control.say('U0ANA', 'C0GENERAL', 'far away');
    await bench.control.react('U0BEN', 'C0GENERAL', ts, 'eyes');
    await silence();
  });

  test('come only when subscribed to and allowed by a scope', async () => {
    const ts = await bench.post('card');
    await subscribe(['reaction_removed'], ['reactions:read', 'chat:write']);
    await bench.control.react('U0BEN', incident, ts, 'eyes');
    await silence();
    await subscribe(['reaction_added'], ['chat:write']);
    await bench.control.react('U0BEN', incident, ts, 'key');
    await silence();
  });

  test('a mention is told to the app that was mentioned', async () => {
    const ts = await bench.control.say('U0ANA', incident, 'hey @twokey, status?');
    expect(await next()).toMatchObject({
      type: 'app_mention',
      user: 'U0ANA',
      text: 'hey <@U0TWOKEY>, status?',
      channel: incident,
      ts,
      event_ts: ts,
    });
    await bench.control.say('U0ANA', incident, 'hey @ben');
    await silence();
  });

  test('a message is told, edited and deleted, with the type of its channel', async () => {
    await subscribe(['message.channels'], ['channels:history']);
    const ts = await bench.control.say('U0ANA', incident, 'fish & <chips>');
    expect(await next()).toMatchObject({
      type: 'message',
      channel_type: 'channel',
      text: 'fish &amp; &lt;chips&gt;',
      ts,
      client_msg_id: expect.any(String),
    });
    await bench.control.edit('U0ANA', incident, ts, 'peas');
    expect(await next()).toMatchObject({
      subtype: 'message_changed',
      hidden: true,
      message: { text: 'peas', edited: { user: 'U0ANA' } },
      previous_message: { ts },
    });
    await bench.control.delete('U0ANA', incident, ts);
    expect(await next()).toMatchObject({
      subtype: 'message_deleted',
      deleted_ts: ts,
      previous_message: { text: 'peas' },
    });
  });

  test('joining and leaving are told, also the own joining of the bot', async () => {
    await subscribe(['member_joined_channel', 'member_left_channel'], ['channels:read']);
    await bench.control.join('C0AUDIT', 'U0FARID');
    expect(await next()).toMatchObject({
      type: 'member_joined_channel',
      user: 'U0FARID',
      channel: 'C0AUDIT',
      channel_type: 'C',
      team: 'T0LOCAL',
    });
    await bench.control.leave('C0AUDIT', 'U0FARID');
    expect(await next()).toMatchObject({ type: 'member_left_channel', user: 'U0FARID' });
    await bench.control.join('C0GENERAL', 'U0TWOKEY');
    expect(await next()).toMatchObject({ user: 'U0TWOKEY', channel: 'C0GENERAL' });
  });

  test('changes of a user group say who came and went', async () => {
    await bench.control.alterUserGroup({ id: 'S0DBAPPROVERS', users: ['U0BEN', 'U0FARID'] });
    expect(await next()).toMatchObject({
      type: 'subteam_members_changed',
      subteam_id: 'S0DBAPPROVERS',
      added_users: ['U0FARID'],
      added_users_count: 1,
      removed_users: ['U0CHLOE'],
      removed_users_count: 1,
    });
  });

  test('a person who is altered is told of whole', async () => {
    await bench.control.alterUser({ id: 'U0BEN', deleted: true });
    expect(await next()).toMatchObject({
      type: 'user_change',
      user: { id: 'U0BEN', deleted: true, name: 'ben' },
    });
  });
});
