import type { BackupFormat } from '../../actions/backup.ts';
import type { Rung } from '../../actions/ladder.ts';

/** A backup on the runner's own disk, decrypted and proven readable to its last byte. */
export interface StagedBackup {
  /** A seekable file that only the runner can read: the custom archive, or SQL text (gzip or not). */
  readonly path: string;
  readonly format: BackupFormat;
  readonly compression: 'none' | 'gzip';
  /** `artifact` and `decode`; nothing may be restored unless both passed. */
  readonly rungs: readonly Rung[];
  /** What the archive, or the scan of the SQL text, says is inside. */
  readonly contents: BackupContents;
}

export interface BackupContents {
  readonly tables: readonly TableContents[];
  readonly roles: readonly string[];
  readonly extensions: readonly string[];
  /** Items that a restore will go through: tables, data, indexes, constraints… */
  readonly items: number;
  readonly largeObjects: boolean;
}

export interface TableContents {
  readonly schema: string;
  readonly name: string;
  /** Compressed bytes in a custom archive, text bytes in SQL; null when unknown. */
  readonly bytes: number | null;
  /** COPY lines counted while decoding; null when the format does not show them cheaply. */
  readonly rows: number | null;
}
