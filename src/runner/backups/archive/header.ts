import { type LocalTime, localTime } from '../local-time.ts';
import { backupCorrupt, backupFormatUnknown } from '../refusals.ts';
import type { ByteReader } from './bytes.ts';

export const ARCHIVE_MAGIC = Buffer.from('PGDMP');

export type ArchiveCompression = 'none' | 'gzip' | 'lz4' | 'zstd';

/** The head of a custom archive, as `WriteHead` of PostgreSQL's pg_backup_archiver.c writes it. */
export interface ArchiveHeader {
  /** The second number of the archive's own version: 14 for 1.14 (PostgreSQL 12 to 15). */
  readonly minor: number;
  readonly intSize: number;
  readonly offsetSize: number;
  readonly compression: ArchiveCompression;
  /** When the dump began, on the clock of the machine that ran pg_dump; null when it is no real date. */
  readonly startedAt: LocalTime | null;
  readonly database: string | null;
  /** `15.20`, without the packager's remark. */
  readonly serverVersion: string | null;
  readonly dumpVersion: string | null;
}

/** 1.10 came with PostgreSQL 8.0, 1.15 with 16, 1.16 with 17; 18 still writes 1.16. */
const OLDEST = 10;
const NEWEST = 16;
const FORMATS: Readonly<Record<number, string>> = { 3: 'tar', 5: 'directory' };
const CUSTOM = 1;
const ALGORITHMS: readonly ArchiveCompression[] = ['none', 'gzip', 'lz4', 'zstd'];

/** @throws Refusal `backup_format_unknown` or `backup_corrupt`; EndOfBytes when more must be loaded. */
export function readHeader(reader: ByteReader): ArchiveHeader {
  for (const expected of ARCHIVE_MAGIC) {
    if (reader.byte() !== expected) throw backupCorrupt('The archive does not begin with PGDMP.');
  }
  const minor = readVersion(reader);
  const intSize = reader.byte();
  const offsetSize = reader.byte();
  if (intSize < 2 || intSize > 8 || offsetSize < 4 || offsetSize > 8) {
    throw backupCorrupt(
      `The archive's header states sizes that no pg_dump writes (${intSize}, ${offsetSize}).`,
    );
  }
  reader.intSize(intSize);
  requireCustom(reader.byte());
  const compression = minor >= 15 ? algorithm(reader.byte()) : reader.int() === 0 ? 'none' : 'gzip';
  return {
    minor,
    intSize,
    offsetSize,
    compression,
    startedAt: readLocalTime(reader),
    database: reader.text(),
    serverVersion: bareVersion(reader.text()),
    dumpVersion: bareVersion(reader.text()),
  };
}

/** C's `struct tm`, field by field; its last one, daylight saving, is left to the zone's own rules. */
function readLocalTime(reader: ByteReader): LocalTime | null {
  const fields = [0, 0, 0, 0, 0, 0, 0].map(() => reader.int());
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = fields;
  return localTime({ year: year + 1900, month: month + 1, day, hour, minute, second });
}

/** `15.20 (Debian 15.20-0+deb12u1)` → `15.20`. */
export function bareVersion(text: string | null): string | null {
  return text?.trim().split(/\s/, 1)[0] || null;
}

function readVersion(reader: ByteReader): number {
  const [major, minor, revision] = [reader.byte(), reader.byte(), reader.byte()];
  if (major === 1 && minor >= OLDEST && minor <= NEWEST) return minor;
  const seen = `It is a PostgreSQL archive of version ${major}.${minor}.${revision}; known are 1.${OLDEST} to 1.${NEWEST}.`;
  throw backupFormatUnknown(
    seen,
    major > 1 || minor > NEWEST
      ? 'It was written by a pg_dump newer than this Twokey knows: update Twokey.'
      : 'It was written by a pg_dump older than PostgreSQL 8: restore it by hand with the tools of its time.',
  );
}

function requireCustom(format: number): void {
  if (format === CUSTOM) return;
  const name = FORMATS[format];
  if (!name) throw backupCorrupt(`The archive's header names the unknown format ${format}.`);
  throw backupFormatUnknown(
    `It is the table of contents of a ${name} archive, not a whole backup in one file.`,
    'Write backups with `pg_dump --format=custom`.',
  );
}

function algorithm(code: number): ArchiveCompression {
  const name = ALGORITHMS[code];
  if (!name) throw backupCorrupt(`The archive's header names the unknown compression ${code}.`);
  return name;
}
