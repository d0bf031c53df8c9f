import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { digest } from '../../../src/audit/canonical.ts';
import { goodWorld, NOW, replan, verdict, type World } from '../support/good-world.ts';
import { BACKUP } from '../support/world.ts';

describe('a plan is refused, to be held and to be run', () => {
  const step = (world: World, index: number, change: object): void =>
    replan(world, { steps: world.plan.steps.map((one, at) => (at === index ? { ...one, ...change } : one)) });
  const spoiled: [string, string, (world: World) => void][] = [
    ['of an operation that ran before', 'already_ran', (w) => (w.granted = true)],
    ['of another operation', 'plan_of_another', (w) => replan(w, { operation: randomUUID() })],
    ['of another target', 'plan_of_another', (w) => replan(w, { target: 'payments' })],
    ["whose digest is not the order's", 'plan_digest', (w) => (w.plan.reason = 'another')],
    ['with an unknown action', 'action_unknown', (w) => step(w, 0, { action: 'shell.run' })],
    [
      "with an input that is not the action's",
      'action_input',
      (w) => step(w, 0, { input: { backup: 'latest' } }),
    ],
    ['that calls a step less destructive', 'action_altered', (w) => step(w, 0, { destructive: true })],
    ['that promises another undo', 'action_altered', (w) => step(w, 0, { undo: 'everything' })],
    ['that gives a step more time', 'action_altered', (w) => step(w, 0, { timeoutMs: 1 })],
    [
      'whose steps lack what they require',
      'action_requires',
      (w) => replan(w, { steps: w.plan.steps.slice(1) }),
    ],
    [
      'with an action that this host does not allow',
      'action_not_allowed',
      (w) => (w.config.targets.orders['actions'] = ['backup.fetch']),
    ],
    ['for another environment', 'environment', (w) => (w.config.targets.orders['environment'] = 'staging')],
    ['with another host-key mode', 'host_key_mode', (w) => replan(w, { hostKey: 'same-user' })],
    [
      'with same-user for a target that is no demo',
      'host_key_mode',
      (w) => {
        w.config.targets.orders['host-key'] = 'same-user';
        replan(w, { hostKey: 'same-user' });
      },
    ],
    ['that this host has not inspected', 'evidence_missing', (w) => (w.evidence.operation = randomUUID())],
    ['inspected on another host', 'evidence_host', (w) => (w.host = 'db-2')],
    ['made from other evidence', 'evidence_other', (w) => replan(w, { evidence: 'd'.repeat(64) })],
    [
      'made from evidence of a failure',
      'evidence_failed',
      (w) => {
        w.evidence.checks[0] = { code: 'disk_space', outcome: 'fail', text: 'No room.' };
        replan(w, { evidence: digest(w.evidence) });
      },
    ],
    [
      'made from evidence that is too old',
      'evidence_too_old',
      (w) => {
        w.evidence.at = new Date(NOW - 61 * 60_000).toISOString();
        replan(w, { evidence: digest(w.evidence) });
      },
    ],
    [
      'with another backup than was inspected',
      'plan_not_inspected',
      (w) => replan(w, { args: { ...w.plan.args, backup: { ...BACKUP, sha256: '0'.repeat(64) } } }),
    ],
    [
      'whose step has another backup than its arguments',
      'plan_not_inspected',
      (w) => step(w, 0, { input: { backup: { ...BACKUP, sha256: '0'.repeat(64) } } }),
    ],
    [
      'with a step more than was inspected',
      'plan_not_inspected',
      (w) => replan(w, { steps: w.plan.steps.slice(0, 3) }),
    ],
    ['that its requester approved', 'requester_approved', (w) => replan(w, { requester: 'UAPPROVER1' })],
    ['that nobody approved', 'approvals_too_few', (w) => (w.run.approvals = w.hold.approvals = [])],
    [
      'that one person approved twice where two are the minimum',
      'approvals_too_few',
      (w) => {
        w.config['minimum'] = { normal: 2, 'break-glass': 2 };
        w.run.approvals = w.hold.approvals = [...w.hold.approvals, ...w.hold.approvals];
      },
    ],
  ];
  test.each(spoiled)('%s: %s', (_, code, spoil) => {
    const world = goodWorld();
    spoil(world);
    expect(verdict(world, world.hold)).toBe(code);
    expect(verdict(world, world.run)).toBe(code);
  });

  test('when its host key would be over, or its phrase no line', () => {
    const over = goodWorld();
    over.hold.hostKeyExpiresAt = new Date(NOW - 1).toISOString();
    expect(verdict(over, over.hold)).toBe('host_key_expired');
    for (const phrase of ['DELETE\nALL', 'X'.repeat(1024)]) {
      const world = goodWorld();
      world.hold.phrase = phrase;
      expect(verdict(world, world.hold)).toBe('phrase');
    }
  });
});
