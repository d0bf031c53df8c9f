import prettyMilliseconds from 'pretty-ms';
import type { Finding, Rung } from '../../actions/ladder.ts';
import type { Progress } from '../../wire/progress.ts';
import type { StagedBackup } from '../backups/staged.ts';
import { finding } from '../verify/findings.ts';
import { demote, missingExtensions, prepareDatabase } from './database.ts';
import type { DatabaseShape } from './database-shape.ts';
import { missingExtension } from './extensions.ts';
import { openArchive } from './restore-archive.ts';
import { type Classified, summarise } from './restore-errors.ts';
import { openSql } from './restore-sql.ts';
import type { Sandbox } from './sandbox.ts';
import { parsePostgresVersion } from './version.ts';

export interface RestoreRequest {
  readonly sandbox: Sandbox;
  readonly staged: Pick<StagedBackup, 'path' | 'format' | 'compression' | 'contents'>;
  /** `twokey:OP-7F3K:restore`. */
  readonly application: string;
  /** Parallel workers, where the format allows them. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** A backup that was looked into and not yet restored. */
export interface Restoring {
  readonly shape: DatabaseShape;
  readonly findings: readonly Finding[];
  /** Roles that must be superusers: to stay so, or only until the restore has ended. */
  readonly superusers: { readonly roles: readonly string[]; readonly stay: boolean };
  /** Restores into the prepared database; every error of the restore program comes back classified. */
  run(): Promise<readonly Classified[]>;
}

/**
 * The rung `restore`: restores the whole backup into the sandbox's database. An error that the backup
 * causes fails it; one of this host (no disk, no extension) leaves it `not-run`, for then nothing is
 * proven either way. Rejects only when aborted or when the sandbox itself is broken.
 */
export async function restoreBackup(request: RestoreRequest): Promise<Rung> {
  const startedAt = Date.now();
  const { sandbox, staged } = request;
  const lacking = await lackingExtensions(request);
  const elapsed = () => Date.now() - startedAt;
  if (lacking.length > 0) {
    const summary = 'not restored: this host lacks an extension';
    return { rung: 'restore', outcome: 'not-run', summary, findings: lacking, durationMs: elapsed() };
  }
  const restoring = await (staged.format === 'custom' ? openArchive(request) : openSql(request));
  const { roles } = staged.contents;
  const prepared = await prepareDatabase(sandbox, restoring.shape, roles, restoring.superusers.roles);
  const classified = await restoring.run();
  const carriedOut = classified.every(({ cause }) => cause !== 'host');
  if (carriedOut && !restoring.superusers.stay) await demote(sandbox, restoring.superusers.roles);
  const durationMs = elapsed();
  const findings = [...summarise(classified), ...prepared, ...restoring.findings];
  return { rung: 'restore', ...judge(classified, durationMs, staged.contents.items), findings, durationMs };
}

function judge(
  classified: readonly Classified[],
  durationMs: number,
  items: number,
): Pick<Rung, 'outcome' | 'summary'> {
  const count = (cause: Classified['cause']) => classified.filter((error) => error.cause === cause).length;
  if (count('host') > 0)
    return { outcome: 'not-run', summary: 'the restore could not be carried out on this host' };
  const errors = count('backup');
  if (errors > 0) return { outcome: 'fail', summary: errors === 1 ? '1 error' : `${errors} errors` };
  const harmless = count('harmless');
  const aside = harmless > 0 ? `, ${harmless} harmless messages` : '';
  return { outcome: 'pass', summary: `${items} items in ${prettyMilliseconds(durationMs)}${aside}` };
}

async function lackingExtensions({ sandbox, staged }: RestoreRequest): Promise<Finding[]> {
  const major = parsePostgresVersion(sandbox.record.serverVersion)?.major ?? null;
  const missing = await missingExtensions(sandbox, staged.contents.extensions);
  return missing.map((name) => finding('error', 'extension_missing', missingExtension(name, major)));
}
