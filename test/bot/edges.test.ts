import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebClient } from '@slack/web-api';
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

let used = 0;

/** Asks for a restore test of a target that no other test here uses, up to its card. */
async function awaitingApproval(): Promise<{ card: string; target: string }> {
  used += 1;
  const target = `orders-${used}`;
  await bot.slack.command('U0ANA', CHANNEL, `/restore test ${target}`);
  runner.state(evidence(await runner.order('preflight', target)));
  return { card: (await bot.heard(new RegExp(`Needs approval.*· ${target},`))).ts, target };
}

describe('what people type wrong starts nothing', () => {
  test.each([
    ['/restore test', 'needs `target`'],
    ['/restore test nowhere', 'I know no target `nowhere`'],
    ['/restore test orders speed=11', 'knows no argument `speed=11`'],
    ['/restore orders', 'is no command of mine'],
    ['/restore', 'What you can ask for'],
    ['/ops wipe', 'is no command of mine'],
    ['/ops show OP-XXXX', 'There is no operation'],
  ])('%s', async (text, answer) => {
    await bot.slack.command('U0ANA', CHANNEL, text);
    await bot.heard(answer, { as: 'U0ANA' });
    expect(await bot.store.recentOperations(5)).toEqual([]);
  });

  test('a guest may not even ask', async () => {
    await bot.slack.command('U0EVE', CHANNEL, '/restore test orders');
    await bot.heard('Guests cannot decide', { as: 'U0EVE' });
    expect(await bot.store.recentOperations(5)).toEqual([]);
  });

  test('a second request for the same thing is pointed at the first', async () => {
    const { target } = await awaitingApproval();
    await bot.slack.command('U0FARID', CHANNEL, `/restore test ${target}`);
    await bot.heard('already asks for the same thing', { as: 'U0FARID' });
  });
});

describe('the ends before anything runs', () => {
  test('no runner: refused at once, with what to do', async () => {
    runner.close();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await bot.slack.command('U0ANA', CHANNEL, '/restore test orders');
    await bot.heard('is not connected since', { as: 'U0ANA' });
    runner = await scriptedRunner(bot.gateway);
  });

  test('a preflight that found a problem is told to the channel, and nothing can be approved', async () => {
    await bot.slack.command('U0ANA', CHANNEL, '/restore test orders backup=missing.dump');
    const order = await runner.order('preflight');
    const problem = { code: 'backup_not_found', text: 'No missing.dump.', hint: 'Nearest: orders.dump.' };
    runner.state({ ...evidence(order), problem });
    const card = await bot.heard('No missing.dump.');
    expect(said(card)).toContain('Nearest: orders.dump.');
    expect(card.reactions ?? []).toEqual([]);
    await bot.heard(/Audit record/, { thread: card.ts });
  });

  test('one ⛔ of an approver ends it', async () => {
    const { card, target } = await awaitingApproval();
    await bot.slack.react('U0CHLOE', CHANNEL, card, 'no_entry');
    const shown = await bot.heard(new RegExp(`Rejected.*· ${target},`));
    expect(said(shown)).toContain('Chloé Martin said no.');
  });

  test('Cancel is for the requester and approvers, not for bystanders', async () => {
    const { card, target } = await awaitingApproval();
    await bot.slack.click('U0FARID', CHANNEL, card, 'cancel');
    await bot.heard('can cancel', { as: 'U0FARID' });
    await bot.slack.click('U0ANA', CHANNEL, card, 'cancel');
    await bot.heard(new RegExp(`Cancelled.*· ${target},`));
  });
});

describe('reactions that no event told of', () => {
  test('an approval whose event was lost counts after a restart', async () => {
    const { card, target } = await awaitingApproval();
    await bot.slack.fault({ on: 'event', event: 'reaction_added', fault: { kind: 'drop' } });
    await bot.slack.react('U0BEN', CHANNEL, card, 'white_check_mark');
    runner.close();
    await bot.restart();
    runner = await scriptedRunner(bot.gateway);
    expect((await runner.order('hold', target)).approvals).toMatchObject([{ person: 'U0BEN' }]);
  });

  test('an approver who takes the reaction away before the host key voids the challenge', async () => {
    const { card, target } = await awaitingApproval();
    await bot.slack.react('U0BEN', CHANNEL, card, 'white_check_mark');
    await runner.order('hold', target);
    await bot.slack.react('U0BEN', CHANNEL, card, 'white_check_mark', false);
    await runner.order('cancel', target);
    await bot.heard(new RegExp(`Needs approval.*· ${target},`));
  });

  test('an approver who left the role meanwhile does not carry the claim', async () => {
    const { card, target } = await awaitingApproval();
    await bot.slack.react('U0BEN', CHANNEL, card, 'white_check_mark');
    const { operation, code, digest, hostKeyExpiresAt } = await runner.order('hold', target);
    await bot.slack.alterUserGroup({ id: 'S0DBAPPROVERS', users: ['U0CHLOE'] });
    const command = ['twokey', 'allow', code];
    runner.state({
      kind: 'challenge',
      operation,
      code,
      digest,
      challenge: 'c',
      host: 'h',
      mode: 'operator',
      command,
      expiresAt: hostKeyExpiresAt,
    });
    const operator = { uid: 1, user: 'dmitri', slack: 'U0DMITRI' };
    const file = { dev: '1', ino: '2', ctimeNs: '3', sha256: 'b'.repeat(64) };
    runner.state({
      kind: 'attestation',
      operation,
      code,
      digest,
      challenge: 'c',
      host: 'h',
      mode: 'operator',
      operator,
      file,
    });
    await bot.heard('The approvals no longer stand, so nothing was started.', { thread: card });
    expect(runner.orders.filter((order) => order.target === target).map(({ kind }) => kind)).not.toContain(
      'run',
    );
  });
});

describe('a mention does what a slash command cannot do in a thread', () => {
  test('@twokey status in the thread answers there, for who asked', async () => {
    const { card } = await awaitingApproval();
    await bot.slack.say('U0FARID', CHANNEL, '<@U0TWOKEY> status', card);
    const told = await bot.heard('Needs approval · \\*OP-', { as: 'U0FARID', thread: card });
    expect(told.is_ephemeral).toBe(true);
  });
});

describe('people who are no members of this workspace, or no people', () => {
  test('a stranger in the role does not turn the chat key', async () => {
    await bot.slack.alterUserGroup({ id: 'S0DBAPPROVERS', users: ['U0BEN', 'U0CHLOE', 'U0GWEN'] });
    await bot.slack.join(CHANNEL, 'U0GWEN');
    const { card, target } = await awaitingApproval();
    await bot.slack.react('U0GWEN', CHANNEL, card, 'white_check_mark');
    await bot.heard('People of other workspaces cannot decide', { as: 'U0GWEN' });
    expect(await votesOn(target)).toEqual([]);
  });

  test('another bot in the role does not turn the chat key', async () => {
    const helper = { id: 'A0HELPER', name: 'Helper', bot_user_id: 'U0HELPER', bot_token: 'xoxb-helper' };
    await bot.slack.alterApp({
      ...helper,
      app_token: 'xapp-helper',
      signing_secret: 's',
      scopes: ['reactions:write'],
    });
    await bot.slack.join(CHANNEL, 'U0HELPER');
    await bot.slack.alterUserGroup({ id: 'S0DBAPPROVERS', users: ['U0BEN', 'U0CHLOE', 'U0HELPER'] });
    const { card, target } = await awaitingApproval();
    const client = new WebClient(helper.bot_token, { slackApiUrl: bot.apiUrl });
    await client.reactions.add({ channel: CHANNEL, timestamp: card, name: 'white_check_mark' });
    await handled();
    expect(await votesOn(target)).toEqual([]);
  });
});

async function votesOn(target: string) {
  const open = await bot.store.openOperations();
  return open.find(({ operation }) => operation.target === target)?.operation.votes;
}

/** A later envelope is handled after everything that came before it. */
async function handled(): Promise<void> {
  await bot.slack.command('U0CHLOE', CHANNEL, '/ops show OP-LAST');
  await bot.heard('There is no operation `OP-LAST`', { as: 'U0CHLOE' });
}

describe('who a runner is', () => {
  test('a runner with another key is not let in', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await expect(scriptedRunner(bot.gateway, 'ops-1', privateKey)).rejects.toThrow('unknown_runner');
    await expect(scriptedRunner(bot.gateway, 'ops-2')).rejects.toThrow('unknown_runner');
  });
});
