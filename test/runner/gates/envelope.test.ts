import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { admit, readOrder } from '../../../src/runner/admit.ts';
import { signPayload } from '../../../src/wire/signature.ts';
import { factsOf, goodWorld, orderKey, verdict, type World } from '../support/good-world.ts';
import { base, cancelOrder, preflightOrder } from '../support/world.ts';

describe('a good order', () => {
  test('of each kind passes every gate', () => {
    const world = goodWorld();
    expect(verdict(world, world.hold)).toBeNull();
    expect(verdict(world, world.run)).toBeNull();
    expect(verdict(world, preflightOrder(world.subject))).toBeNull();
    expect(verdict(world, cancelOrder(world.subject))).toBeNull();
    expect(
      verdict(world, { ...base(world.subject), kind: 'sandbox', request: 'remove', person: 'UANA' }),
    ).toBeNull();
  });
});

describe('any order is refused', () => {
  const spoiled: [string, string, (world: World) => void][] = [
    [
      'that a key outside bot.order-keys signed',
      'order_signature',
      (w) => (w.signer = generateKeyPairSync('ed25519').privateKey),
    ],
    ['for another runner', 'wrong_runner', (w) => (w.run.runner = w.hold.runner = 'host-b')],
    ['whose code would leave its directory', 'order_names', (w) => (w.run.code = w.hold.code = '../../etc')],
    [
      'whose operation would leave its directory',
      'order_names',
      (w) => (w.run.operation = w.hold.operation = '..'),
    ],
    [
      "that is not yet valid, beyond the clocks' tolerance",
      'order_too_early',
      (w) => (w.now -= 60_000 + 31_000),
    ],
    ["that is over, beyond the clocks' tolerance", 'order_expired', (w) => (w.now += 300_000 + 60_000)],
    ['that was taken before', 'order_taken_before', (w) => w.taken.push(w.run.id, w.hold.id)],
    ['for a target that is not here', 'target_unknown', (w) => (w.run.target = w.hold.target = 'toString')],
  ];
  test.each(spoiled)('%s: %s', (_, code, spoil) => {
    const world = goodWorld();
    spoil(world);
    expect(verdict(world, world.hold)).toBe(code);
    expect(verdict(world, world.run)).toBe(code);
  });

  test('only beyond the tolerance of the clocks, not within it', () => {
    const early = goodWorld();
    early.now = Date.parse(early.run.notBefore) - 29_000;
    expect(verdict(early, early.run)).not.toBe('order_too_early');
    const late = goodWorld();
    late.now = Date.parse(late.run.expiresAt) + 29_000;
    expect(verdict(late, late.run)).toBeNull();
  });
});

describe('the form of an order', () => {
  test('with an unknown field is refused, and says so to whoever waits for it', () => {
    const world = goodWorld();
    const signed = signPayload('order', world.run, orderKey);
    const read = readOrder({ ...signed, payload: { ...signed.payload, skipGates: true } });
    expect(read).toMatchObject({
      kind: 'malformed',
      problem: { code: 'order_form' },
      of: { id: world.run.id },
    });
  });

  test('that is nothing at all is refused without an answer', () => {
    expect(readOrder('run')).toMatchObject({ kind: 'malformed', of: null });
    expect(readOrder({ payload: {} })).toMatchObject({ kind: 'malformed', of: null });
  });

  test('changed after signing no longer passes', () => {
    const world = goodWorld();
    const facts = factsOf(world, world.run);
    const changed = { ...world.run, breakGlass: true };
    expect(admit(changed, { ...facts, signed: { ...facts.signed, payload: changed } })?.code).toBe(
      'order_signature',
    );
  });

  test('of a statement does not pass for an order, though the key is right', () => {
    const world = goodWorld();
    const facts = factsOf(world, world.run);
    const wrongDomain = signPayload('statement', world.run, orderKey);
    expect(admit(world.run, { ...facts, signed: wrongDomain })?.code).toBe('order_signature');
    expect(createPublicKey(orderKey).asymmetricKeyType).toBe('ed25519');
  });
});
