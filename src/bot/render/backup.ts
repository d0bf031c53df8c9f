import { BackupRef } from '../../actions/backup.ts';
import type { Plan } from '../../operation/plan.ts';
import { age, escaped, size, time } from './text.ts';

/** The backup that a plan has become bound to; null for a plan without one. */
export function backupOf(plan: Plan): BackupRef | null {
  const found = Object.values(plan.args).map((value) => BackupRef.safeParse(value));
  return found.find(({ success }) => success)?.data ?? null;
}

/** Two lines for the card. */
export function backupInShort(backup: BackupRef, now: string): string {
  const name = `\`${escaped(backup.path)}\``;
  const taken = backup.takenAt === null ? 'age unknown' : age(backup.takenAt, now);
  const version = backup.serverVersion === null ? '' : ` · PostgreSQL ${escaped(backup.serverVersion)}`;
  return `${name}\n${size(backup.sizeBytes)} · ${taken}${version}`;
}

/** Everything that identifies it, for the plan in the thread. */
export function backupInFull(backup: BackupRef): string[] {
  const packed = [backup.format, backup.compression, backup.encryption]
    .filter((word) => word !== 'none')
    .join(', ');
  const from = { archive: 'by the archive itself', name: 'by its name', unknown: '' }[backup.takenAtFrom];
  return [
    `*Backup* \`${escaped(backup.display)}\` from source \`${escaped(backup.source)}\``,
    `• ${size(backup.sizeBytes)} (${backup.sizeBytes} bytes) · ${packed}`,
    `• taken ${backup.takenAt === null ? 'at a time that neither archive nor name says' : `${time(backup.takenAt)} ${from}`}`,
    `• database \`${escaped(backup.database ?? 'not said')}\` · server ${escaped(backup.serverVersion ?? 'not said')} · pg_dump ${escaped(backup.dumpVersion ?? 'not said')}`,
    `• SHA-256 \`${backup.sha256}\`${backup.version === null ? '' : ` · version \`${escaped(backup.version)}\``}`,
    `• about ${size(backup.restoredBytes)} once restored`,
  ];
}
