import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { BackupRef } from '../../actions/backup.ts';
import { type Rung, type Verdict, verdict, wholeLadder } from '../../actions/ladder.ts';
import type { ActionName } from '../../actions/registry.ts';
import type { RawEnvironment } from '../../config/environment.ts';
import type { ActionContext, ActionOutput, Check } from '../../runner/action.ts';
import { backupFetch } from '../../runner/actions/backup.fetch.ts';
import { sandboxCreate } from '../../runner/actions/sandbox.create.ts';
import { sandboxRestore } from '../../runner/actions/sandbox.restore.ts';
import { sandboxVerify } from '../../runner/actions/sandbox.verify.ts';
import { resolveBackup } from '../../runner/backups/inspect.ts';
import { errorCode } from '../../runner/error-code.ts';
import { Refusal } from '../../runner/refusal.ts';
import { makeWorkDirectory } from '../../runner/sandbox/work-directory.ts';
import type { Progress } from '../../wire/progress.ts';
import type { VerifyPlan } from './options.ts';

/** Decoding the whole backup is part of the first look here: nobody waits for an answer in Slack. */
const RESOLVE_BUDGET_MS = 4 * 3_600_000;

/** What the ladder, and the checks before it, said about one backup. */
export interface RestoreTest {
  readonly verdict: Verdict;
  /** Null when no backup could be made out. */
  readonly backup: BackupRef | null;
  readonly checks: readonly Check[];
  /** Every rung, those that were not climbed too. */
  readonly rungs: readonly Rung[];
  readonly server: Pick<ActionOutput<'sandbox.create'>, 'serverVersion' | 'profile'> | null;
  /** How to look at the copy; null when it was removed. */
  readonly kept: Pick<ActionOutput<'sandbox.verify'>, 'inspect' | 'removedAt'> | null;
  /** Why the test ended early. */
  readonly stopped: { readonly code: string; readonly text: string; readonly hint: string } | null;
  readonly startedAt: string;
  readonly durationMs: number;
}

export interface RestoreTestSettings {
  readonly environment: RawEnvironment;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  readonly log: Logger;
  /** Leaves the copy up for the configured lifetime. */
  readonly keep: boolean;
}

/** Where an operation has its code, a run of this command has one of its own. */
const PREFIX = 'VERIFY-';

/** Whether a sandbox of this operation was made by `twokey verify`, not by a runner. */
export function isOfVerify(operation: string): boolean {
  return operation.startsWith(PREFIX);
}

/**
 * The whole of `/restore test` by the same code, in one process and without keys: it touches nothing but
 * its own sandbox. Leaves nothing behind unless `keep`, whatever happens. Rejects only on bugs.
 */
export async function runRestoreTest(plan: VerifyPlan, settings: RestoreTestSettings): Promise<RestoreTest> {
  const startedAt = new Date();
  const seen: Seen = { backup: null, checks: [], rungs: [], server: null, kept: null };
  let stopped: RestoreTest['stopped'] = null;
  try {
    await inOwnDirectory(plan, (workDirectory) => climb(plan, settings, workDirectory, seen));
  } catch (error) {
    const damage = damageOf(error);
    if (damage) seen.rungs.push(damage);
    else stopped = whyStopped(error, settings.signal);
  }
  const rungs = wholeLadder(seen.rungs, 'not reached');
  const durationMs = Date.now() - startedAt.getTime();
  return { ...seen, rungs, verdict: verdict(rungs), stopped, startedAt: startedAt.toISOString(), durationMs };
}

/** Grows while the test goes on, so that an early end tells what was found until then. */
interface Seen {
  backup: BackupRef | null;
  readonly checks: Check[];
  readonly rungs: Rung[];
  server: RestoreTest['server'];
  kept: RestoreTest['kept'];
}

async function climb(
  plan: VerifyPlan,
  settings: RestoreTestSettings,
  workDirectory: string,
  seen: Seen,
): Promise<void> {
  const outputs: Outputs = {};
  const context = contextOf(plan, settings, workDirectory, outputs);
  const resolved = await resolveBackup(plan.request, context, RESOLVE_BUDGET_MS);
  const backup = resolved.ref;
  seen.backup = backup;
  seen.checks.push(
    ...resolved.checks,
    ...(await backupFetch.preflight({ backup }, context)),
    ...(await sandboxCreate.preflight({ backup }, context)),
  );
  const failed = seen.checks.find(({ outcome }) => outcome === 'fail');
  if (failed) throw new Refusal(failed.code, failed.text, 'Then verify again.');

  outputs['backup.fetch'] = await backupFetch.run({ backup }, context);
  seen.rungs.push(...outputs['backup.fetch'].rungs);
  if (seen.rungs.some(({ outcome }) => outcome !== 'pass')) return;

  try {
    seen.server = await sandboxCreate.run({ backup }, context);
    outputs['sandbox.restore'] = await sandboxRestore.run({ backup }, context);
    seen.rungs.push(...outputs['sandbox.restore'].rungs);
    const verified = await sandboxVerify.run({}, context);
    seen.rungs.push(...verified.rungs);
    if (settings.keep) seen.kept = verified;
  } finally {
    if (!seen.kept) await sandboxCreate.undo({ backup }, context);
  }
}

async function inOwnDirectory(
  { sandbox }: VerifyPlan,
  work: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await makeWorkDirectory(sandbox.directory);
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Outputs = { -readonly [Name in ActionName]?: ActionOutput<Name> };

/** What the runner's own steps get, without a journal and without operators. */
function contextOf(
  { target, targetName, sandbox }: VerifyPlan,
  { environment, signal, progress, log }: RestoreTestSettings,
  workDirectory: string,
  outputs: Outputs,
): ActionContext {
  return {
    operation: `${PREFIX}${randomBytes(2).toString('hex').toUpperCase()}`,
    step: 'verify',
    targetName,
    target,
    sandbox,
    workDirectory,
    operatorUsers: [],
    operatorsGid: process.getgid?.() ?? 0,
    environment,
    signal,
    log,
    progress,
    outputOf: (action) => outputs[action],
  };
}

/** What condemns a backup before there is anything to restore, and the rung that it fails. */
const DAMAGE: Readonly<Record<string, 'artifact' | 'decode'>> = {
  backup_empty: 'artifact',
  backup_wrong_database: 'artifact',
  backup_truncated: 'decode',
  backup_corrupt: 'decode',
};

function damageOf(error: unknown): Rung | null {
  if (!(error instanceof Refusal)) return null;
  const rung = DAMAGE[error.code];
  if (!rung) return null;
  const text = `${error.message} ${error.hint}`;
  const findings = [{ severity: 'error', code: error.code, text } as const];
  return { rung, outcome: 'fail', summary: 'refused before anything was restored', findings, durationMs: 0 };
}

function whyStopped(error: unknown, signal: AbortSignal): NonNullable<RestoreTest['stopped']> {
  if (signal.aborted) {
    return { code: 'cancelled', text: 'The test was cancelled.', hint: 'Nothing of it was left behind.' };
  }
  if (error instanceof Refusal) return { code: error.code, text: error.message, hint: error.hint };
  if (errorCode(error) !== null) {
    return { code: 'unexpected', text: String(error), hint: 'Look at the host, then verify again.' };
  }
  throw error;
}
