import { describe, expect, test } from '@jest/globals';
import { COMMAND, edited, POLICY, RUNNER, TWOKEY, written } from '../config/written.ts';
import { twokey } from './run.ts';

const FILES = { 'twokey.yml': TWOKEY, 'commands/restore-test.yml': COMMAND, 'policies/test.yml': POLICY };

describe('twokey check', () => {
  test('finds nothing wrong, and says in what', async () => {
    const folder = written({ ...FILES, 'runner.yml': RUNNER });
    expect(await twokey(['check'], folder)).toEqual({
      exitCode: 0,
      stdout: 'Nothing wrong in twokey.yml, commands/restore-test.yml, policies/test.yml, runner.yml.',
      stderr: '',
    });
  });

  test('says everything that is wrong in all files at once, exit 1', async () => {
    const folder = written({
      'bot.yml': edited(TWOKEY, 'mode: socket', 'mode: sokcet'),
      'commands/restore-test.yml': edited(COMMAND, 'action: sandbox.create', 'action: sandbox.crate'),
      'policies/test.yml': edited(POLICY, 'host-key: required', ''),
      'host.yml': edited(RUNNER, 'uid: 1001', 'uid: ana'),
    });
    const { exitCode, stdout, stderr } = await twokey(
      ['check', '--config', 'bot.yml', '--runner', 'host.yml'],
      folder,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'bot.yml:2:16  slack.mode: expected one of socket, http, found "sokcet"; did you mean `socket`?',
      expect.stringMatching(
        /^commands\/restore-test.yml:9:28 {2}steps\[1\].action: .*did you mean `sandbox.create`\?$/,
      ),
      'host.yml:9:20  operators[0].uid: expected a number, found "ana"',
      'policies/test.yml:1:1  host-key: missing; expected `required`',
      '',
      '4 problems.',
    ]);
  });

  test.each([
    [
      'a runner of another name',
      ['runner: ops-1', 'runner: ops-2'],
      'runner.yml:1:9  runner: twokey.yml has no such runner; did you mean `ops-1`?',
    ],
    [
      'another environment',
      ['environment: production', 'environment: staging'],
      'runner.yml:13:18  targets.orders.environment: twokey.yml says production',
    ],
    [
      'another target',
      ['  orders:', '  order:'],
      'runner.yml:12:3  targets.order: twokey.yml has no such target; did you mean `orders`?\ntwokey.yml:8:21  targets.orders.runner: ops-1 has no such target in its runner.yml',
    ],
  ])('finds where the two sides do not say the same: %s', async (_, [from = '', to = ''], expected) => {
    const folder = written({ ...FILES, 'runner.yml': edited(RUNNER, from, to) });
    const { exitCode, stderr } = await twokey(['check'], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(expected);
  });

  test('checks commands and policies without any settings', async () => {
    const folder = written({
      'c/a.yml': edited(COMMAND, 'policy: test', 'policy: tset'),
      'p/test.yml': POLICY,
    });
    const { exitCode, stderr } = await twokey(['check', '--commands', 'c', '--policies', 'p'], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toBe('c/a.yml:6:9  policy: no such policy; did you mean `test`?\n\n1 problem.');
  });

  test('a file that was named must be there', async () => {
    const { exitCode, stderr } = await twokey(['check', '--config', 'none.yml'], written(FILES));
    expect(exitCode).toBe(1);
    expect(stderr).toContain('none.yml  there is no such file or directory');
  });

  test('--explain says each policy back in words, for each target that has its own', async () => {
    const strict = edited(
      edited(POLICY, 'policy: test', 'policy: strict'),
      'countdown: 0s',
      'countdown: 30s',
    );
    const targets =
      "environment: production, policy-overrides: { '/restore test': strict } }\n  spare: { runner: ops-1, environment: staging }";
    const folder = written({
      ...FILES,
      'twokey.yml': edited(TWOKEY, 'environment: production }', targets),
      'policies/strict.yml': edited(strict, 'count: 1 }', 'count: 2 }, { role: engineers, count: 1 }'),
    });
    const { exitCode, stdout } = await twokey(['check', '--explain'], folder);
    expect(exitCode).toBe(0);
    const [first, second] = stdout.split('\n\n');
    expect(first).toBe(
      [
        '/restore test on orders, by policy `strict`: Restore a backup into a throwaway database',
        '  Anyone with the role engineers may ask for it.',
        '  In chat, 2 of approvers and 1 of engineers must agree within 30 minutes, none of them the requester.',
        "  Then an operator turns the host key on the runner's host within 15 minutes.",
        '  It starts 30 seconds after both keys are turned, unless somebody cancels.',
        '  From then on it has 12 hours.',
        '  :white_check_mark: agrees; one :no_entry: of an approver ends it.',
        '  Steps:',
        '    1. Fetch (backup.fetch)',
        '    2. Start (sandbox.create)',
        '    3. Restore (sandbox.restore)',
        '    4. Verify (sandbox.verify)',
      ].join('\n'),
    );
    expect(second).toContain('/restore test on spare, by policy `test`');
    expect(second).toContain('It starts at once when both keys are turned.');
  });

  test('--schemas finds schemas that are out of date, and --write makes them', async () => {
    const folder = written({ 'schemas/policy.json': '{}\n' });
    const stale = await twokey(['check', '--schemas'], folder);
    expect(stale.exitCode).toBe(1);
    expect(stale.stderr).toContain(
      'schemas/policy.json is out of date; run `twokey check --schemas --write`',
    );
    expect((await twokey(['check', '--schemas', '--write'], folder)).exitCode).toBe(0);
    expect((await twokey(['check', '--schemas'], folder)).exitCode).toBe(0);
  });
});
