import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { appToken, type Bench, botToken, incident, startBench } from './bench.ts';

describe('a call of the Web API', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const raw = (path: string, init: RequestInit) => fetch(`${bench.slack.apiUrl}${path}`, init);

  test('works with a token in the header, in a form, and in a query', async () => {
    const expected = { ok: true, user_id: 'U0TWOKEY', bot_id: 'B0TWOKEY', team_id: 'T0LOCAL' };
    expect(await bench.api('auth.test')).toMatchObject(expected);
    expect(await bench.form('auth.test')).toMatchObject(expected);
    const query = await raw(`auth.test?token=${botToken}`, {});
    expect(await query.json()).toMatchObject(expected);
  });

  test('works with a multipart form', async () => {
    const body = new FormData();
    body.set('token', botToken);
    body.set('channel', incident);
    body.set('text', 'in parts');
    const answer = await raw('chat.postMessage', { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ ok: true, message: { text: 'in parts' } });
  });

  test('without a token is not_authed, also when the token is in a JSON body', async () => {
    expect(await bench.form('auth.test', {}, '')).toEqual({ ok: false, error: 'not_authed' });
    const inJson = await raw('auth.test', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: botToken }),
    });
    expect(await inJson.json()).toEqual({ ok: false, error: 'not_authed' });
  });

  test('with an unknown token is invalid_auth', async () => {
    expect(await bench.api('auth.test', {}, 'xoxb-other')).toEqual({ ok: false, error: 'invalid_auth' });
  });

  test('with the other kind of token is not_allowed_token_type', async () => {
    const error = { ok: false, error: 'not_allowed_token_type' };
    expect(await bench.api('apps.connections.open', {}, botToken)).toEqual(error);
    expect(await bench.api('chat.postMessage', { channel: incident, text: 'hi' }, appToken)).toEqual(error);
  });

  test('without the scope names what is needed and what is there', async () => {
    expect(await bench.api('users.lookupByEmail', { email: 'ana@example.com' })).toEqual({
      ok: false,
      error: 'missing_scope',
      needed: 'users:read.email',
      provided: expect.stringContaining('chat:write,reactions:read'),
    });
  });

  test('tells in headers which scopes the token has and which the method takes', async () => {
    const response = await raw('reactions.add', {
      method: 'POST',
      headers: { authorization: `Bearer ${botToken}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-oauth-scopes')).toContain('reactions:write');
    expect(response.headers.get('x-accepted-oauth-scopes')).toBe('reactions:write');
  });

  test('of an unknown method is unknown_method', async () => {
    expect(await bench.api('chat.shout')).toEqual({
      ok: false,
      error: 'unknown_method',
      req_method: 'chat.shout',
    });
    expect(await bench.api('toString')).toMatchObject({ error: 'unknown_method' });
  });

  test('with a missing or a wrong argument is invalid_arguments, and says which', async () => {
    expect(await bench.api('chat.postMessage', { text: 'nowhere' })).toEqual({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
    expect(await bench.form('conversations.members', { channel: incident, limit: 'many' })).toMatchObject({
      error: 'invalid_arguments',
    });
  });

  test.each([
    ['{"channel":', 'application/json', 'invalid_json'],
    ['[1]', 'application/json', 'json_not_object'],
    ['<xml/>', 'application/xml', 'invalid_post_type'],
    ['no form', 'multipart/form-data; boundary=x', 'invalid_form_data'],
  ])('with the body %j as %s is %s', async (body, type, error) => {
    const headers = { 'content-type': type, authorization: `Bearer ${botToken}` };
    const answer = await raw('chat.postMessage', { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ ok: false, error });
  });

  test('of a method that reads no JSON ignores a JSON body, as Slack does', async () => {
    expect(await bench.api('users.info', { user: 'U0ANA' })).toMatchObject({
      ok: false,
      error: 'invalid_arguments',
    });
    expect(await bench.form('users.info', { user: 'U0ANA' })).toMatchObject({
      ok: true,
      user: { id: 'U0ANA' },
    });
  });

  test('api.test echoes its arguments and fails when told to', async () => {
    expect(await bench.api('api.test', { foo: 'bar' })).toEqual({ ok: true, args: { foo: 'bar' } });
    expect(await bench.api('api.test', { error: 'my_error' })).toEqual({
      ok: false,
      error: 'my_error',
      args: { error: 'my_error' },
    });
  });
});
