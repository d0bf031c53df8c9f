import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { processesIn } from '../../../src/runner/sandbox/processes.ts';
import { type Cluster, postgresProgram, startCluster } from '../../support/postgres-cluster.ts';

const LOADER = new URL('../../support/typescript-loader.mjs', import.meta.url).pathname;
const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

let source: Cluster;
let directory = '';
beforeAll(async () => {
  [source, directory] = await Promise.all([startCluster(), mkdtemp(join(tmpdir(), 'tk-cmd-'))]);
  await chmod(directory, 0o755);
  await source.query('postgres', 'CREATE TABLE t AS SELECT generate_series(1, 10) AS x');
  for (const args of [
    ['-Fc', '-f', 'good.dump'],
    ['-f', 'good.sql'],
  ]) {
    const connection = ['-h', source.socketDirectory, '-U', source.user, '-d', 'postgres'];
    await execa(postgresProgram('pg_dump'), [...connection, ...args], { cwd: directory });
  }
  await writeFile(join(directory, 'bad.dump'), 'PGDMP');
});
afterAll(async () => {
  await source.stop();
  await rm(directory, { recursive: true, force: true });
});

const start = (...args: string[]) =>
  execa('node', ['--import', LOADER, MAIN, 'verify', ...args], { cwd: directory, reject: false });
const verify = (...args: string[]) => start(...args, '--sandbox-directory', 's');

describe('twokey verify', () => {
  test('exits with 0 when the backup is verified, says so to machines, and removes a kept copy on demand', async () => {
    const { exitCode, stdout, stderr } = await verify('good.dump', '--json', '--keep');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'verified', backup: { format: 'custom' } });
    expect(stderr.split('\n')).toContain('Starting a throwaway database');
    expect((await processesIn(join(directory, 's'))).length).toBeGreaterThan(0);
    expect((await verify('--remove-kept')).stdout).toMatch(/^removed verify-[0-9a-f]{4}$/);
    expect(await processesIn(join(directory, 's'))).toEqual([]);
  });

  test('exits with 1 when it is not, and says why', async () => {
    const { exitCode, stdout } = await verify('bad.dump');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/decode +FAIL/);
    expect(stdout).toMatch(/^NOT VERIFIED/m);
  });

  test('exits with 2 when it cannot be checked, and says why', async () => {
    const { exitCode, stdout } = await verify('nothing.dump');
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/backup_not_found: .*nothing\.dump/);
    expect(stdout).toMatch(/^COULD NOT BE CHECKED/m);
  });

  test('exits with 2 when it is asked for nothing', async () => {
    const { exitCode, stderr } = await verify();
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/No backup was named/);
  });

  test('Ctrl-C ends it, and what it was doing, and leaves nothing', async () => {
    const slow = "SELECT pg_catalog.set_config('search_path', '', false);";
    const sql = await readFile(join(directory, 'good.sql'), 'utf8');
    await writeFile(join(directory, 'slow.sql'), sql.replace(slow, `${slow}\nSELECT pg_sleep(60);`));
    const running = verify('slow.sql');
    running.stderr.on('data', (chunk) => {
      if (String(chunk).includes('Restoring')) running.kill('SIGINT');
    });
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(2);
    expect(stdout).toContain('cancelled: The test was cancelled.');
    expect(await readdir(join(directory, 's'))).toEqual([]);
    expect(await processesIn(directory)).toEqual([]);
  });
});
