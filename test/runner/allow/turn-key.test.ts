import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { showPlan } from '../../../src/cli/show-plan.ts';
import { planDigest } from '../../../src/operation/plan.ts';
import { allowfileName, consentLine } from '../../../src/runner/allow/consent.ts';
import {
  answer,
  type Pending,
  pendingPath,
  prepareDirectory,
  publish,
} from '../../../src/runner/allow/pending.ts';
import { awaitAnswer, findPending, writeAllowfile } from '../../../src/runner/allow/turn-key.ts';
import { goodWorld } from '../support/good-world.ts';

const here = { host: hostname(), now: Date.now() };
let directory: string;
let pending: Pending;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-turn-'));
  prepareDirectory(directory);
  const { plan, hold } = goodWorld();
  pending = {
    v: 1,
    code: plan.code,
    runner: plan.runner,
    host: here.host,
    mode: 'operator',
    plan,
    digest: planDigest(plan),
    challenge: 'f'.repeat(32),
    phrase: null,
    approvals: hold.approvals,
    issuedAt: new Date().toISOString(),
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  };
  publish(directory, pending);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('what waits for its key', () => {
  test('is found by its code', () => {
    expect(findPending(directory, pending.code, here)).toEqual(pending);
  });

  const wrong: [string, string, RegExp, () => void][] = [
    [
      'under another code',
      'nothing_pending',
      /These wait: OP-/,
      () => (pending = { ...pending, code: 'OP-NONE' }),
    ],
    [
      'where nothing waits',
      'nothing_pending',
      /Nothing waits/,
      () => rmSync(pendingPath(directory, pending.code)),
    ],
    [
      'in a directory that is not there',
      'no_directory',
      /--directory/,
      () => (directory = join(directory, 'no')),
    ],
    [
      'for another host',
      'wrong_host',
      /Log in to db-9/,
      () => publish(directory, { ...pending, host: 'db-9' }),
    ],
    [
      'whose time is over',
      'host_key_expired',
      /Ask anew/,
      () => publish(directory, { ...pending, expiresAt: new Date(here.now - 1).toISOString() }),
    ],
    [
      'whose plan was changed after it was approved',
      'plan_digest',
      /Do not go on/,
      () => publish(directory, { ...pending, plan: { ...pending.plan, target: 'payments' } }),
    ],
    [
      'that the runner did not publish',
      'pending_foreign',
      /Do not go on/,
      () => chownSync(pendingPath(directory, pending.code), 1000, 0),
    ],
    [
      'that is no plan',
      'pending_unreadable',
      /Update twokey/,
      () => writeFileSync(pendingPath(directory, pending.code), '{}'),
    ],
  ];
  test.each(wrong)('%s is refused: %s', (_, code, hint, spoil) => {
    spoil();
    const find = () => findPending(directory, pending.code, here);
    expect(find).toThrow(expect.objectContaining({ code, hint: expect.stringMatching(hint) }));
  });
});

describe('the allowfile that is written', () => {
  test('holds the consent, can be read by the runner, and stands alone', () => {
    const file = writeAllowfile(directory, pending, { target: 'orders', phrase: 'DELETE ALL DATA' });
    const path = join(directory, allowfileName(pending.code, pending.challenge));
    expect(readFileSync(path, 'utf8')).toBe(
      consentLine({ ...pending, target: 'orders', phrase: 'DELETE ALL DATA' }),
    );
    const { mode, nlink, ino } = statSync(path);
    expect([mode & 0o7777, nlink, String(ino)]).toEqual([0o644, 1, file.ino]);
  });

  test('replaces what stood in its place, and does not follow it', () => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(directory, allowfileName(pending.code, pending.challenge)));
    writeAllowfile(directory, pending, { target: 'orders', phrase: null });
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
  });

  test("gets the runner's answer to this very file and to no other", async () => {
    const file = writeAllowfile(directory, pending, { target: 'orders', phrase: null });
    const said = { v: 1 as const, challenge: pending.challenge, problem: null };
    answer(directory, pending.code, { ...said, ino: '1', ctimeNs: '2' });
    expect(await awaitAnswer(directory, pending, file, 50)).toBeNull();
    answer(directory, pending.code, { ...said, ...file });
    expect(await awaitAnswer(directory, pending, file, 50)).toEqual({ ...said, ...file });
  });
});

describe('the plan on the terminal', () => {
  test('says what, where, from which backup, with which undo, and what nobody here can check', () => {
    const text = showPlan(pending, Date.now());
    expect(text).toContain('orders (production)');
    expect(text).toMatch(/1\.23 MB, .* old \(2026-11-20T03:00:00\.000Z\), orders, PostgreSQL 15\.4/);
    expect(text).toContain(`sha256 ${'a'.repeat(64)}`);
    expect(text).toContain('undo: remove the fetched copy');
    expect(text).toContain('as stated by the bot; this host cannot check it');
    expect(text).toContain(`${pending.digest} (recomputed here)`);
  });

  test('cannot be forged by what stands in the plan', () => {
    const plan = { ...pending.plan, reason: 'drill\u001b[2K\r\u202Eevil\nTarget    nothing' };
    const text = showPlan({ ...pending, plan }, Date.now());
    for (const hidden of ['\u001b', '\r', '\u202E']) expect(text).not.toContain(hidden);
    expect(text.split('\n').filter((line) => line.startsWith('Target'))).toHaveLength(1);
  });
});
