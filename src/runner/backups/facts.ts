import type { BackupFormat } from '../../actions/backup.ts';
import { EndOfBytes, readBytes } from './archive/bytes.ts';
import { readHeader } from './archive/header.ts';
import { instantIn, type LocalTime } from './local-time.ts';
import { backupTruncated } from './refusals.ts';
import { createSqlScanner } from './sql/scan.ts';

/** What a backup says of itself in its first bytes. */
export interface BackupFacts {
  /**
   * When it was taken, ms since 1970. Neither archive nor SQL text says its zone, so the date is read in
   * the source's: the machine that dumped is mostly the one that named the file.
   */
  readonly takenAt: number | null;
  readonly database: string | null;
  readonly serverVersion: string | null;
  readonly dumpVersion: string | null;
}

/** @throws Refusal when these cannot be the first bytes of such a backup. */
export function readFacts(format: BackupFormat, head: Buffer, zone: string): BackupFacts {
  if (format === 'custom') {
    const { startedAt, database, serverVersion, dumpVersion } = headerOf(head);
    return { takenAt: instant(startedAt, zone), database, serverVersion, dumpVersion };
  }
  const scanner = createSqlScanner();
  scanner.push(head);
  const { startedAt, serverVersion, dumpVersion, database } = scanner.seen();
  return { takenAt: instant(startedAt, zone), database, serverVersion, dumpVersion };
}

function headerOf(head: Buffer) {
  try {
    return readHeader(readBytes(head));
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
    throw backupTruncated(`It ends after ${head.length} bytes, inside the archive's header.`);
  }
}

function instant(time: LocalTime | null, zone: string): number | null {
  return time && instantIn(time, zone);
}
