import { describe, expect, test } from '@jest/globals';
import { card } from '../../src/bot/render/card.ts';
import { hostKey } from '../../src/bot/render/host-key.ts';
import { plan as planMessage } from '../../src/bot/render/plan.ts';
import { progress } from '../../src/bot/render/progress.ts';
import { record } from '../../src/bot/render/record.ts';
import { sandbox } from '../../src/bot/render/sandbox.ts';
import { escaped, sections } from '../../src/bot/render/text.ts';
import { checkBlocks } from '../../src/local-slack/blocks/blocks.ts';
import { type Operation, STATES } from '../../src/operation/operation.ts';
import type { Message } from '../../src/slack/slack.ts';
import { backup } from '../support/evidence.ts';
import { approvedByBen, attested, challenge, claim, NOW, operation, plan } from '../support/operation.ts';

const roles = { dba: { groups: ['S0DBA'], users: ['U0BEN'] } };
const CHECKPOINT =
  'test.example/twokey\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— test.example/twokey Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

/** The longest of everything that people, hosts and backups can put into a message. */
const LONG = 'x'.repeat(900);
const full: Operation = operation({
  votes: [approvedByBen],
  challenge,
  attested,
  claim,
  reason: `because <!channel> & ${LONG}`,
  plan: {
    ...plan,
    args: { backup },
    steps: Array.from({ length: 32 }, (_, n) => ({
      ...plan.steps[0],
      id: `s${n}`,
      action: 'sandbox.create',
      title: `Step ${n} ${'y'.repeat(100)}`,
      input: {},
      destructive: n % 2 === 0,
      undo: LONG,
      timeoutMs: 1000,
    })),
  },
  evidence: {
    digest: 'e'.repeat(64),
    host: 'db-1',
    checks: Array.from({ length: 40 }, (_, n) => ({
      code: `c${n}`,
      outcome: n % 2 === 0 ? 'pass' : 'warn',
      text: LONG.slice(0, 200),
    })),
  },
  steps: Array.from({ length: 32 }, (_, n) => ({
    id: `s${n}`,
    title: 'A step',
    phase: 'ended',
    startedAt: NOW,
    durationMs: 61_000,
    output: null,
    problem: null,
  })),
  rungs: ['artifact', 'decode', 'restore', 'counts'].map((rung) => ({
    rung,
    outcome: 'fail',
    summary: LONG.slice(0, 300),
    durationMs: 5,
    findings: Array.from({ length: 12 }, () => ({
      severity: 'error',
      code: 'lost',
      text: LONG.slice(0, 400),
    })),
  })),
  problem: { code: 'x', text: LONG, hint: LONG },
  sandbox: { inspect: ['psql', '-h', '/run/x', '-d', "it's"], removedAt: NOW },
  startedAt: NOW,
});

describe('Slack takes every message of an operation, whatever its state and however long its parts', () => {
  for (const state of STATES) {
    test(state, () => {
      const it = { ...full, state };
      const live = {
        step: 's1',
        progress: { stage: 'Restoring', done: 5, total: 10, unit: 'bytes', etaMs: 90_000 },
      } as const;
      const messages: Message[] = [
        card(it, { roles, now: NOW }),
        planMessage(it),
        hostKey(it),
        progress(it, live, true),
        progress(it, null, false),
        sandbox(it),
        record(it, CHECKPOINT),
      ];
      for (const { text, blocks } of messages) {
        expect(checkBlocks(blocks ?? [], 'message')).toMatchObject({ ok: true });
        expect(text.length).toBeLessThan(4000);
      }
    });
  }
});

test('nothing mandatory is cut: digest, every step and every finding are in the thread', () => {
  const thread = JSON.stringify([planMessage(full).blocks, record(full, CHECKPOINT).blocks]);
  expect(thread).toContain(full.digest);
  expect(thread).toContain(backup.sha256);
  for (const { title } of full.plan?.steps ?? []) expect(thread).toContain(title);
  expect(thread.match(/`lost`/g)).toHaveLength(48);
});

test('what people wrote cannot mention or link', () => {
  expect(escaped('<!channel> & <https://x|y>')).toBe('&lt;!channel&gt; &amp; &lt;https://x|y&gt;');
  expect(JSON.stringify(card(full, { roles, now: NOW }))).not.toContain('<!channel>');
});

test('lines are never broken between sections', () => {
  const lines = Array.from({ length: 50 }, (_, n) => `${n} ${'z'.repeat(200)}`);
  const texts = sections(lines).map((block) =>
    'text' in block && typeof block.text === 'object' ? block.text?.text : '',
  );
  expect(texts.join('\n').split('\n')).toEqual(lines);
});

test('an operator who signs with the same Unix user is named on the card', () => {
  const weak = { ...full, attested: null, plan: { ...plan, hostKey: 'same-user' as const } };
  expect(JSON.stringify(card(weak, { roles, now: NOW }))).toContain('demo only');
});
