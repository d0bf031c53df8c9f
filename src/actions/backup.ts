import { z } from 'zod';

/** How the bytes of a backup are to be read, found from its first bytes, never from its name alone. */
export const BackupFormat = z.enum(['custom', 'sql']);
export type BackupFormat = z.infer<typeof BackupFormat>;

/**
 * One backup, fully resolved: what `latest` or a path became in preflight. It stands in the plan, so
 * the digest that people approve names exactly these bytes.
 */
export const BackupRef = z.strictObject({
  /** The name of the source in `runner.yml`. */
  source: z.string(),
  /** Path below the source's folder, or the object's key. */
  path: z.string(),
  /** What people read: `/var/backups/orders/orders_20261120.dump` or `s3://bucket/key`. */
  display: z.string(),
  format: BackupFormat,
  compression: z.enum(['none', 'gzip']),
  encryption: z.enum(['none', 'openssl']),
  sizeBytes: z.int().nonnegative(),
  /** SHA-256 of the stored bytes (before decryption), lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** S3 version id, else ETag; null for a file. */
  version: z.string().nullable(),
  /** When the backup was taken, UTC ISO 8601; null when neither the archive nor the name says. */
  takenAt: z.string().nullable(),
  takenAtFrom: z.enum(['archive', 'name', 'unknown']),
  /** The database's name, as the archive's header says it; null for plain SQL. */
  database: z.string().nullable(),
  /** Version of the server that was dumped, `15.20`; null when the backup does not say. */
  serverVersion: z.string().nullable(),
  /** Version of the pg_dump that wrote it. */
  dumpVersion: z.string().nullable(),
  /** The guess of what a restored copy takes on disk, in bytes. */
  restoredBytes: z.int().nonnegative(),
});
export type BackupRef = z.infer<typeof BackupRef>;
