import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { planDigest } from '../../src/operation/plan.ts';
import { type Host, startHost } from './support/host.ts';
import { readyToRun, stepsOf } from './support/play.ts';
import {
  cancelOrder,
  holdOrder,
  newSubject,
  OPERATOR,
  planFrom,
  preflightOrder,
  runOrder,
} from './support/world.ts';

let host: Host;
beforeAll(async () => {
  host = await startHost();
  await host.start();
});
afterAll(() => host.close());

describe('a restore test', () => {
  test('goes from preflight over the host key to its last word', async () => {
    const { gateway } = host;
    const subject = newSubject();
    await gateway.until(() => gateway.hellos.length > 0, 'hello');
    const asked = gateway.order(preflightOrder(subject));
    const evidence = await gateway.statement('evidence', ({ operation }) => operation === subject.operation);
    expect(evidence.problem).toBeNull();
    expect(evidence.args['backup']).toMatchObject({ path: 'orders.dump' });
    expect(evidence.checks.map(({ code }) => code)).toContain('backup.fetch_ready');
    expect(gateway.received).toContain(asked);

    const plan = planFrom(subject, evidence);
    gateway.order(holdOrder(subject, plan));
    const challenge = await gateway.statement(
      'challenge',
      ({ operation }) => operation === subject.operation,
    );
    expect(challenge.digest).toBe(planDigest(plan));
    const pending = join(host.allowDirectory, 'pending', `${subject.code}.json`);
    expect(statSync(pending).mode & 0o777).toBe(0o640);
    expect(statSync(pending).gid).toBe(host.operatorsGid);

    const allowed = await host.allow([subject.code, '--yes-target', 'orders']);
    expect(allowed.text).toContain('is turned');
    expect(allowed.code).toBe(0);
    const attestation = await gateway.statement(
      'attestation',
      ({ operation }) => operation === subject.operation,
    );
    expect(attestation.operator).toEqual({
      uid: host.operator.uid,
      user: host.operator.name,
      slack: OPERATOR,
    });

    const run = runOrder(subject, plan, challenge);
    gateway.order(run);
    const finished = await gateway.statement('finished', ({ operation }) => operation === subject.operation);
    expect(finished).toMatchObject({ outcome: 'succeeded', verdict: 'verified', problem: null });
    expect(finished.rungs).toHaveLength(7);
    expect(host.did()).toEqual([
      'run backup.fetch',
      'run sandbox.create',
      'run sandbox.restore',
      'run sandbox.verify',
    ]);
    expect(gateway.progress.map(({ progress }) => progress.stage)).toContain('Doing fetch');
    expect(readdirSync(join(host.state, 'work'))).toEqual([]);
    expect(host.allowfiles()).toEqual([]);

    gateway.order(run);
    gateway.order({ ...runOrder(subject, plan, challenge) });
    const refused = await gateway.statement(
      'order_refused',
      ({ operation }) => operation === subject.operation,
    );
    expect(refused.problem.code).toBe('already_ran');
    expect(host.did()).toHaveLength(4);
  });

  test('that throws is undone in reverse, and says why', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    host.tell('sandbox.restore', 'fail');
    const before = host.did().length;
    gateway.order(run);
    const finished = await gateway.statement('finished', ({ operation }) => operation === subject.operation);
    host.untell('sandbox.restore', 'fail');
    expect(finished).toMatchObject({ outcome: 'rolled_back', verdict: 'could_not_check' });
    expect(finished.problem).toEqual({ code: 'disk_full', text: 'The disk is full.', hint: 'Make room.' });
    expect(host.did().slice(before)).toEqual([
      'run backup.fetch',
      'run sandbox.create',
      'run sandbox.restore',
      'undo sandbox.create',
      'undo backup.fetch',
    ]);
    expect(stepsOf(gateway, subject)).toEqual([
      'fetch started',
      'fetch ended',
      'sandbox started',
      'sandbox ended',
      'restore started',
      'restore failed',
      'sandbox undo_started',
      'sandbox undone',
      'fetch undo_started',
      'fetch undone',
    ]);
  });

  test('whose backup is condemned ends there, and keeps the sandbox for a look', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    host.tell('sandbox.restore', 'rung');
    const before = host.did().length;
    gateway.order(run);
    const finished = await gateway.statement('finished', ({ operation }) => operation === subject.operation);
    host.untell('sandbox.restore', 'rung');
    expect(finished).toMatchObject({ outcome: 'failed', verdict: 'backup_not_verified' });
    expect(finished.problem?.code).toBe('backup_not_verified');
    expect(finished.rungs.map(({ outcome }) => outcome)).toEqual([
      'pass',
      'pass',
      'fail',
      'not-run',
      'not-run',
      'not-run',
      'not-run',
    ]);
    expect(host.did().slice(before)).toEqual([
      'run backup.fetch',
      'run sandbox.create',
      'run sandbox.restore',
    ]);
  });

  test('that is cancelled in the middle stops its step and undoes', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    host.tell('sandbox.create', 'hang');
    gateway.order(run);
    await gateway.statement(
      'step',
      ({ operation, step, phase }) =>
        operation === subject.operation && step === 'sandbox' && phase === 'started',
    );
    gateway.order(cancelOrder(subject));
    const finished = await gateway.statement('finished', ({ operation }) => operation === subject.operation);
    host.untell('sandbox.create', 'hang');
    expect(finished).toMatchObject({ outcome: 'rolled_back', problem: { code: 'cancelled' } });
    expect(stepsOf(gateway, subject).slice(-4)).toEqual([
      'sandbox undo_started',
      'sandbox undone',
      'fetch undo_started',
      'fetch undone',
    ]);
  });

  test('goes on and ends well while the bot is away, which hears all of it afterwards', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    host.tell('backup.fetch', 'hang');
    gateway.order(run);
    await gateway.statement('step', ({ operation }) => operation === subject.operation);
    gateway.deaf = true;
    gateway.cut();
    host.untell('backup.fetch', 'hang');
    await gateway.until(() => host.did().at(-1) === 'run sandbox.verify', 'last step');
    gateway.deaf = false;
    const finished = await gateway.statement('finished', ({ operation }) => operation === subject.operation);
    expect(finished.outcome).toBe('succeeded');
    expect(new Set(stepsOf(gateway, subject)).size).toBe(8);
  });

  test('cancelled before it runs voids its challenge, and a late run finds nothing', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    gateway.order(cancelOrder(subject));
    const finished = await gateway.statement('finished', ({ operation }) => operation === subject.operation);
    expect(finished).toMatchObject({ outcome: 'rolled_back', problem: { code: 'cancelled' } });
    gateway.order(run);
    const refused = await gateway.statement(
      'order_refused',
      ({ operation }) => operation === subject.operation,
    );
    expect(refused.problem.code).toBe('challenge_void');
    expect(host.allowfiles()).toEqual([]);
    const plans = readdirSync(join(host.allowDirectory, 'pending')).filter((name) => name.endsWith('.json'));
    expect(plans).toEqual([]);
  });

  test('whose order is malformed or signed by a stranger is refused with a code', async () => {
    const { gateway } = host;
    const subject = newSubject();
    const order = preflightOrder(subject);
    gateway.send({ type: 'order', order: { payload: { ...order, extra: 1 }, key: 'x', signature: 'y' } });
    const refused = await gateway.statement(
      'order_refused',
      ({ operation }) => operation === subject.operation,
    );
    expect(refused.problem.code).toBe('order_form');
    const stranger = newSubject();
    gateway.order(preflightOrder(stranger), generateKeyPairSync('ed25519').privateKey);
    const unsigned = await gateway.statement(
      'order_refused',
      ({ operation }) => operation === stranger.operation,
    );
    expect(unsigned.problem.code).toBe('order_signature');
  });
});
