import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { connect, type Link, type LinkTimes } from '../../src/runner/connect.ts';
import type { Introduction } from '../../src/runner/handshake.ts';
import { type Journal, openJournal } from '../../src/runner/journal/journal.ts';
import { type Reporter, startReporter } from '../../src/runner/report.ts';
import { type Gateway, type GatewayOptions, startGateway } from './support/gateway.ts';

const TIMES: LinkTimes = { handshakeMs: 400, pingMs: 40, silenceMs: 200, pauseMs: 5, pauseMaxMs: 20 };
const log = pino({ level: 'silent' });
const { privateKey: runnerKey } = generateKeyPairSync('ed25519');

let directory: string;
let journal: Journal;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-connect-'));
  journal = await openJournal(directory, 'host-a');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await journal.close();
  rmSync(directory, { recursive: true, force: true });
});

async function gateway(options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const started = await startGateway({ runnerKey, ...options });
  closing.push(() => started.close());
  return started;
}

/** A link with a reporter on it, as the runner has them. */
function runner(url: string, orderKeys = [generateKeyPairSync('ed25519').publicKey]) {
  const ups: number[] = [];
  let link: Link | null = null;
  let reporter: Reporter | null = null;
  const self: Introduction = {
    runner: 'host-a',
    host: 'db-1',
    version: '0.1.0',
    targets: ['orders'],
    privateKey: runnerKey,
    orderKeys,
    journal: () => ({ id: journal.id, seq: journal.seq, fence: journal.state.fence }),
  };
  reporter = startReporter(journal, runnerKey, () => link, log, 150);
  link = connect(
    url,
    self,
    {
      up() {
        ups.push(Date.now());
        reporter?.up();
      },
      down: () => reporter?.down(),
      frame: (frame) => void (frame.type === 'ack' && reporter?.acked(frame.id)),
    },
    log,
    TIMES,
  );
  closing.push(
    () => link?.close(),
    () => reporter?.close(),
  );
  return { ups, reporter, link };
}

function say(operation: string): string {
  const id = randomUUID();
  const problem = { code: 'target_unknown', text: 'No such target.', hint: 'Look at runner.yml.' };
  const base = {
    v: 1,
    id,
    runner: 'host-a',
    operation,
    code: 'OP-7F3K',
    at: new Date().toISOString(),
  } as const;
  journal.append({
    type: 'said',
    order: null,
    say: { ...base, kind: 'order_refused', order: randomUUID(), orderKind: 'run', problem },
  });
  return id;
}

describe('the link to the bot', () => {
  test('greets with the journal it has, and sends what was said before it was up', async () => {
    const bot = await gateway();
    const first = say('a');
    const { ups } = runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => bot.statements.length === 1);
    expect(bot.statements[0]?.id).toBe(first);
    expect(bot.hellos[0]?.journal).toEqual({ id: journal.id, seq: 2, fence: 0 });
    expect(ups).toHaveLength(1);
    await bot.until(() => journal.state.unacked.size === 0, 'acknowledgement');
  });

  test('says nothing to a gateway whose welcome no pinned key has signed', async () => {
    const bot = await gateway({ welcomeKey: generateKeyPairSync('ed25519').privateKey });
    say('a');
    const { ups } = runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => bot.hellos.length >= 2, 'second attempt');
    expect(ups).toHaveLength(0);
    expect(bot.statements).toHaveLength(0);
  });

  test('does not greet a gateway that speaks only wire versions it does not know', async () => {
    const bot = await gateway({ wire: [99] });
    runner(bot.url, [createPublicKey(bot.orderKey)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(bot.hellos).toHaveLength(0);
  });

  test('comes back by itself after the bot was away, on the same address', async () => {
    const bot = await gateway();
    const port = Number(new URL(bot.url).port);
    const { ups } = runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => ups.length === 1);
    await bot.close();
    const id = say('while it was away');
    await new Promise((resolve) => setTimeout(resolve, 60));
    const again = await gateway({ port, orderKey: bot.orderKey });
    await again.until(() => again.statements.length === 1);
    expect(again.statements[0]?.id).toBe(id);
  });

  test('counts a bot that falls silent as lost', async () => {
    const bot = await gateway();
    const { ups } = runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => ups.length === 1);
    bot.freeze();
    await bot.until(() => ups.length === 2, 'second connection');
  });
});

describe('statements', () => {
  test('are sent again, in order, until each is acknowledged', async () => {
    const bot = await gateway();
    bot.acking = false;
    const ids = ['a', 'b', 'c'].map(say);
    runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => bot.statements.length >= 6, 'repeats on the same connection');
    expect(bot.statements.slice(0, 6).map(({ id }) => id)).toEqual([...ids, ...ids]);
    bot.cut();
    const before = bot.statements.length;
    await bot.until(() => bot.statements.length >= before + 3, 'repeats after reconnecting');
    bot.acking = true;
    await bot.until(() => journal.state.unacked.size === 0, 'acknowledgement');
    const settled = bot.statements.length;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(bot.statements).toHaveLength(settled);
  });

  test('beyond the window wait for acknowledgements and then all arrive in order', async () => {
    const bot = await gateway();
    const ids = Array.from({ length: 100 }, (_, index) => say(`operation ${index}`));
    runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => journal.state.unacked.size === 0, 'acknowledgement');
    expect([...new Set(bot.statements.map(({ id }) => id))]).toEqual(ids);
  });
});

describe('progress', () => {
  test('goes out at most twice a second per operation, and the latest wins', async () => {
    const bot = await gateway();
    const { reporter, ups } = runner(bot.url, [createPublicKey(bot.orderKey)]);
    await bot.until(() => ups.length === 1);
    for (let done = 0; done < 50; done += 1) {
      reporter.progress('a', 'fetch', { stage: 'Fetching', done, total: 50, unit: 'bytes' });
      reporter.progress('b', 'fetch', { stage: 'Fetching', ratePerSecond: done, etaMs: 1000 });
    }
    await bot.until(() => bot.progress.length === 4);
    const of = (operation: string) =>
      bot.progress.filter((one) => one.operation === operation).map(({ progress }) => progress);
    expect(of('a').map(({ done }) => done)).toEqual([0, 49]);
    expect(of('b')[1]).toEqual({ stage: 'Fetching', ratePerSecond: 49, etaMs: 1000 });
  });
});
