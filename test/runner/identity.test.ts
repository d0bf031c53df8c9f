import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RunnerConfig } from '../../src/config/runner-config.ts';
import { inspectIdentity } from '../../src/runner/identity.ts';
import { type Cluster, startCluster } from '../support/postgres-cluster.ts';
import { goodWorld } from './support/good-world.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

function target(database?: { env: string }) {
  const { config } = goodWorld();
  Object.assign(config.targets.orders, { database });
  const orders = RunnerConfig.parse(config).targets['orders'];
  if (orders === undefined) throw new Error('no target');
  return orders;
}

test('a database says itself which one it is, whatever driver its URL names', async () => {
  const url = cluster.connectionString('postgres').replace('postgresql://', 'postgresql+asyncpg://');
  const { identity, checks } = await inspectIdentity(target({ env: 'DB' }), { DB: url }, true);
  const [row] = await cluster.query(
    'postgres',
    'SELECT system_identifier::text AS id FROM pg_control_system()',
  );
  expect(identity).toEqual({ systemIdentifier: row?.['id'], database: 'postgres' });
  expect(checks).toEqual([expect.objectContaining({ code: 'identity', outcome: 'pass' })]);
});

test('a server that is down is a warning for a test and a failure for what would act on it', async () => {
  const environment = { DB: 'postgresql://twokey:hunter2@127.0.0.1:1/orders' };
  const harmless = await inspectIdentity(target({ env: 'DB' }), environment, false);
  expect(harmless).toMatchObject({ identity: null, checks: [{ code: 'identity', outcome: 'warn' }] });
  const destructive = await inspectIdentity(target({ env: 'DB' }), environment, true);
  expect(destructive).toMatchObject({ identity: null, checks: [{ code: 'identity', outcome: 'fail' }] });
  expect(JSON.stringify([harmless, destructive])).not.toContain('hunter2');
});

test('a target without a database has no identity, which only a destructive plan minds', async () => {
  expect(await inspectIdentity(target(), {}, false)).toEqual({ identity: null, checks: [] });
  expect(await inspectIdentity(target(), {}, true)).toMatchObject({ checks: [{ outcome: 'fail' }] });
});
