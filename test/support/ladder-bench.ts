import type { Rung, RungName } from '../../src/actions/ladder.ts';
import { VerifyConfig } from '../../src/config/runner-config.ts';
import type { BackupContents } from '../../src/runner/backups/staged.ts';
import { climb } from '../../src/runner/verify/climb.ts';
import { type Cluster, startCluster } from './postgres-cluster.ts';

/** A database that is emptied for each case, and the ladder climbed on it. */
export interface LadderBench {
  readonly cluster: Cluster;
  /** Empties the database and fills it by SQL. */
  make(sql: string): Promise<LadderCase>;
  /** The same, and climbs on it once. */
  climb(sql: string, options?: LadderOptions): Promise<(rung: RungName) => Rung>;
  stop(): Promise<void>;
}

export interface LadderCase {
  /** Changes the database. */
  run(sql: string): Promise<void>;
  climb(options?: LadderOptions): Promise<(rung: RungName) => Rung>;
}

export interface LadderOptions {
  readonly expected?: unknown;
  readonly contents?: BackupContents;
  readonly signal?: AbortSignal;
  readonly statementTimeoutMs?: number;
}

const DATABASE = 'postgres';

/** Ten times faster than a database for each case. */
const EMPTY = `
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
    PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
    CREATE SCHEMA public;
  END $$;`;

export async function ladderBench(): Promise<LadderBench> {
  const cluster = await startCluster();
  const run = async (sql: string) => void (await cluster.query(DATABASE, sql));
  const made: LadderCase = { run, climb: (options) => climbOn(cluster, options) };
  const make = async (sql: string): Promise<LadderCase> => {
    await run(`${EMPTY} ${sql}`);
    return made;
  };
  return {
    cluster,
    make,
    climb: async (sql, options) => (await make(sql)).climb(options),
    stop: () => cluster.stop(),
  };
}

async function climbOn(cluster: Cluster, options: LadderOptions = {}) {
  const { expected = {}, contents = null, signal = new AbortController().signal, ...rest } = options;
  const rungs = await climb({
    connection: { host: cluster.socketDirectory, port: cluster.port, user: cluster.user, database: DATABASE },
    application: 'twokey:OP-TEST:verify',
    jobs: 2,
    expected: VerifyConfig.parse(expected),
    contents,
    environment: { PATH: '/usr/bin:/bin' },
    signal,
    progress: () => {},
    ...rest,
  });
  return (name: RungName) => {
    const rung = rungs.find(({ rung }) => rung === name);
    if (!rung) throw new Error(`No rung ${name}`);
    return rung;
  };
}

/** Severity and code of everything that a rung found, with its outcome first. */
export function told({ outcome, findings }: Rung): string[] {
  return [outcome, ...findings.map(({ severity, code }) => `${severity} ${code}`)];
}
