import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CHANNEL, type TestBot, testBot } from '../support/bot.ts';
import { evidence } from '../support/evidence.ts';
import { type TestRedis, testRedis } from '../support/redis.ts';
import { type ScriptedRunner, scriptedRunner } from '../support/scripted-runner.ts';

let redis: TestRedis;
let bot: TestBot;
let runner: ScriptedRunner;

beforeAll(async () => {
  redis = await testRedis();
  await redis.start();
  bot = await testBot(() => ({ engine: { kind: 'redis', url: redis.url } }));
  runner = await scriptedRunner(bot.gateway);
});
afterAll(async () => {
  runner.close();
  await bot.stop();
  await redis.remove();
});

test('on Redis an operation goes the same way, and goes on while Redis is dead and after it came back empty', async () => {
  await bot.slack.command('U0ANA', CHANNEL, '/restore test orders');
  runner.state(evidence(await runner.order('preflight')));
  const card = await bot.heard('Needs approval');
  await redis.kill();
  await bot.slack.react('U0BEN', CHANNEL, card.ts, 'white_check_mark');
  const hold = await runner.order('hold');
  expect(hold.approvals).toMatchObject([{ person: 'U0BEN' }]);
  await redis.start();
  await bot.slack.click('U0ANA', CHANNEL, card.ts, 'cancel');
  await runner.order('cancel');
  await bot.heard('Cancelled');
});
