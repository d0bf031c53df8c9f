import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { HEALTHY_DATABASE, HEALTHY_ROLES } from '../support/healthy-database.ts';
import { postgresProgram, startCluster } from '../support/postgres-cluster.ts';
import { type Host, startHost } from './support/host.ts';
import { readyToRun, stepsOf } from './support/play.ts';
import { base, newSubject, preflightOrder, type Subject } from './support/world.ts';

let host: Host;
beforeAll(async () => {
  host = await startHost({ real: true });
  const cluster = await startCluster();
  try {
    await cluster.query('postgres', HEALTHY_ROLES);
    await cluster.query('postgres', 'CREATE DATABASE orders');
    await cluster.query('orders', HEALTHY_DATABASE);
    const dump = join(host.directory, 'backups', 'orders.dump');
    const { stdout } = await execa(
      postgresProgram('pg_dump'),
      ['-Fc', '-d', cluster.connectionString('orders')],
      {
        encoding: 'buffer',
      },
    );
    writeFileSync(dump, stdout);
  } finally {
    await cluster.stop();
  }
  await host.start();
});
afterAll(() => host.close());

const about =
  ({ operation: wanted }: Subject) =>
  ({ operation }: Subject) =>
    operation === wanted;

test('twokey runner restores and verifies a real backup, and removes the sandbox when asked', async () => {
  const { gateway } = host;
  const { subject, run, plan } = await readyToRun(host);
  expect(plan.args['backup']).toMatchObject({ path: 'orders.dump', format: 'custom', database: 'orders' });
  gateway.order(run);
  const finished = await gateway.statement('finished', about(subject));
  expect(finished).toMatchObject({ outcome: 'succeeded', verdict: 'verified', problem: null });
  expect(finished.rungs.map(({ rung, outcome }) => `${rung} ${outcome}`)).toContain('restore pass');
  expect(stepsOf(gateway, subject)).toHaveLength(8);
  expect(gateway.progress.length).toBeGreaterThan(0);
  gateway.order({ ...base(subject), kind: 'sandbox', request: 'remove', person: 'UANA' });
  expect(await gateway.statement('sandbox', about(subject))).toMatchObject({
    event: 'removed',
    why: 'asked',
  });
  expect(await host.end('SIGTERM')).toBe(0);
});

test('a truncated backup is refused in preflight, with what to do', async () => {
  const { gateway } = host;
  writeFileSync(join(host.directory, 'backups', 'orders.dump'), 'PGDMP');
  await host.start();
  const subject = newSubject();
  await gateway.until(() => gateway.hellos.length > 1, 'second hello');
  gateway.order(preflightOrder(subject));
  const evidence = await gateway.statement('evidence', about(subject));
  expect(evidence.problem?.code).toMatch(/^backup_/);
  expect(evidence.problem?.hint).not.toBe('');
});
