import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CHANNEL, said, type TestBot, testBot } from '../support/bot.ts';
import { evidence } from '../support/evidence.ts';
import { type ScriptedRunner, scriptedRunner } from '../support/scripted-runner.ts';

let bot: TestBot;
let runner: ScriptedRunner;

beforeAll(async () => {
  bot = await testBot();
  runner = await scriptedRunner(bot.gateway);
});
afterAll(async () => {
  runner.close();
  await bot.stop();
});

async function asked(target: string): Promise<void> {
  await bot.slack.command('U0ANA', CHANNEL, `/restore test ${target}`);
  runner.state(evidence(await runner.order('preflight', target)));
}

async function ended(target: string): Promise<string | undefined> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    const recent = await bot.store.recentOperations(10);
    const state = recent.find(({ operation }) => operation.target === target)?.operation.state;
    if (state === 'cancelled') return state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

async function toldDirectly(text: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    const posts = (await bot.slack.traffic(500)).filter(({ name }) => name === 'chat.postMessage');
    if (
      posts.some(
        ({ request }) => JSON.stringify(request).includes('U0ANA') && JSON.stringify(request).includes(text),
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody told Ana directly: ${text}`);
}

test('a card that Slack refuses for good ends the operation, and who asked is told directly', async () => {
  await bot.slack.fault({
    on: 'api',
    method: 'chat.postMessage',
    fault: { kind: 'error', error: 'not_in_channel' },
  });
  await asked('orders-1');
  expect(await ended('orders-1')).toBe('cancelled');
  const card = await bot.heard(/Cancelled.*· orders-1,/);
  expect(said(card)).toContain('Slack has no card for it that can be read (not_in_channel)');
  await bot.heard(/Audit record/, { thread: card.ts });
  await bot.heard('Slack refused the card', { thread: card.ts });
});

test('a bot that is in the channel no more says so to who asked, and to the audit channel', async () => {
  await bot.slack.leave(CHANNEL, 'U0TWOKEY');
  await asked('orders-2');
  expect(await ended('orders-2')).toBe('cancelled');
  await toldDirectly('Slack refused the card');
  await bot.slack.join(CHANNEL, 'U0TWOKEY');
});

test('a card that somebody deletes voids what waits for its keys', async () => {
  await asked('orders-3');
  const { ts } = await bot.heard(/Needs approval.*· orders-3,/);
  await bot.slack.react('U0BEN', CHANNEL, ts, 'white_check_mark');
  await runner.order('hold', 'orders-3');
  await bot.slack.fault({
    on: 'api',
    method: 'reactions.get',
    fault: { kind: 'error', error: 'message_not_found' },
  });
  runner.close();
  await bot.restart();
  runner = await scriptedRunner(bot.gateway);
  expect(await ended('orders-3')).toBe('cancelled');
  expect((await runner.order('cancel', 'orders-3')).reason).toBe('its card in Slack is gone');
});
