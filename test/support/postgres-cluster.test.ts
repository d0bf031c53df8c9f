import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { postgresProgram, startCluster } from './postgres-cluster.ts';

test('a cluster serves SQL and client tools over its socket, and leaves nothing behind', async () => {
  const cluster = await startCluster({ work_mem: '8MB' });
  try {
    expect(await cluster.query('postgres', 'show work_mem')).toEqual([{ work_mem: '8MB' }]);
    await cluster.query('postgres', 'create database "odd name"');
    await cluster.query('odd name', 'create table t (a int); insert into t values (1), (2)');
    expect(await cluster.query('odd name', 'select count(*)::int as n from t')).toEqual([{ n: 2 }]);
    const { stdout } = await execa(postgresProgram('pg_dump'), ['-d', cluster.connectionString('odd name')]);
    expect(stdout).toContain('COPY public.t (a) FROM stdin;');
  } finally {
    await cluster.stop();
  }
  expect(existsSync(cluster.socketDirectory)).toBe(false);
});
