import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readFrame } from '../../src/runner/incoming.ts';
import { type GatewayFrame, RunnerFrame } from '../../src/wire/frame.ts';
import { Order } from '../../src/wire/order.ts';
import { Progress } from '../../src/wire/progress.ts';
import { cancelOrder, newSubject, preflightOrder } from '../runner/support/world.ts';

const NONCE = 'a'.repeat(64);
const good: GatewayFrame[] = [
  { type: 'challenge', challenge: NONCE, wire: [1] },
  { type: 'welcome', welcome: { payload: { runner: 'a', wire: 1, nonce: NONCE }, key: 'k', signature: 's' } },
  { type: 'unwelcome', code: 'unknown_runner', text: 'No.' },
  { type: 'ack', id: randomUUID() },
  { type: 'begun', operation: 'a', step: 'reset', ok: true, code: null },
];

describe('frames from the gateway', () => {
  test.each(good.map((frame) => [frame.type, frame] as const))('%s is read as it was written', (_, frame) => {
    expect(readFrame(JSON.stringify(frame))).toEqual(frame);
  });

  test.each(good.map((frame) => [frame.type, frame] as const))(
    '%s with a field too many is no frame',
    (_, frame) => {
      expect(readFrame(JSON.stringify({ ...frame, extra: true }))).toBeNull();
    },
  );

  test.each(['', 'null', '[]', '{', '{"type":"shell"}', '"order"', '{"type":"ack","id":"1"}'])(
    '%j is no frame',
    (text) => {
      expect(readFrame(text)).toBeNull();
    },
  );

  test('an order is left for its own gate, whatever it holds', () => {
    expect(readFrame('{"type":"order","order":{"anything":1}}')).toEqual({
      type: 'order',
      order: { anything: 1 },
    });
    expect(readFrame('{"type":"order","order":1,"extra":1}')).toBeNull();
  });
});

describe('orders and statements on the wire', () => {
  test('an order of any kind with a field too many, or one too few, is none', () => {
    for (const order of [preflightOrder(newSubject()), cancelOrder(newSubject())]) {
      expect(Order.safeParse(order).success).toBe(true);
      expect(Order.safeParse({ ...order, extra: 1 }).success).toBe(false);
      for (const key of Object.keys(order))
        expect(Order.safeParse({ ...order, [key]: undefined }).success).toBe(false);
    }
  });

  test('numbers that two programs could read differently are refused', () => {
    const order = preflightOrder(newSubject());
    for (const value of [0.5, 2 ** 53, Number.NaN]) {
      const args = { ...order.draft.args, size: { type: 'number', value } };
      expect(Order.safeParse({ ...order, draft: { ...order.draft, args } }).success).toBe(false);
    }
  });

  test('progress has limits, so that no stage can carry a dump', () => {
    const frame = {
      type: 'progress',
      operation: 'a',
      step: 'restore',
      progress: { stage: 'Restoring', done: 1 },
    };
    expect(RunnerFrame.safeParse(frame).success).toBe(true);
    expect(Progress.safeParse({ stage: 'x'.repeat(121) }).success).toBe(false);
    expect(Progress.safeParse({ stage: 'x', detail: 'x'.repeat(201) }).success).toBe(false);
    expect(Progress.safeParse({ stage: 'x', done: -1 }).success).toBe(false);
  });
});
