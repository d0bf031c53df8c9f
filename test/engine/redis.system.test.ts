import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { pino } from 'pino';
import { openBullmqEngine } from '../../src/engine/bullmq.ts';

let directory: string;
let redis: ReturnType<typeof start>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'twokey-redis-'));
  redis = start();
  await answers();
});
afterAll(async () => {
  redis.kill('SIGKILL');
  await redis;
  await rm(directory, { recursive: true, force: true });
});

test('on a real Redis a ring is answered, and again after Redis was killed and came back empty', async () => {
  const engine = await openBullmqEngine({
    backend: 'redis',
    url: join(directory, 'redis.sock'),
    log: pino({ level: 'silent' }),
  });
  let heard = 0;
  await engine.answer('bell', async () => {
    heard += 1;
  });
  await engine.ring('bell');
  await until(() => heard === 1);
  redis.kill('SIGKILL');
  await redis;
  await engine.ring('bell');
  redis = start();
  await answers();
  // The ring into the dead Redis may be lost, which is harmless; later ones are heard again.
  await until(async () => {
    await engine.ring('bell');
    return heard >= 2;
  });
  expect(heard).toBeGreaterThanOrEqual(2);
  await engine.close();
});

function start() {
  const socket = join(directory, 'redis.sock');
  return execa('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory], {
    reject: false,
  });
}

async function answers(): Promise<void> {
  const socket = join(directory, 'redis.sock');
  await until(
    async () => (await execa('redis-cli', ['-s', socket, 'ping'], { reject: false })).stdout === 'PONG',
  );
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
