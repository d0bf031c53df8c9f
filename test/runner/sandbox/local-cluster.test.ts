import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { clientConfig, withClient } from '../../../src/runner/sandbox/connect.ts';
import { localClusters } from '../../../src/runner/sandbox/local-cluster.ts';
import { postmasterOf, processesIn } from '../../../src/runner/sandbox/processes.ts';
import type { Sandbox } from '../../../src/runner/sandbox/sandbox.ts';
import { type SandboxPlace, sandboxPlace } from '../../support/sandbox.ts';

let place: SandboxPlace;
let sandbox: Sandbox;
beforeAll(async () => {
  place = await sandboxPlace();
  sandbox = await place.create();
});
afterAll(() => place.cleanUp());

const ask = (sql: string) =>
  withClient(sandbox, { database: 'postgres' }, async (client) => (await client.query(sql)).rows);

describe('a local cluster', () => {
  test('listens on its unix socket only', async () => {
    expect(await ask("select current_setting('listen_addresses') as tcp")).toEqual([{ tcp: '' }]);
    expect(await readdir(join(sandbox.directory, 'run'))).toContain('.s.PGSQL.5432');
  });

  test('its socket and its directory are for the operators’ group', async () => {
    const socket = await lstat(join(sandbox.directory, 'run', '.s.PGSQL.5432'));
    const directory = await lstat(join(sandbox.directory, 'run'));
    expect(socket.mode & 0o777).toBe(0o770);
    expect(directory.mode & 0o777).toBe(0o750);
    expect([socket.gid, directory.gid]).toEqual([sandbox.record.operatorsGid, sandbox.record.operatorsGid]);
    expect((await lstat(join(sandbox.directory, 'data'))).mode & 0o777).toBe(0o700);
  });

  test('its server does not run as root', async () => {
    const postmaster = await postmasterOf(join(sandbox.directory, 'data'));
    expect(postmaster).toEqual(sandbox.record.postmaster);
    expect((await lstat(`/proc/${postmaster?.pid}`)).uid).not.toBe(0);
  });

  test('the inspector reads only, unless it says otherwise', async () => {
    const client = new pg.Client({
      ...clientConfig(sandbox, { database: 'postgres' }),
      user: 'twokey_inspector',
    });
    await client.connect();
    try {
      await expect(client.query('create temporary table t (x int)')).rejects.toThrow(/read-only transaction/);
      const { rows } = await client.query(
        "select rolsuper, rolbypassrls, pg_has_role('pg_read_all_data', 'usage') as reads from pg_roles where rolname = current_user",
      );
      expect(rows).toEqual([{ rolsuper: false, rolbypassrls: true, reads: true }]);
    } finally {
      await client.end();
    }
  });

  test('it is found again by its name, and only while it runs', async () => {
    const engine = localClusters(place.config.directory);
    expect((await engine.open('op-test'))?.record).toEqual(sandbox.record);
    expect(await engine.open('op-other')).toBeNull();
  });

  test('a second one of the same name is refused and the first is left alone', async () => {
    await expect(place.create()).rejects.toEqual(expect.objectContaining({ code: 'sandbox_exists' }));
    expect(await ask('select 1 as alive')).toEqual([{ alive: 1 }]);
    expect(await readdir(place.config.directory)).toEqual(['op-test']);
  });

  test('an aborted creation leaves nothing', async () => {
    const abort = new AbortController();
    const creating = place.create({ operation: 'OP-ABORT', signal: abort.signal });
    setTimeout(() => abort.abort(new Error('cancelled')), 150);
    await expect(creating).rejects.toThrow('cancelled');
    expect(await readdir(place.config.directory)).toEqual(['op-test']);
  });

  test('a directory of someone else in its place is refused and kept', async () => {
    await mkdir(join(place.config.directory, 'op-stranger'));
    await writeFile(join(place.config.directory, 'op-stranger', 'file'), 'theirs');
    await expect(place.create({ operation: 'OP-STRANGER' })).rejects.toEqual(
      expect.objectContaining({ code: 'sandbox_exists' }),
    );
    expect((await readdir(place.config.directory)).sort()).toEqual(['op-stranger', 'op-test']);
  });
});

describe('removing a cluster', () => {
  test('ends every process and takes the directory away; a second time nothing is left to do', async () => {
    const engine = localClusters(place.config.directory);
    const directory = sandbox.directory;
    expect((await processesIn(directory)).length).toBeGreaterThan(0);
    expect(await engine.remove('op-test')).toBe('removed');
    expect(await processesIn(directory)).toEqual([]);
    expect(await readdir(place.config.directory)).not.toContain('op-test');
    expect(await engine.remove('op-test')).toBe('absent');
  });

  test('a directory without our record is never touched', async () => {
    const engine = localClusters(place.config.directory);
    await expect(engine.remove('op-stranger')).rejects.toEqual(
      expect.objectContaining({ code: 'not_a_sandbox' }),
    );
    expect(await readdir(join(place.config.directory, 'op-stranger'))).toEqual(['file']);
  });
});
