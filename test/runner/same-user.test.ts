import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Host, startHost } from './support/host.ts';
import { heldPlan } from './support/play.ts';
import { runOrder, type Subject } from './support/world.ts';

let host: Host;
beforeAll(async () => {
  host = await startHost({ demo: true });
});
afterAll(() => host.close());

const about =
  ({ operation: wanted }: Subject) =>
  ({ operation }: Subject) =>
    operation === wanted;

test("a demo target's key may be turned by the runner's own user, and says so everywhere", async () => {
  await host.start();
  const { gateway } = host;
  const { subject, plan, challenge } = await heldPlan(host);
  expect([plan.hostKey, challenge.mode]).toEqual(['same-user', 'same-user']);
  const turned = await host.allow([subject.code, '--yes-target', 'orders'], host.runner);
  expect(turned.text).toContain('it proves nothing');
  expect(turned.code).toBe(0);
  const attestation = await gateway.statement('attestation', about(subject));
  expect(attestation).toMatchObject({ mode: 'same-user', operator: { uid: host.runner.uid } });
  gateway.order(runOrder(subject, plan, challenge));
  expect((await gateway.statement('finished', about(subject))).outcome).toBe('succeeded');
  expect(await host.end('SIGTERM')).toBe(0);
});

test('an allow directory that others can change keeps the runner from starting, and says what mends it', async () => {
  chmodSync(host.allowDirectory, 0o3733);
  await expect(host.start()).rejects.toThrow(/allow_directory[\s\S]*chmod 3730/);
});
