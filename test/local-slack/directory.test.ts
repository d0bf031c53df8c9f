import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, incident, startBench } from './bench.ts';

describe('people, groups and channels', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const user = (id: string) => bench.form('users.info', { user: id });

  test('users.info tells guests, strangers, the deactivated and bots from members', async () => {
    expect(await user('U0ANA')).toMatchObject({
      user: {
        team_id: 'T0LOCAL',
        is_restricted: false,
        is_bot: false,
        deleted: false,
        real_name: 'Ana Duarte',
      },
    });
    expect((await user('U0ANA'))['user']).not.toHaveProperty('is_stranger');
    expect(await user('U0EVE')).toMatchObject({ user: { is_restricted: true, is_ultra_restricted: true } });
    expect(await user('U0GWEN')).toMatchObject({ user: { is_stranger: true, team_id: 'T0VENDOR' } });
    expect(await user('U0HUGO')).toMatchObject({ user: { deleted: true } });
    expect(await user('U0TWOKEY')).toMatchObject({
      user: { is_bot: true, profile: { api_app_id: 'A0TWOKEY' } },
    });
    expect(await user('U0NOBODY')).toEqual({ ok: false, error: 'user_not_found' });
  });

  test('users.list is paged, and an email is shown only with its scope', async () => {
    const first = await bench.form('users.list', { limit: '2' });
    expect(first).toMatchObject({ members: [{ id: 'U0ANA' }, { id: 'U0BEN' }] });
    expect(JSON.stringify(first)).not.toContain('@example.com');
    await bench.control.alterApp({ id: 'A0TWOKEY', scopes: ['users:read', 'users:read.email'] });
    expect(await bench.form('users.lookupByEmail', { email: 'ANA@example.com' })).toMatchObject({
      user: { id: 'U0ANA', profile: { email: 'ana@example.com' } },
    });
    expect(await bench.form('users.lookupByEmail', { email: 'x@y.z' })).toMatchObject({
      error: 'users_not_found',
    });
    await bench.control.reset();
  });

  test('user groups are listed with their people and counts when asked', async () => {
    const plain = await bench.form('usergroups.list');
    expect(JSON.stringify(plain)).not.toContain('U0CHLOE"]');
    expect(await bench.form('usergroups.list', { include_users: 'true', include_count: '1' })).toMatchObject({
      usergroups: [
        { id: 'S0DBAPPROVERS', users: ['U0BEN', 'U0CHLOE'], user_count: 2, handle: 'db-approvers' },
        {},
      ],
    });
    expect(await bench.form('usergroups.users.list', { usergroup: 'S0DBAPPROVERS' })).toEqual({
      ok: true,
      users: ['U0BEN', 'U0CHLOE'],
    });
    expect(await bench.form('usergroups.users.list', { usergroup: 'S0NONE' })).toMatchObject({
      error: 'no_such_subteam',
    });
  });

  test('conversations.info and list say where the bot is a member and what is shared', async () => {
    expect(
      await bench.form('conversations.info', { channel: incident, include_num_members: 'true' }),
    ).toMatchObject({
      channel: { is_member: true, is_private: false, is_ext_shared: false, num_members: 7 },
    });
    expect(await bench.form('conversations.info', { channel: 'C0GENERAL' })).toMatchObject({
      channel: { is_member: false },
    });
    expect(await bench.form('conversations.info', { channel: 'C0VENDOR' })).toMatchObject({
      channel: { is_ext_shared: true, shared_team_ids: ['T0LOCAL', 'T0VENDOR'] },
    });
    expect(await bench.form('conversations.list', { limit: '2' })).toMatchObject({
      channels: [{ name: 'general' }, { name: 'incident-orders' }],
      response_metadata: { next_cursor: expect.stringMatching(/./) },
    });
    expect(await bench.form('conversations.list', { types: 'secret' })).toMatchObject({
      error: 'invalid_types',
    });
  });

  test('a private channel does not exist for those outside', async () => {
    await bench.control.alterChannel({
      id: 'C0SECRET',
      name: 'secret',
      is_private: true,
      members: ['U0ANA'],
    });
    expect(await bench.form('conversations.info', { channel: 'C0SECRET' })).toMatchObject({
      error: 'channel_not_found',
    });
  });

  test('the bot joins, invites and opens direct messages when it may', async () => {
    expect(await bench.api('conversations.join', { channel: 'C0GENERAL' })).toMatchObject({
      error: 'missing_scope',
    });
    await bench.control.alterApp({
      id: 'A0TWOKEY',
      scopes: ['channels:join', 'channels:manage', 'im:write', 'im:read'],
    });
    expect(await bench.api('conversations.join', { channel: 'C0GENERAL' })).toMatchObject({
      channel: { is_member: true },
    });
    expect(await bench.api('conversations.join', { channel: 'C0GENERAL' })).toMatchObject({
      warning: 'already_in_channel',
    });
    expect(await bench.api('conversations.invite', { channel: 'C0AUDIT', users: 'U0FARID' })).toMatchObject({
      ok: true,
    });
    expect(await bench.api('conversations.invite', { channel: 'C0AUDIT', users: 'U0FARID,U0NONE' })).toEqual({
      ok: false,
      error: 'already_in_channel',
      errors: [
        { user: 'U0FARID', ok: false, error: 'already_in_channel' },
        { user: 'U0NONE', ok: false, error: 'user_not_found' },
      ],
    });
    expect(await bench.api('conversations.open', { users: 'U0ANA' })).toEqual({
      ok: true,
      channel: { id: expect.stringMatching(/^D/) },
    });
    expect(await bench.api('conversations.open', { users: 'U0ANA', return_im: true })).toMatchObject({
      no_op: true,
      already_open: true,
      channel: { is_im: true, user: 'U0ANA' },
    });
    expect(await bench.api('conversations.open', { users: 'U0HUGO' })).toMatchObject({
      error: 'user_disabled',
    });
  });
});
