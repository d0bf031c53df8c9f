import prettyBytes from 'pretty-bytes';
import prettyMs from 'pretty-ms';
import type { BackupRef } from '../../actions/backup.ts';
import type { Finding } from '../../actions/ladder.ts';
import type { Check } from '../action.ts';
import type { Decoded } from './decode.ts';

/** A daily backup that missed one night. */
const STALE_AFTER_MS = 36 * 3_600_000;

/** What preflight says of a backup that it could read. */
export function describeBackup(ref: BackupRef, expected: string | undefined, now = Date.now()): Check[] {
  const layers = [
    ref.format === 'custom' ? 'custom archive' : 'plain SQL',
    ...(ref.compression === 'gzip' ? ['gzip'] : []),
    ...(ref.encryption === 'openssl' ? ['encrypted with openssl'] : []),
  ].join(', ');
  const of = ref.serverVersion ? ` of PostgreSQL ${ref.serverVersion}` : '';
  return [
    {
      code: 'backup_artifact',
      outcome: 'pass',
      text: `${ref.display}: ${layers}${of}, ${prettyBytes(ref.sizeBytes)}, SHA-256 ${ref.sha256.slice(0, 12)}….`,
    },
    ageCheck(ref, now),
    ...(expected === undefined ? [] : [databaseCheck(ref, expected)]),
  ];
}

function ageCheck({ takenAt, takenAtFrom }: BackupRef, now: number): Check {
  if (takenAt === null) {
    return {
      code: 'backup_age',
      outcome: 'not-run',
      text: 'Neither contents nor name of the backup say when it was taken.',
    };
  }
  const age = now - Date.parse(takenAt);
  const from = takenAtFrom === 'archive' ? 'as the backup itself says' : 'as its name says';
  const text = `Taken ${takenAt.slice(0, 16).replace('T', ' ')} UTC, ${from}`;
  if (age <= STALE_AFTER_MS) return { code: 'backup_age', outcome: 'pass', text: `${text}.` };
  return {
    code: 'backup_stale',
    outcome: 'warn',
    text: `${text}: ${prettyMs(age, { unitCount: 2 })} ago. What came after is not in it; look at the job that writes the backups.`,
  };
}

function databaseCheck({ database }: BackupRef, expected: string): Check {
  return database === null
    ? {
        code: 'backup_database',
        outcome: 'not-run',
        text: `Plain SQL does not say which database it is of, so it is not known to be of \`${expected}\`.`,
      }
    : { code: 'backup_database', outcome: 'pass', text: `It is of the database \`${database}\`.` };
}

/** `decoded` is null when the time of preflight did not suffice. */
export function contentsCheck(ref: BackupRef, decoded: Decoded | null): Check {
  const code = 'backup_decoded';
  if (!decoded) {
    return {
      code,
      outcome: 'not-run',
      text: `${prettyBytes(ref.sizeBytes)} could not be decoded to the end within preflight's time; the first step does it.`,
    };
  }
  const text = summarise(decoded);
  if (decoded.proven) return { code, outcome: 'pass', text: `Decoded to its end: ${text}.` };
  return {
    code,
    outcome: 'not-run',
    text: `Whole by its framing (${text}), but compressed in a way that only pg_restore can read; the first step does it.`,
  };
}

/** `14 tables, 46 273 rows`. */
export function summarise({ contents: { tables } }: Decoded): string {
  const rows = tables.reduce<number | null>(
    (sum, table) => (table.rows === null ? sum : (sum ?? 0) + table.rows),
    null,
  );
  const count = `${tables.length} ${tables.length === 1 ? 'table' : 'tables'}`;
  return rows === null ? count : `${count}, ${spaced(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

export function findingCheck({ severity, code, text }: Finding): Check {
  const outcome = severity === 'error' ? 'fail' : severity === 'warning' ? 'warn' : 'pass';
  return { code, outcome, text };
}

function spaced(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}
