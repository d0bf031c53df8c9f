import type { Finding, Rung } from '../../actions/ladder.ts';
import { Refusal } from '../refusal.ts';
import { checkWithPgRestore } from './archive/pg-restore.ts';
import type { Decoded } from './decode.ts';
import { summarise } from './inspect-checks.ts';

/** What condemns the backup. A missing key or program says nothing of it. */
const DAMAGE = new Set([
  'backup_corrupt',
  'backup_empty',
  'backup_format_unknown',
  'backup_runs_commands',
  'backup_truncated',
]);

export function isDamage(error: unknown): error is Refusal {
  return error instanceof Refusal && DAMAGE.has(error.code);
}

/** What the reading to the end has proven; `path` is where a pg_restore could read what Node cannot. */
export async function decodeRung(
  decoded: Decoded | Refusal,
  path: string,
  { pgRestore, signal }: { readonly pgRestore: string | null; readonly signal: AbortSignal },
  durationMs: number,
): Promise<Rung> {
  if (decoded instanceof Refusal) return failed(decoded, durationMs);
  const summary = summarise(decoded);
  if (decoded.proven) return rung('decode', 'pass', summary, decoded.findings, durationMs);
  if (pgRestore === null) {
    const why = 'compressed in a way that needs pg_restore 16 or newer, which this host lacks';
    return rung('decode', 'not-run', why, decoded.findings, durationMs);
  }
  const began = Date.now();
  const problem = await checkWithPgRestore(pgRestore, path, signal);
  const took = durationMs + Date.now() - began;
  return problem ? failed(problem, took) : rung('decode', 'pass', summary, decoded.findings, took);
}

function failed({ code, message, hint }: Refusal, durationMs: number): Rung {
  return rung(
    'decode',
    'fail',
    message,
    [{ severity: 'error', code, text: `${message} ${hint}` }],
    durationMs,
  );
}

export function rung(
  name: Rung['rung'],
  outcome: Rung['outcome'],
  summary: string,
  findings: readonly Finding[],
  durationMs: number,
): Rung {
  return { rung: name, outcome, summary, findings: [...findings], durationMs };
}
