import { errorCode } from '../error-code.ts';
import { Refusal } from '../refusal.ts';

/**
 * The ways in which a backup can be wrong, each with its code and what to do next. `what` is a whole
 * sentence that says what was seen; it never holds a row of the database or a secret.
 */
export const backupEmpty = (what: string): Refusal =>
  new Refusal(
    'backup_empty',
    what,
    'Look at the job that writes the backups: it ended without writing one. Name an older backup to go on.',
  );

export const backupTruncated = (what: string): Refusal =>
  new Refusal(
    'backup_truncated',
    what,
    'The file was cut while it was written or copied. Copy it again from where it was made, or name another backup.',
  );

export const backupCorrupt = (what: string): Refusal =>
  new Refusal(
    'backup_corrupt',
    what,
    'Its bytes were changed after it was written. Copy it again from where it was made, or name another backup.',
  );

export const backupFormatUnknown = (what: string, hint: string): Refusal =>
  new Refusal('backup_format_unknown', what, hint);

export const backupChanged = (what: string): Refusal =>
  new Refusal(
    'backup_changed',
    what,
    'People approved other bytes than these. Ask for the operation again when the backup no longer changes.',
  );

export const backupNotFound = (what: string, hint: string): Refusal =>
  new Refusal('backup_not_found', what, hint);

export const backupOutsideSources = (what: string): Refusal =>
  new Refusal(
    'backup_outside_sources',
    what,
    'Only backups in the sources that `runner.yml` lists for this target can be used.',
  );

/** True for an error of Node's file system, streams or zlib that carries this code. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = errorCode(error);
  return code !== null && codes.includes(code);
}

/** What an error says; of an error of any realm, unlike with `instanceof`. */
export function messageOf(error: unknown): string {
  const known = typeof error === 'object' && error !== null && 'message' in error;
  return known && typeof error.message === 'string' ? error.message : String(error);
}
