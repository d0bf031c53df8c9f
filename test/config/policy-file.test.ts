import { describe, expect, test } from '@jest/globals';
import { loadPolicies } from '../../src/config/load-policies.ts';
import { edited, POLICY, problemsOf, written } from './written.ts';

const change = (from: string, to: string): string => edited(POLICY, from, to);

function load(text: string) {
  return loadPolicies(written({ 'test.yml': text }));
}

describe('a policy file', () => {
  test('becomes a frozen policy', () => {
    const [policy] = load(POLICY);
    expect(policy).toEqual({
      name: 'test',
      request: { roles: ['engineers'] },
      approve: [{ role: 'approvers', count: 1 }],
      hostKey: 'required',
      approvalMs: 1_800_000,
      hostKeyMs: 900_000,
      executionMs: 43_200_000,
      countdownMs: 0,
      emoji: { approve: 'white_check_mark', deny: 'no_entry' },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(Object.isFrozen(policy?.approve[0])).toBe(true);
  });

  test('its digest changes with what it says, not with how it is written', () => {
    const digest = load(POLICY)[0]?.digest;
    expect(load(`# why\n${change('30m', '1800s')}`)[0]?.digest).toBe(digest);
    expect(load(change('count: 1', 'count: 2'))[0]?.digest).not.toBe(digest);
    expect(load(`${POLICY}emoji: { approve: ship_it }\n`)[0]?.digest).not.toBe(digest);
  });

  test.each([
    [
      'nobody who approves',
      'approve: [{ role: approvers, count: 1 }]',
      'approve: []',
      '3:10 approve: expected at least 1 entry, found a list',
    ],
    ['a quorum of none', 'count: 1', 'count: 0', '3:37 approve[0].count: expected at least 1, found 0'],
    [
      'a role named twice',
      '[{ role: approvers, count: 1 }]',
      '[{ role: a, count: 1 }, { role: a, count: 2 }]',
      '3:42 approve[1].role: this role is named twice; add the counts',
    ],
    [
      'no host key',
      'host-key: required',
      'host-key: optional',
      '4:11 host-key: expected `required`, found "optional"',
    ],
    ['a missing host key', 'host-key: required\n', '', '1:1 host-key: missing; expected `required`'],
    [
      'an approval that never expires',
      'approval: 30m',
      'approval: 0s',
      '5:22 expires.approval: expected a duration such as 90s, 30m, 2h or 7d, found "0s"',
    ],
    [
      'an approval of last month',
      'approval: 30m',
      'approval: 30d',
      '5:22 expires.approval: expected at most 7d',
    ],
    ['a countdown of an hour', 'countdown: 0s', 'countdown: 1h', '6:12 countdown: expected at most 10m'],
    [
      'an emoji with colons',
      'countdown: 0s',
      "countdown: 0s\nemoji: { deny: ':no_entry:' }",
      '7:16 emoji.deny: expected the name of an emoji without colons, such as white_check_mark, found ":no_entry:"',
    ],
    [
      'one emoji for yes and no',
      'countdown: 0s',
      'countdown: 0s\nemoji: { approve: no_entry }',
      '7:1 emoji: one emoji cannot both approve and deny',
    ],
    [
      'nobody who may ask',
      'roles: [engineers]',
      'roles: []',
      '2:19 request.roles: expected at least 1 entry, found a list',
    ],
    ['a misspelt key', 'countdown:', 'countdwon:', '6:1 countdwon: unknown key; did you mean `countdown`?'],
    [
      "a name that is not the file's",
      'policy: test',
      'policy: production',
      '1:9 policy: expected `test`, the name of the file',
    ],
  ])('%s is refused', (_, from, to, expected) => {
    expect(problemsOf(() => load(change(from, to)))).toContain(expected);
  });
});
