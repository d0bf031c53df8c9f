import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import pino from 'pino';
import type { BackupRef } from '../../../src/actions/backup.ts';
import type { Rung } from '../../../src/actions/ladder.ts';
import type { ActionName } from '../../../src/actions/registry.ts';
import { TargetConfig } from '../../../src/config/runner-config.ts';
import type { ActionContext, ActionOutput } from '../../../src/runner/action.ts';
import { sandboxCreate } from '../../../src/runner/actions/sandbox.create.ts';
import { sandboxRestore } from '../../../src/runner/actions/sandbox.restore.ts';
import { sandboxVerify } from '../../../src/runner/actions/sandbox.verify.ts';
import { fingerprint } from '../../../src/runner/backups/sources/folder.ts';
import { writeStaged } from '../../../src/runner/backups/staged-record.ts';
import { type Cluster, postgresProgram, startCluster } from '../../support/postgres-cluster.ts';
import { said } from '../../support/restore-bench.ts';
import { type SandboxPlace, sandboxPlace } from '../../support/sandbox.ts';
import { stagedDump } from '../../support/staged.ts';

let source: Cluster;
let place: SandboxPlace;
let work = '';
const outputs: { -readonly [Name in ActionName]?: ActionOutput<Name> } = {};
beforeAll(async () => {
  [source, place] = await Promise.all([startCluster(), sandboxPlace({ slots: 1, lifetime: '30m' })]);
  work = await mkdtemp(join(tmpdir(), 'tk-work-'));
  await source.query('postgres', 'CREATE TABLE users AS SELECT generate_series(1, 7) AS id;');
  const dump = join(work, 'shop.dump');
  const connection = ['-h', source.socketDirectory, '-U', source.user, '-d', 'postgres'];
  await execa(postgresProgram('pg_dump'), [...connection, '-Fc', '-f', dump]);
  const staged = await stagedDump(dump);
  await mkdir(join(work, 'backup'));
  await writeStaged(join(work, 'backup'), staged, await fingerprint(staged.path));
});
afterAll(async () => {
  await Promise.all([source.stop(), place.cleanUp(), rm(work, { recursive: true, force: true })]);
});

const backup: BackupRef = {
  source: 'folder',
  path: 'shop.dump',
  display: '/b/shop.dump',
  format: 'custom',
  compression: 'none',
  encryption: 'none',
  sizeBytes: 1000,
  sha256: 'a'.repeat(64),
  version: null,
  takenAt: null,
  takenAtFrom: 'unknown',
  database: 'shop',
  serverVersion: '15.20',
  dumpVersion: '15.20',
  restoredBytes: 10_000,
};

function context(operation = 'OP-7F3K', verify: unknown = {}): ActionContext {
  const source = { name: 'b', kind: 'folder', folder: '/b', patterns: ['*'] };
  return {
    operation,
    step: 'step',
    targetName: 'shop',
    target: TargetConfig.parse({ environment: 'test', backups: [source], actions: ['backup.fetch'], verify }),
    sandbox: place.config,
    workDirectory: work,
    operatorUsers: [],
    operatorsGid: process.getgid?.() ?? 0,
    environment: {},
    signal: new AbortController().signal,
    log: pino({ level: 'silent' }),
    progress: () => {},
    outputOf: (action) => outputs[action],
  };
}

const rung = (name: Rung['rung'], outcome: Rung['outcome']): Rung => ({
  rung: name,
  outcome,
  summary: '',
  findings: [],
  durationMs: 0,
});
const fetched = (outcome: Rung['outcome']) => [rung('decode', outcome)];

describe('the sandbox actions', () => {
  test('preflight looks at everything, and changes nothing', async () => {
    const checks = await sandboxCreate.preflight({ backup }, context());
    expect(checks.map(({ code, outcome }) => `${code} ${outcome}`)).toEqual([
      'server_programs pass',
      'client_programs pass',
      'sandbox_directory pass',
      'server_user pass',
      expect.stringMatching(/^network_isolation (pass|warn)$/),
      'disk_space pass',
      'memory pass',
      'sandbox_slot pass',
    ]);
    await expect(readdir(place.config.directory)).rejects.toThrow('ENOENT');
  });

  test('preflight says what is missing, and what to install', async () => {
    const large = { ...backup, restoredBytes: 1e16, serverVersion: '99.1', dumpVersion: '99.1' };
    const failed = (await sandboxCreate.preflight({ backup: large }, context())).filter(
      ({ outcome }) => outcome === 'fail',
    );
    expect(failed.map(({ code }) => code)).toEqual(['backup_newer_major', 'disk_space']);
    expect(failed[0]?.text).toContain('Install the package postgresql-99');
    await expect(sandboxCreate.run({ backup: large }, context())).rejects.toEqual(
      expect.objectContaining({ code: 'backup_newer_major' }),
    );
  });

  test('nothing is restored before a sandbox is there, or when the backup is not whole', async () => {
    outputs['backup.fetch'] = { rungs: fetched('pass') };
    await expect(sandboxRestore.run({ backup }, context())).rejects.toEqual(
      expect.objectContaining({ code: 'sandbox_absent' }),
    );
    outputs['backup.fetch'] = { rungs: fetched('fail') };
    expect(said((await sandboxRestore.run({ backup }, context())).rungs)).toEqual(['restore not-run']);
  });

  test('create, restore and verify leave a copy up that says how to look at it, and until when', async () => {
    outputs['backup.fetch'] = { rungs: fetched('pass') };
    expect(await sandboxCreate.probe({ backup }, context())).toBe('not-happened');
    expect(await sandboxCreate.run({ backup }, context())).toEqual({
      sandbox: 'op-7f3k',
      serverVersion: expect.stringMatching(/^15\./),
      profile: 'fast',
    });
    expect(await sandboxCreate.probe({ backup }, context())).toBe('happened');
    outputs['sandbox.restore'] = await sandboxRestore.run({ backup }, context());
    expect(said(outputs['sandbox.restore'].rungs)).toEqual(['restore pass']);
    const verified = await sandboxVerify.run({}, context('OP-7F3K', { tables: { users: 8 } }));
    expect(said(verified.rungs)).toEqual([
      'counts fail error:rows_below_minimum',
      'migration not-configured',
      'sequences pass',
      'foreign-keys pass',
    ]);
    expect(verified.inspect).toEqual([
      'psql',
      '--host',
      join(place.config.directory, 'op-7f3k', 'run'),
      '--username',
      'twokey_inspector',
      '--dbname',
      'restored',
    ]);
    const left = Date.parse(verified.removedAt) - Date.now();
    expect(left).toBeGreaterThan(29 * 60_000);
    expect(left).toBeLessThanOrEqual(30 * 60_000);
  });

  test('a host without a free slot says who takes it', async () => {
    const checks = await sandboxCreate.preflight({ backup }, context('OP-OTHER'));
    const slot = checks.find(({ code }) => code === 'sandbox_slot');
    expect(slot).toMatchObject({ outcome: 'fail', text: expect.stringContaining('op-7f3k until') });
    await expect(sandboxCreate.run({ backup }, context('OP-OTHER'))).rejects.toEqual(
      expect.objectContaining({ code: 'sandbox_slot' }),
    );
  });

  test('what was not restored is not climbed on', async () => {
    outputs['sandbox.restore'] = { rungs: [rung('restore', 'not-run')] };
    const { rungs } = await sandboxVerify.run({}, context());
    expect(new Set(rungs.map(({ outcome }) => outcome))).toEqual(new Set(['not-run']));
  });

  test('undo removes the sandbox; a second time, and without one, it is content', async () => {
    await sandboxCreate.undo({ backup }, context());
    expect(await readdir(place.config.directory)).toEqual([]);
    await sandboxCreate.undo({ backup }, context());
    await sandboxCreate.undo({ backup }, context('OP-NEVER'));
    expect(await sandboxCreate.probe({ backup }, context())).toBe('not-happened');
  });
});
