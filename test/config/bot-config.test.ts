import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { policyFor } from '../../src/config/bot-config.ts';
import type { Environment } from '../../src/config/environment.ts';
import { loadBotConfig } from '../../src/config/load-bot-config.ts';
import { COMMAND, edited, POLICY, problemsOf, TWOKEY, written } from './written.ts';

const SECRETS: Environment = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_SIGNING_SECRET: 'signing',
  DATABASE_URL: 'postgres://localhost/twokey',
  REDIS_URL: 'redis://localhost',
};
const FILES = { 'twokey.yml': TWOKEY, 'commands/restore-test.yml': COMMAND, 'policies/test.yml': POLICY };

function load(files: Readonly<Record<string, string>> = {}, environment = SECRETS) {
  return loadBotConfig(join(written({ ...FILES, ...files }), 'twokey.yml'), environment);
}

const change = (from: string, to: string): Record<string, string> => ({
  'twokey.yml': edited(TWOKEY, from, to),
});

describe("the bot's configuration", () => {
  test('is one frozen value with its commands and policies', () => {
    const config = load();
    expect(config).toMatchObject({
      installation: 'acme',
      slack: { mode: 'socket', botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: null },
      channels: { operations: ['C0OPS'], audit: 'C0AUDIT', ops: 'C0AUDIT' },
      engine: { kind: 'postgres' },
      databaseUrl: 'postgres://localhost/twokey',
    });
    expect(config.commands.map(({ title }) => title)).toEqual(['/restore test']);
    expect(config.policies['test']?.approvalMs).toBe(1_800_000);
    expect(Object.isFrozen(config.targets['orders'])).toBe(true);
  });

  test('a name that only a prototype has finds nothing', () => {
    const { targets, roles, policies } = load();
    expect([targets['constructor'], roles['toString'], policies['valueOf']]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('paths are taken from where the file stands', () => {
    const folder = written({ ...FILES, ...change('keys/log.pem', '/etc/twokey/log.pem') });
    const { keys } = loadBotConfig(join(folder, 'twokey.yml'), SECRETS);
    expect(keys).toEqual({ order: join(folder, 'keys/order.pem'), log: '/etc/twokey/log.pem' });
  });

  test('commands and policies may lie elsewhere', () => {
    const folder = written({
      'etc/twokey.yml': `${TWOKEY}commands: ../shared/commands\npolicies: ../shared/policies\n`,
      'shared/commands/a.yml': COMMAND,
      'shared/policies/test.yml': POLICY,
    });
    expect(loadBotConfig(join(folder, 'etc/twokey.yml'), SECRETS).commands).toHaveLength(1);
  });

  test('HTTP and Redis are a matter of configuration', () => {
    const http = edited(TWOKEY, '{ mode: socket }', '{ mode: http, http: { host: 0.0.0.0, port: 3000 } }');
    expect(load({ 'twokey.yml': `${http}engine: redis\n` })).toMatchObject({
      slack: { mode: 'http', listen: { host: '0.0.0.0', port: 3000 }, signingSecret: 'signing' },
      engine: { kind: 'redis', url: 'redis://localhost' },
    });
  });

  test('secrets that this configuration needs are asked for all at once, and no others', () => {
    expect(problemsOf(() => load({}, {}))).toEqual([
      '0:0 SLACK_BOT_TOKEN: not set; the bot token of the Slack app',
      '0:0 SLACK_APP_TOKEN: not set; the app-level token with connections:write, for Socket Mode',
      "0:0 DATABASE_URL: not set; the bot's own Postgres, never a target",
    ]);
  });

  test("a target's own policy goes before the command's", () => {
    const config = load({
      'policies/strict.yml': edited(edited(POLICY, 'policy: test', 'policy: strict'), 'count: 1', 'count: 2'),
      ...change(
        'environment: production }',
        "environment: production, policy-overrides: { '/restore test': strict } }\n  spare: { runner: ops-1, environment: staging }",
      ),
    });
    const [command] = config.commands;
    const [orders, spare] = [config.targets['orders'], config.targets['spare']];
    if (command === undefined || orders === undefined || spare === undefined) throw new Error('not loaded');
    expect(policyFor(config, command, orders).name).toBe('strict');
    expect(policyFor(config, command, spare).name).toBe('test');
  });
});

describe('between the files', () => {
  test.each([
    [
      'a target of no runner',
      'runner: ops-1',
      'runner: ops-2',
      '8:21 targets.orders.runner: no such runner below `runners`; did you mean `ops-1`?',
    ],
    [
      'an override of no command',
      'environment: production',
      "environment: production, policy-overrides: { '/restore': test }",
      '8:73 targets.orders.policy-overrides["/restore"]: no such command; there is: /restore test',
    ],
    [
      'an override with no policy',
      'environment: production',
      "environment: production, policy-overrides: { '/restore test': tset }",
      '8:90 targets.orders.policy-overrides["/restore test"]: no such policy; did you mean `test`?',
    ],
    [
      'a role that is missing',
      'approvers:',
      'approver:',
      '3:19 approve[0].role: no such role in twokey.yml; did you mean `approver`?',
    ],
    [
      'a key for orders and log',
      'log: keys/log.pem',
      'log: keys/order.pem',
      '12:37 keys.log: the same file as `order`: checkpoints need a key of their own',
    ],
    [
      'HTTP without an address',
      'mode: socket',
      'mode: http',
      '2:1 slack.http: missing; mode http needs the address to listen on',
    ],
    [
      'an address without HTTP',
      'mode: socket',
      'mode: socket, http: { host: x, port: 1 }',
      '2:24 slack.http: only for mode http; in mode socket nothing listens',
    ],
    [
      'a channel by its name',
      'C0AUDIT',
      'audit-log',
      /^3:\d+ channels.audit: expected the id of a channel, such as C012AB3CD/,
    ],
  ])('%s is refused', (_, from, to, expected) => {
    const wrong = typeof expected === 'string' ? expected : expect.stringMatching(expected);
    expect(problemsOf(() => load(change(from, to)))).toEqual([wrong]);
  });

  test('a command without its policy is refused', () => {
    const files = { 'commands/restore-test.yml': edited(COMMAND, 'policy: test', 'policy: tset') };
    expect(problemsOf(() => load(files))).toEqual(['6:9 policy: no such policy; did you mean `test`?']);
  });

  test('two runners with one key are refused', () => {
    const twin = edited(TWOKEY, 'gateway:', `  ops-2: { key: 'ed25519:${'A'.repeat(43)}=' }\ngateway:`);
    expect(problemsOf(() => load({ 'twokey.yml': twin }))).toEqual([
      '11:17 runners.ops-2.key: the same key as ops-1: each host needs its own',
    ]);
  });

  test.each([
    ['fewer people than the quorum', 'users: [U0ANA]', 2, true],
    ['nobody besides the only one who asks', 'users: [U0OLA]', 1, true],
    ['exactly enough', 'users: [U0ANA]', 1, false],
    ['enough, when one of two asks', 'users: [U0ANA, U0OLA]', 1, false],
    ['a group, whose people are not known here', 'groups: [S0APP]', 5, false],
  ])('a quorum of %s', (_, people, count, refused) => {
    const roles = edited(edited(TWOKEY, 'groups: [S0ENG]', 'users: [U0OLA]'), 'groups: [S0APP]', people);
    const files = { 'twokey.yml': roles, 'policies/test.yml': edited(POLICY, 'count: 1', `count: ${count}`) };
    if (!refused) return expect(load(files).installation).toBe('acme');
    return expect(problemsOf(() => load(files))).toEqual([
      '3:1 approve: nobody could ever get this approved: its roles have too few people besides the requester',
    ]);
  });

  test('what is wrong in any of the files comes at once', () => {
    const problems = problemsOf(() =>
      load({
        'twokey.yml': edited(TWOKEY, 'installation: acme', 'instalation: acme'),
        'policies/test.yml': edited(POLICY, 'count: 1', 'count: none'),
        'commands/restore-test.yml': edited(COMMAND, 'action: sandbox.verify', 'action: sandbox.verfiy'),
      }),
    );
    expect(problems).toEqual([
      '1:1 installation: missing; expected text',
      '1:1 instalation: unknown key; did you mean `installation`?',
      expect.stringContaining('steps[3].action: expected one of'),
      '3:37 approve[0].count: expected a number, found "none"',
    ]);
  });
});
