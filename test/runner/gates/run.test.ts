import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { goodWorld, NOW, verdict, type World } from '../support/good-world.ts';
import { claimProof, OPERATOR } from '../support/world.ts';

describe('a run is refused', () => {
  const claim = (
    world: World,
    data: object,
    type = 'operation.claimed',
    operation = world.subject.operation,
  ): void => {
    const { digest: plan, fence, executeUntil } = world.run;
    world.run.claim = claimProof(operation, type, {
      digest: plan,
      fence,
      executeUntil,
      operator: OPERATOR,
      ...data,
    });
  };
  const spoiled: [string, string, (world: World) => void][] = [
    ['that answers another challenge', 'challenge_void', (w) => (w.run.challenge = '0'.repeat(32))],
    ['whose challenge is for another plan', 'challenge_void', (w) => (w.challenge.digest = '0'.repeat(64))],
    [
      'whose key was turned too long ago',
      'host_key_stale',
      (w) => (w.attestedAt = new Date(NOW - 16 * 60_000).toISOString()),
    ],
    [
      'that breaks the glass with an operator who approved',
      'operator_already_acted',
      (w) => {
        w.run.breakGlass = true;
        w.operator = 'UAPPROVER1';
      },
    ],
    ['with a fence that was seen', 'fence_old', (w) => (w.fence = 8)],
    ['with a fence below one that was seen', 'fence_old', (w) => (w.fence = 9)],
    [
      'whose claim another log has signed',
      'claim_not_logged',
      (w) =>
        (w.run.claim = claimProof(
          w.subject.operation,
          'operation.claimed',
          {},
          generateKeyPairSync('ed25519').privateKey,
        )),
    ],
    ['whose claim is not where it says', 'claim_not_logged', (w) => (w.run.claim.index = 2)],
    [
      'whose claim was changed',
      'claim_not_logged',
      (w) => (w.run.claim.record = w.run.claim.record.replace('"seq":0', '"seq":00')),
    ],
    [
      'whose claim proves another record',
      'claim_not_logged',
      (w) => (w.run.claim.record = claimProof(randomUUID(), 'operation.claimed', {}).record),
    ],
    ['with a record that claims nothing', 'claim_of_another', (w) => claim(w, {}, 'approval.given')],
    [
      'with the claim of another operation',
      'claim_of_another',
      (w) => claim(w, {}, 'operation.claimed', randomUUID()),
    ],
    ['with the claim of another plan', 'claim_of_another', (w) => claim(w, { digest: '0'.repeat(64) })],
    ['with the claim of another fence', 'claim_of_another', (w) => claim(w, { fence: 9 })],
    [
      'with the claim of another time',
      'claim_of_another',
      (w) => claim(w, { executeUntil: '2030-01-01T00:00:00.000Z' }),
    ],
    ['with the claim of another operator', 'claim_of_another', (w) => claim(w, { operator: 'USOMEBODY' })],
    [
      'whose time is over',
      'execution_over',
      (w) => {
        w.run.executeUntil = new Date(NOW - 1).toISOString();
        claim(w, {});
      },
    ],
    [
      'without its allowfile',
      'host_key_missing',
      (w) => (w.hostKey = { code: 'host_key_missing', text: '', hint: '' }),
    ],
    [
      'with a wrong allowfile',
      'allowfile_links',
      (w) => (w.hostKey = { code: 'allowfile_links', text: '', hint: '' }),
    ],
  ];
  test.each(spoiled)('%s: %s', (_, code, spoil) => {
    const world = goodWorld();
    spoil(world);
    expect(verdict(world, world.run)).toBe(code);
  });

  test('with fewer approvals than normal unless it breaks the glass, with another operator', () => {
    const world = goodWorld();
    world.config['minimum'] = { normal: 2, 'break-glass': 1 };
    expect(verdict(world, world.run)).toBe('approvals_too_few');
    world.run.breakGlass = true;
    expect(verdict(world, world.run)).toBeNull();
  });
});
