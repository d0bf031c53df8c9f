import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { openBullmqEngine } from '../../src/engine/bullmq.ts';
import { type TestRedis, testRedis } from '../support/redis.ts';

let redis: TestRedis;

beforeAll(async () => {
  redis = await testRedis();
  await redis.start();
});
afterAll(() => redis.remove());

test('on a real Redis a ring is answered, and again after Redis was killed and came back empty', async () => {
  const engine = await openBullmqEngine({ backend: 'redis', url: redis.url, log: pino({ level: 'silent' }) });
  let heard = 0;
  await engine.answer('bell', async () => {
    heard += 1;
  });
  await engine.ring('bell');
  await until(async () => heard === 1);
  await redis.kill();
  await engine.ring('bell');
  await redis.start();
  // The ring into the dead Redis may be lost, which is harmless; later ones are heard again.
  await until(async () => {
    await engine.ring('bell');
    return heard >= 2;
  });
  expect(heard).toBeGreaterThanOrEqual(2);
  await engine.close();
});

test('an engine whose Redis is away neither throws at a ring nor hangs at its close', async () => {
  const log = pino({ level: 'silent' });
  const engine = await openBullmqEngine({ backend: 'redis', url: 'redis://127.0.0.1:1', log });
  await engine.answer('shared', async () => undefined);
  await engine.ring('shared');
  const before = Date.now();
  await engine.close();
  expect(Date.now() - before).toBeLessThan(8_000);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
