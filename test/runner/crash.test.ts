import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Host, startHost } from './support/host.ts';
import { heldPlan, readyToRun, stepsOf, turnKey } from './support/play.ts';
import { newSubject, preflightOrder, runOrder, type Subject } from './support/world.ts';

let host: Host;
let before: number;
beforeAll(async () => {
  host = await startHost();
  await host.start();
});
beforeEach(() => {
  before = host.did().length;
});
afterAll(() => host.close());

const did = (): string[] => host.did().slice(before);

const about =
  ({ operation: wanted }: Subject) =>
  ({ operation }: Subject) =>
    operation === wanted;

describe('a runner that is killed', () => {
  test('between START and END of a harmless step undoes it, and what went before, at its next start', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    host.tell('sandbox.restore', 'hang');
    gateway.order(run);
    await gateway.until(() => did().includes('run sandbox.restore'), 'restore');
    await host.end('SIGKILL');
    host.untell('sandbox.restore', 'hang');
    mkdirSync(join(host.state, 'work', 'left-by-another'));
    await host.start();
    const finished = await gateway.statement('finished', about(subject));
    expect(finished).toMatchObject({ outcome: 'rolled_back', problem: { code: 'interrupted' } });
    expect(did()).toEqual([
      'run backup.fetch',
      'run sandbox.create',
      'run sandbox.restore',
      'undo sandbox.create',
      'undo backup.fetch',
    ]);
    expect(stepsOf(gateway, subject)).toContain('restore failed');
    expect(readdirSync(join(host.state, 'work'))).toEqual([]);

    gateway.order({ ...run });
    gateway.order(runOrder(subject, run.plan, await gateway.statement('challenge', about(subject))));
    const refused = await gateway.statement('order_refused', about(subject));
    expect(refused.problem.code).toBe('already_ran');
  });

  test('with statements that nobody acknowledged sends them again at its next start', async () => {
    const { gateway } = host;
    gateway.acking = false;
    const { challenge } = await heldPlan(host);
    await host.end('SIGKILL');
    const before = gateway.statements.filter(({ id }) => id === challenge.id).length;
    await host.start();
    await gateway.until(() => gateway.statements.filter(({ id }) => id === challenge.id).length > before);
    gateway.acking = true;
  });

  test('while a plan waits still takes its key afterwards', async () => {
    const held = await heldPlan(host);
    await host.end('SIGKILL');
    await host.start();
    turnKey(host, held);
    const attestation = await host.gateway.statement('attestation', about(held.subject));
    expect(attestation.challenge).toBe(held.challenge.challenge);
  });

  test('between taking the allowfile and granting never uses that file', async () => {
    const { gateway } = host;
    const { subject, run, challenge } = await readyToRun(host);
    await host.end('SIGKILL');
    const name = `${subject.code}.${challenge.challenge}`;
    renameSync(join(host.allowDirectory, name), join(host.allowDirectory, '.consumed', name));
    await host.start();
    const void_ = await gateway.statement('allowfile_refused', about(subject));
    expect(void_.problem.code).toBe('allowfile_void');
    gateway.order(run);
    const refused = await gateway.statement('order_refused', about(subject));
    expect(refused.problem.code).toBe('challenge_void');
    expect(readdirSync(join(host.allowDirectory, '.consumed'))).toEqual([]);
    expect(did()).toEqual([]);
  });

  test('in the middle of a preflight says so instead of leaving the bot to wait', async () => {
    const { gateway } = host;
    const subject = newSubject();
    host.tell('backup.fetch', 'hang');
    await gateway.until(() => gateway.hellos.length > 0, 'hello');
    const asked = gateway.order(preflightOrder(subject));
    await gateway.until(() => gateway.received.includes(asked), 'received');
    await host.end('SIGKILL');
    await host.start();
    const refused = await gateway.statement('order_refused', about(subject));
    expect(refused.problem.code).toBe('interrupted');
    host.untell('backup.fetch', 'hang');
  });
});

describe('a runner that is told to end', () => {
  test('turns a harmless step back, tells the bot, and exits with 0', async () => {
    const { gateway } = host;
    const { subject, run } = await readyToRun(host);
    host.tell('backup.fetch', 'hang');
    gateway.order(run);
    await gateway.until(() => did().includes('run backup.fetch'), 'fetch');
    expect(await host.end('SIGTERM')).toBe(0);
    const finished = await gateway.statement('finished', about(subject));
    expect(finished).toMatchObject({ outcome: 'rolled_back', problem: { code: 'runner_stopped' } });
    expect(did()).toEqual(['run backup.fetch', 'undo backup.fetch']);
  });
});
