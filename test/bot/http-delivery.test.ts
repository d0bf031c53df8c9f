import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CHANNEL, type TestBot, testBot } from '../support/bot.ts';
import { evidence } from '../support/evidence.ts';
import { type ScriptedRunner, scriptedRunner } from '../support/scripted-runner.ts';

let bot: TestBot;
let runner: ScriptedRunner;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}/slack/events`;
  bot = await testBot((base) => ({
    slack: {
      mode: 'http',
      signingSecret: 'local-signing-secret',
      listen: { host: '127.0.0.1', port },
      botToken: base.slack.botToken,
      apiUrl: base.slack.apiUrl,
    },
  }));
  await bot.slack.setRequestUrl('A0TWOKEY', url);
  runner = await scriptedRunner(bot.gateway);
});
afterAll(async () => {
  runner.close();
  await bot.stop();
});

test('commands, reactions and buttons arrive over signed HTTP', async () => {
  expect((await bot.slack.command('U0ANA', CHANNEL, '/restore test orders')).outcome).toBe('acknowledged');
  runner.state(evidence(await runner.order('preflight')));
  const card = await bot.heard('Needs approval');
  await bot.slack.react('U0BEN', CHANNEL, card.ts, 'white_check_mark');
  await runner.order('hold');
  await bot.slack.click('U0ANA', CHANNEL, card.ts, 'cancel');
  await bot.heard('Cancelled');
});

test.each([
  ['with a wrong signature', 'another-secret', 0],
  ['signed long ago', 'local-signing-secret', -600],
])('a command %s starts nothing', async (_, secret, skewSeconds) => {
  const body = new URLSearchParams({
    command: '/restore',
    text: 'test orders-1',
    user_id: 'U0ANA',
    channel_id: CHANNEL,
    team_id: 'T0LOCAL',
    trigger_id: `forged-${skewSeconds}`,
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000) + skewSeconds);
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature,
  };
  const response = await fetch(url, { method: 'POST', body, headers });
  expect(response.status).toBe(401);
  expect((await bot.store.recentOperations(5)).map(({ operation }) => operation.target)).not.toContain(
    'orders-1',
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
