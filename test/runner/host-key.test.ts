import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Host, startHost } from './support/host.ts';
import { heldPlan, readyToRun, turnKey } from './support/play.ts';
import { base, holdOrder, runOrder, type Subject } from './support/world.ts';

let host: Host;
beforeAll(async () => {
  host = await startHost();
  await host.start();
});
afterAll(() => host.close());

const about =
  ({ operation: wanted }: Subject) =>
  ({ operation }: Subject) =>
    operation === wanted;
const pendingOf = ({ code }: Subject) => join(host.allowDirectory, 'pending', `${code}.json`);

describe('the host key', () => {
  test('wrong once is refused once, and right afterwards turns', async () => {
    const { gateway } = host;
    const held = await heldPlan(host);
    const { subject, challenge } = held;
    host.writeAllowfile(`${subject.code}.${challenge.challenge}`, 'yes\n');
    const refused = await gateway.statement('allowfile_refused', about(subject));
    expect(refused.problem.code).toBe('allowfile_content');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(
      gateway.statements.filter((said) => said.kind === 'allowfile_refused' && about(subject)(said)),
    ).toHaveLength(1);
    turnKey(host, held);
    await gateway.statement('attestation', about(subject));
  });

  test('answering a challenge that is void is told so', async () => {
    const { gateway } = host;
    const old = await heldPlan(host);
    gateway.order(holdOrder(old.subject, old.plan));
    const fresh = await gateway.statement(
      'challenge',
      ({ operation, challenge }) =>
        operation === old.subject.operation && challenge !== old.challenge.challenge,
    );
    turnKey(host, old);
    const refused = await gateway.statement('allowfile_refused', about(old.subject));
    expect(refused.problem.code).toBe('allowfile_other_challenge');
    turnKey(host, { ...old, challenge: fresh });
    const attestation = await gateway.statement('attestation', about(old.subject));
    expect(attestation.challenge).toBe(fresh.challenge);
  });

  test('that was taken away again before the run turns nothing', async () => {
    const { gateway } = host;
    const { subject, run, challenge } = await readyToRun(host);
    rmSync(join(host.allowDirectory, `${subject.code}.${challenge.challenge}`));
    gateway.order(run);
    const refused = await gateway.statement('order_refused', about(subject));
    expect(refused.problem.code).toBe('host_key_missing');
  });

  test('that was replaced after the attestation turns nothing, right as it looks', async () => {
    const { gateway } = host;
    const held = await readyToRun(host);
    turnKey(host, held);
    gateway.order(held.run);
    const refused = await gateway.statement('order_refused', about(held.subject));
    expect(refused.problem.code).toBe('allowfile_replaced');
  });

  test('that got a second name after the attestation turns nothing', async () => {
    const { gateway } = host;
    const { subject, run, challenge } = await readyToRun(host);
    const path = join(host.allowDirectory, `${subject.code}.${challenge.challenge}`);
    linkSync(path, join(host.directory, 'kept'));
    gateway.order(run);
    const refused = await gateway.statement('order_refused', about(subject));
    expect(refused.problem.code).toBe('allowfile_links');
  });

  test('is no longer waited for when its time is over', async () => {
    const { gateway } = host;
    const { subject, plan } = await heldPlan(host);
    gateway.order({
      ...holdOrder(subject, plan),
      hostKeyExpiresAt: new Date(Date.now() + 300).toISOString(),
    });
    await gateway.until(() => !existsSync(pendingOf(subject)), 'withdrawal');
    gateway.order(runOrder(subject, plan, await gateway.statement('challenge', about(subject))));
    const refused = await gateway.statement('order_refused', about(subject));
    expect(refused.problem.code).toBe('challenge_void');
  });

  test('is not turned by a file of a name that the runner never gave', async () => {
    const { subject } = await heldPlan(host);
    writeFileSync(join(host.allowDirectory, 'ALLOW'), 'yes');
    await host.gateway.until(() => host.log().includes('answers no challenge'), 'warning');
    expect(existsSync(pendingOf(subject))).toBe(true);
  });
});

describe('a sandbox order', () => {
  test('for a sandbox that is gone says so', async () => {
    const { gateway } = host;
    const { subject } = await heldPlan(host);
    gateway.order({ ...base(subject), kind: 'sandbox', request: 'extend', person: 'UANA' });
    const refused = await gateway.statement('sandbox', about(subject));
    expect(refused).toMatchObject({ event: 'refused', why: 'asked', problem: { code: 'sandbox_absent' } });
  });

  test('to remove one that is gone already is done', async () => {
    const { gateway } = host;
    const { subject } = await heldPlan(host);
    gateway.order({ ...base(subject), kind: 'sandbox', request: 'remove', person: 'UANA' });
    const removed = await gateway.statement('sandbox', about(subject));
    expect(removed).toMatchObject({ event: 'removed', removedAt: null, problem: null });
  });
});
