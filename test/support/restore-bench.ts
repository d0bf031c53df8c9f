import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import type { Rung } from '../../src/actions/ladder.ts';
import { VerifyConfig } from '../../src/config/runner-config.ts';
import type { StagedBackup } from '../../src/runner/backups/staged.ts';
import { clientConfig, withClient } from '../../src/runner/sandbox/connect.ts';
import { restoreBackup } from '../../src/runner/sandbox/restore.ts';
import type { Sandbox } from '../../src/runner/sandbox/sandbox.ts';
import { climb } from '../../src/runner/verify/climb.ts';
import type { Progress } from '../../src/wire/progress.ts';
import { type Cluster, postgresProgram, startCluster } from './postgres-cluster.ts';
import { sandboxPlace } from './sandbox.ts';
import { stagedDump } from './staged.ts';

/** A live server to take backups of, and a sandbox to restore them into, many times over. */
export interface RestoreBench {
  readonly source: Cluster;
  readonly sandbox: Sandbox;
  readonly directory: string;
  /** Makes a database in the source. */
  make(name: string, sql: string, options?: string): Promise<void>;
  /** `pg_dump` of it, with these arguments; the file's path. */
  dump(name: string, ...args: string[]): Promise<string>;
  /** A file of the test's own making. */
  file(name: string, content: string | Buffer): Promise<string>;
  gzip(name: string, content: Buffer): Promise<string>;
  restore(path: string, overrides?: Partial<RestoreOptions>): Promise<Restored>;
  cleanUp(): Promise<void>;
}

export interface RestoreOptions {
  readonly staged: StagedBackup;
  readonly jobs: number;
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly rung: Rung;
  readonly progress: readonly Progress[];
  /** Runs a query in the restored database. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** The rungs above. */
  climb(expected?: unknown): Promise<Rung[]>;
}

export async function restoreBench(): Promise<RestoreBench> {
  const place = await sandboxPlace();
  const [source, sandbox] = await Promise.all([startCluster(), place.create()]);
  const directory = await mkdtemp(join(tmpdir(), 'tk-dumps-'));
  let restores = 0;
  const file = async (name: string, content: string | Buffer) => {
    const path = join(directory, name);
    await writeFile(path, content);
    return path;
  };
  return {
    source,
    sandbox,
    directory,
    make: async (name, sql, options = '') => {
      await source.query('postgres', `CREATE DATABASE "${name}" TEMPLATE template0 ${options}`);
      await source.query(name, sql);
    },
    dump: async (name, ...args) => {
      const path = join(directory, `${name}${args.join('')}.dump`.replaceAll('/', '_'));
      const connection = ['-h', source.socketDirectory, '-U', source.user];
      await execa(postgresProgram('pg_dump'), [...connection, ...args, '-f', path, '-d', name]);
      return path;
    },
    file,
    gzip: (name, content) => file(name, gzipSync(content)),
    restore: async (path, overrides = {}) => {
      restores += 1;
      const database = `restored_${restores}`;
      return restoreInto({ ...sandbox, connection: { ...sandbox.connection, database } }, path, overrides);
    },
    cleanUp: async () => {
      await Promise.all([source.stop(), place.cleanUp()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function restoreInto(
  sandbox: Sandbox,
  path: string,
  overrides: Partial<RestoreOptions>,
): Promise<Restored> {
  const staged = overrides.staged ?? (await stagedDump(path));
  const signal = overrides.signal ?? new AbortController().signal;
  const jobs = overrides.jobs ?? 2;
  const seen: Progress[] = [];
  const progress = (said: Progress) => void seen.push(said);
  const application = 'twokey:OP-TEST:restore';
  const rung = await restoreBackup({ sandbox, staged, application, jobs, signal, progress });
  return {
    rung,
    progress: seen,
    query: (sql) => withClient(sandbox, {}, async (client) => (await client.query(sql)).rows),
    climb: (expected = {}) =>
      climb({
        connection: clientConfig(sandbox),
        application: 'twokey:OP-TEST:verify',
        jobs,
        expected: VerifyConfig.parse(expected),
        contents: staged.contents,
        environment: { PATH: '/usr/bin:/bin' },
        signal,
        progress,
      }),
  };
}

/** `rung outcome` and the codes of everything found, for one-line expectations. */
export function said(rungs: readonly Rung[]): string[] {
  return rungs.map(({ rung, outcome, findings }) => {
    const codes = [...new Set(findings.map(({ severity, code }) => `${severity}:${code}`))].sort();
    return [rung, outcome, ...codes].join(' ');
  });
}
