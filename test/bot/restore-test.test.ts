import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Rung } from '../../src/actions/ladder.ts';
import { verifyCheckpoint } from '../../src/audit/checkpoint.ts';
import { leafHash } from '../../src/audit/merkle.ts';
import { vkeyOf } from '../../src/audit/note.ts';
import { verifyInclusion } from '../../src/audit/proof.ts';
import { parseRecord } from '../../src/audit/record.ts';
import { CHANNEL, said, type TestBot, testBot } from '../support/bot.ts';
import { backup, evidence } from '../support/evidence.ts';
import { type ScriptedRunner, scriptedRunner } from '../support/scripted-runner.ts';

let bot: TestBot;
let runner: ScriptedRunner;
let card: string;

beforeAll(async () => {
  bot = await testBot();
  runner = await scriptedRunner(bot.gateway);
});
afterAll(async () => {
  runner.close();
  await bot.stop();
});

describe('one restore test, from the slash command to the audit record', () => {
  test('the command is acknowledged and answered with its code', async () => {
    const result = await bot.slack.command('U0ANA', CHANNEL, "/restore test orders reason='monthly look'");
    expect(result.outcome).toBe('acknowledged');
    await bot.heard(/OP-[A-Z0-9]{4}\*: `\/restore test` on `orders`/, { as: 'U0ANA' });
  });

  test('what the runner finds becomes a card with the backup, the keys, the digest and the seeds', async () => {
    const order = await runner.order('preflight');
    expect(order.draft.args['backup']).toEqual({ type: 'backup', value: 'latest' });
    runner.state(evidence(order));
    const message = await bot.heard('Needs approval');
    card = message.ts;
    expect(said(message)).toContain('orders_2026-11-21_03-00-00.dump');
    expect(said(message)).toContain('1. Fetch the backup');
    expect(said(message)).toContain('Nothing: no step touches the live');
    expect(said(message)).toContain('<!subteam^S0DBAPPROVERS>');
    const plan = await bot.heard('The plan of', { thread: card });
    expect(said(plan)).toContain(backup.sha256);
    expect(said(plan)).toMatch(/undo: stop and remove the throwaway database/);
    const seeded = await bot.heard('Needs approval');
    expect(seeded.reactions?.map(({ name }) => name).sort()).toEqual(['no_entry', 'white_check_mark']);
  });

  test.each([
    ['the requester', 'U0ANA', 'someone else has to approve'],
    ['a single-channel guest', 'U0EVE', 'Guests cannot decide'],
    ['someone outside the role', 'U0FARID', 'Only members of approvers decide'],
  ])('%s is refused with a reason that they see', async (_, who, reason) => {
    await bot.slack.react(who, CHANNEL, card, 'white_check_mark');
    const told = await bot.heard(reason, { as: who });
    expect(told.is_ephemeral).toBe(true);
    expect(runner.orders.map(({ kind }) => kind)).not.toContain('hold');
  });

  test('an approver turns the chat key, and the thread says what to do on which host', async () => {
    await bot.slack.react('U0BEN', CHANNEL, card, 'white_check_mark');
    const hold = await runner.order('hold');
    expect(hold.approvals).toMatchObject([{ person: 'U0BEN', role: 'approvers' }]);
    runner.state({
      kind: 'challenge',
      operation: hold.operation,
      code: hold.code,
      digest: hold.digest,
      challenge: 'ch-1',
      host: 'db-1',
      mode: 'operator',
      command: ['twokey', 'allow', hold.code],
      expiresAt: hold.hostKeyExpiresAt,
    });
    const note = await bot.heard('twokey allow OP-', { thread: card });
    expect(note.text).toContain('on `db-1`');
  });

  test('a wrong allowfile is reported in the thread with how to mend it', async () => {
    const { operation, code } = await runner.order('hold');
    const problem = {
      code: 'allowfile_unreadable',
      text: 'The file cannot be read.',
      hint: 'chmod 0640 it.',
    };
    runner.state({ kind: 'allowfile_refused', operation, code, problem });
    await bot.heard('The host key did not turn: The file cannot be read. chmod 0640 it.', { thread: card });
  });

  test('the attestation leads to one run order, with the claim proven to be in the log', async () => {
    const { operation, code, digest } = await runner.order('hold');
    runner.state({
      kind: 'attestation',
      operation,
      code,
      digest,
      challenge: 'ch-1',
      host: 'db-1',
      mode: 'operator',
      operator: { uid: 1001, user: 'dmitri', slack: 'U0DMITRI' },
      file: { dev: '1', ino: '2', ctimeNs: '3', sha256: 'b'.repeat(64) },
    });
    const run = await runner.order('run');
    expect(run).toMatchObject({ digest, fence: 1, challenge: 'ch-1' });
    const vkey = vkeyOf('test.example/twokey', bot.logKey);
    const head = verifyCheckpoint(run.claim.checkpoint, vkey);
    const record = parseRecord(run.claim.record);
    expect(record).toMatchObject({ type: 'operation.claimed', operation, data: { digest } });
    const { index, proof } = run.claim;
    expect(
      verifyInclusion({ index, proof, leaf: leafHash(run.claim.record), size: head.size, root: head.root }),
    ).toBe(true);
  });

  test('progress shows steps, a bar, rate and ETA in one message', async () => {
    const { operation, code } = await runner.order('run');
    const step = { kind: 'step', operation, code, durationMs: null, output: null, problem: null } as const;
    runner.state({ ...step, step: 'fetch', phase: 'started' });
    runner.send({
      type: 'progress',
      operation,
      step: 'fetch',
      progress: {
        stage: 'Decoding',
        done: 3_100_000,
        total: 6_200_000,
        unit: 'bytes',
        ratePerSecond: 1_000_000,
        etaMs: 3_100,
      },
    });
    const shown = await bot.heard('50 %', { thread: card });
    expect(said(shown)).toMatch(/3\.1 MB of 6\.2 MB · 1 MB\/s · about 3\.1s left/);
    for (const id of ['fetch', 'sandbox', 'restore'])
      runner.state({ ...step, step: id, phase: 'ended', durationMs: 1200 });
    const left = { rungs: [], inspect: ['psql', '-h', '/run/x'], removedAt: '2026-11-21T12:00:00.000Z' };
    runner.state({ ...step, step: 'verify', phase: 'ended', durationMs: 900, output: left });
    await bot.heard(/4 of 4 steps done/, { thread: card });
  });

  test('the audit record ends the thread, the JSON is attached, the channel sees the outcome', async () => {
    const { operation, code } = await runner.order('run');
    const rungs: Rung[] = [
      { rung: 'artifact', outcome: 'pass', summary: '6.1 MB', findings: [], durationMs: 12 },
    ];
    const id = runner.state({
      kind: 'finished',
      operation,
      code,
      outcome: 'succeeded',
      verdict: 'verified',
      rungs,
      problem: null,
    });
    await bot.heard('Backup verified', {});
    const record = await bot.heard(/Audit record of OP-/, { thread: card });
    expect(said(record)).toContain('host key turned by <@U0DMITRI>');
    expect(said(record)).toContain('approved by <@U0BEN>');
    await bot.heard('left up on `db-1` for inspection', { thread: card });
    await until(async () =>
      (await bot.slack.thread(CHANNEL, card)).some(({ files }) =>
        files?.some(({ name }) => name === `${code}-audit.json`),
      ),
    );
    const audit = await bot.slack.messages('C0AUDIT');
    expect(audit.at(-1)?.text).toContain('test.example/twokey');
    expect(runner.acked).toContain(id);
  });

  test('the buttons under the sandbox reach the runner, and its answer changes the message', async () => {
    const message = await bot.heard('left up on', { thread: card });
    await bot.slack.click('U0ANA', CHANNEL, message.ts, 'sandbox_extend');
    const order = await runner.order('sandbox');
    expect(order).toMatchObject({ request: 'extend', person: 'U0ANA' });
    const { operation, code } = order;
    runner.state({
      kind: 'sandbox',
      operation,
      code,
      event: 'removed',
      why: 'expired',
      removedAt: null,
      problem: null,
    });
    await bot.heard('is removed from `db-1`', { thread: card });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
