import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CHANNEL, type TestBot, testBot } from '../support/bot.ts';
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

async function card(target: string): Promise<string> {
  await bot.slack.command('U0ANA', CHANNEL, `/restore test ${target}`);
  runner.state(evidence(await runner.order('preflight', target)));
  return (await bot.heard(new RegExp(`Needs approval.*· ${target},`))).ts;
}

test('a reaction that can never be handled is answered, not dropped', async () => {
  const ts = await card('orders-2');
  await bot.slack.fault({
    on: 'api',
    method: 'usergroups.users.list',
    fault: { kind: 'error', error: 'no_such_subteam' },
  });
  await bot.slack.react('U0BEN', CHANNEL, ts, 'white_check_mark');
  await bot.heard(/Something broke while I did that .no_such_subteam/, { as: 'U0BEN' });
});

test('an account that Slack does not show is a stranger, and holds up nobody', async () => {
  const ts = await card('orders-3');
  await bot.slack.fault({
    on: 'api',
    method: 'users.info',
    fault: { kind: 'error', error: 'user_not_found' },
  });
  await bot.slack.react('U0FARID', CHANNEL, ts, 'no_entry');
  await bot.heard('People of other workspaces cannot decide', { as: 'U0FARID' });
  await bot.slack.react('U0BEN', CHANNEL, ts, 'white_check_mark');
  await runner.order('hold', 'orders-3');
});

test('a reaction that met a busy Slack counts seconds later, not minutes', async () => {
  const ts = await card('orders-1');
  const fault = { kind: 'ratelimited', retry_after: 1 } as const;
  await bot.slack.fault({ on: 'api', method: 'users.info', fault });
  await bot.slack.react('U0BEN', CHANNEL, ts, 'white_check_mark');
  expect((await runner.order('hold', 'orders-1')).approvals).toMatchObject([{ person: 'U0BEN' }]);
});
