import pg from 'pg';
import type { Rung, RungName } from '../../actions/ladder.ts';
import type { VerifyConfig } from '../../config/runner-config.ts';
import type { Progress } from '../../wire/progress.ts';
import type { BackupContents } from '../backups/staged.ts';
import type { Check, Copy, Found, Work } from './check.ts';
import { checkCounts } from './counts.ts';
import { finding } from './findings.ts';
import { checkForeignKeys } from './foreign-keys.ts';
import { checkMigration } from './migration.ts';
import { checkSequences } from './sequences.ts';

/** One query may take so long; a larger database needs a larger step timeout, not a silent pass. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;
const CONNECTIONS_MAX = 8;

export interface Climb {
  /** Of the restored database, with a right to everything in it. */
  readonly connection: pg.ClientConfig;
  /** `twokey:OP-7F3K:verify`. */
  readonly application: string;
  /** Connections at once. */
  readonly jobs: number;
  readonly expected: VerifyConfig;
  readonly contents: BackupContents | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly statementTimeoutMs?: number;
}

const CHECKS: readonly (readonly [RungName, Check])[] = [
  ['counts', checkCounts],
  ['migration', checkMigration],
  ['sequences', checkSequences],
  ['foreign-keys', checkForeignKeys],
];

/**
 * Runs the rungs above `restore` side by side on the restored copy. A check that breaks or takes too long is
 * `not-run`, never passed. Rejects only when aborted.
 */
export async function climb(request: Climb): Promise<Rung[]> {
  const { signal } = request;
  signal.throwIfAborted();
  const pool = openPool(request);
  const stop = () => void endSessions(request);
  signal.addEventListener('abort', stop, { once: true });
  const { expected, contents, environment } = request;
  const copy: Copy = { pool, expected, contents, environment, signal, work: reportWork(request.progress) };
  try {
    const rungs = await Promise.all(CHECKS.map(([rung, check]) => climbOne(rung, check, copy)));
    signal.throwIfAborted();
    return rungs;
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.end();
  }
}

/** The same rungs when there is nothing to climb on. */
export function notClimbed(why: string): Rung[] {
  return CHECKS.map(([rung]) => ({ rung, outcome: 'not-run', summary: why, findings: [], durationMs: 0 }));
}

async function climbOne(rung: RungName, check: Check, copy: Copy): Promise<Rung> {
  const startedAt = Date.now();
  const found = await check(copy).catch(broke);
  return { rung, ...found, durationMs: Date.now() - startedAt };
}

/** Only the kind of the error is told: the server's words can quote a row. */
function broke(error: unknown): Found {
  const state = error instanceof pg.DatabaseError ? error.code : undefined;
  if (state === '57014') {
    const text = 'A query took longer than it may; nothing is proven either way.';
    return {
      outcome: 'not-run',
      summary: 'took too long',
      findings: [finding('error', 'check_timed_out', text)],
    };
  }
  const kind = state ? `SQLSTATE ${state}` : error instanceof Error ? error.name : 'an unknown error';
  const text = `The check broke (${kind}); nothing is proven either way. The sandbox’s server log on the host says more.`;
  return {
    outcome: 'not-run',
    summary: 'could not be run',
    findings: [finding('error', 'check_failed', text)],
  };
}

function openPool({
  connection,
  application,
  jobs,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: Climb): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: Math.min(Math.max(jobs, 2), CONNECTIONS_MAX),
    application_name: application,
    statement_timeout: statementTimeoutMs,
    // Reading is all that a check does.
    options: '-c default_transaction_read_only=on -c work_mem=64MB -c search_path=pg_catalog',
  });
  // A broken idle connection is noticed by the next query.
  pool.on('error', () => {});
  return pool;
}

/** Ends the queries at hand, by the name that they all carry. */
async function endSessions({ connection, application }: Climb): Promise<void> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      application,
    ]);
  } catch {
    // The server is gone, and the queries with it.
  } finally {
    await client.end().catch(() => {});
  }
}

function reportWork(report: (progress: Progress) => void): Work {
  let [done, total] = [0, 0];
  const tell = (detail: string) =>
    report({ stage: 'Verifying the copy', done, total, unit: 'items', detail: detail.slice(0, 200) });
  return {
    plan: (queries) => {
      total += queries;
      tell('');
    },
    done: (what) => {
      done += 1;
      tell(what);
    },
  };
}
