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

async function asked(target: string): Promise<string> {
  await bot.slack.command('U0ANA', CHANNEL, `/restore test ${target}`);
  runner.state(evidence(await runner.order('preflight', target)));
  return (await bot.heard(new RegExp(`Needs approval.*· ${target},`))).ts;
}

async function hostKeyTurned(target: string, card: string): Promise<void> {
  await bot.slack.react('U0BEN', CHANNEL, card, 'white_check_mark');
  const { operation, code, digest, hostKeyExpiresAt: expiresAt } = await runner.order('hold', target);
  const host = { digest, challenge: 'c', host: 'db-1', mode: 'operator' } as const;
  runner.state({
    kind: 'challenge',
    operation,
    code,
    ...host,
    command: ['twokey', 'allow', code],
    expiresAt,
  });
  await bot.heard('Now the host key', { thread: card });
  await bot.slack.fault({
    on: 'api',
    method: 'chat.postMessage',
    fault: { kind: 'error', error: 'invalid_blocks' },
  });
  const operator = { uid: 1001, user: 'dmitri', slack: 'U0DMITRI' };
  const file = { dev: '1', ino: '2', ctimeNs: '3', sha256: 'b'.repeat(64) };
  runner.state({ kind: 'attestation', operation, code, ...host, operator, file });
}

test('a rate limit delays the card and loses nothing', async () => {
  const fault = { kind: 'ratelimited', retry_after: 1 } as const;
  await bot.slack.fault({ on: 'api', method: 'chat.postMessage', fault });
  const card = await asked('orders-1');
  await bot.heard('The plan of', { thread: card });
});

test('a card that Slack took before the connection was cut is not posted twice', async () => {
  await bot.slack.fault({ on: 'api', method: 'chat.postMessage', fault: { kind: 'accept_then_reset' } });
  const card = await asked('orders-2');
  await bot.heard('The plan of', { thread: card });
  const cards = (await bot.slack.messages(CHANNEL)).filter(({ text }) => text.includes('· orders-2,'));
  expect(cards).toHaveLength(1);
});

test('a workspace that refuses the plan block sees the same progress in plain sections', async () => {
  const card = await asked('orders-3');
  await hostKeyTurned('orders-3', card);
  await runner.order('run', 'orders-3');
  const progress = await bot.heard(/0 of 4 steps done/, { thread: card });
  expect(said(progress)).not.toContain('"type":"plan"');
  expect(said(progress)).toContain('Start a throwaway database');
});

test('a channel that was archived meanwhile: the ops channel hears of it, and nothing can be approved', async () => {
  await bot.slack.command('U0ANA', CHANNEL, '/restore test orders-4');
  const order = await runner.order('preflight', 'orders-4');
  await bot.slack.alterChannel({ id: CHANNEL, is_archived: true });
  runner.state(evidence(order));
  const told = async () =>
    (await bot.slack.messages('C0AUDIT')).some(({ text }) => text.includes('`is_archived`'));
  for (const deadline = Date.now() + 10_000; !(await told()) && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await told()).toBe(true);
  await bot.slack.alterChannel({ id: CHANNEL, is_archived: false });
});
