import type { Rung, RungName } from '../../src/actions/ladder.ts';
import { VerifyConfig } from '../../src/config/runner-config.ts';
import type { BackupContents } from '../../src/runner/backups/staged.ts';
import { climb } from '../../src/runner/verify/climb.ts';
import { type Cluster, startCluster } from './postgres-cluster.ts';

/** A server with a database for each case, and the ladder climbed on it. */
export interface LadderBench {
  readonly cluster: Cluster;
  /** Makes a database from SQL and climbs on it. */
  climb(sql: string, options?: LadderOptions): Promise<(rung: RungName) => Rung>;
  stop(): Promise<void>;
}

export interface LadderOptions {
  readonly expected?: unknown;
  readonly contents?: BackupContents;
  readonly signal?: AbortSignal;
  readonly statementTimeoutMs?: number;
}

export async function ladderBench(): Promise<LadderBench> {
  const cluster = await startCluster();
  let databases = 0;
  return {
    cluster,
    stop: () => cluster.stop(),
    climb: async (sql, { expected = {}, contents = null, signal, ...rest } = {}) => {
      databases += 1;
      const database = `case_${databases}`;
      await cluster.query('postgres', `CREATE DATABASE ${database}`);
      if (sql !== '') await cluster.query(database, sql);
      const rungs = await climb({
        connection: { host: cluster.socketDirectory, port: cluster.port, user: cluster.user, database },
        application: `twokey:OP-TEST:${database}`,
        jobs: 2,
        expected: VerifyConfig.parse(expected),
        contents,
        environment: { PATH: '/usr/bin:/bin' },
        signal: signal ?? new AbortController().signal,
        progress: () => {},
        ...rest,
      });
      return (name) => {
        const rung = rungs.find(({ rung }) => rung === name);
        if (!rung) throw new Error(`No rung ${name}`);
        return rung;
      };
    },
  };
}

/** Severity and code of everything that a rung found, with its outcome first. */
export function told({ outcome, findings }: Rung): string[] {
  return [outcome, ...findings.map(({ severity, code }) => `${severity} ${code}`)];
}
