import { Refusal } from '../../refusal.ts';
import { backupCorrupt, backupEmpty, backupFormatUnknown, backupTruncated } from '../refusals.ts';
import type { SqlScan } from './scan.ts';

/**
 * Says no to SQL text that a restore would take without complaint and yet be wrong: psql ends with 0 on
 * a dump that was cut at the end of a line.
 *
 * @throws Refusal with the first reason found.
 */
export function judgeSql(scan: SqlScan): void {
  if (scan.sizeBytes === 0) throw backupEmpty('It holds nothing: not one byte of SQL.');
  if (scan.cluster) {
    throw backupFormatUnknown(
      'It is the output of pg_dumpall, which holds every database of a server and its roles.',
      'Write one backup per database with `pg_dump --format=custom`.',
    );
  }
  if (scan.databases.length > 1) {
    throw backupFormatUnknown(
      `It holds several databases: ${scan.databases.slice(0, 3).join(', ')}.`,
      'Write one backup per database with `pg_dump --format=custom`.',
    );
  }
  if (scan.headers === 0 && scan.trailers === 0) {
    throw backupFormatUnknown(
      'It is text, but not written by pg_dump, so nothing in it says where it ends.',
      'Write backups with `pg_dump --format=custom`, or plain with `pg_dump`.',
    );
  }
  judgeCommands(scan);
  if (scan.endedInside) throw backupTruncated(`It ends after ${scan.sizeBytes} bytes, ${scan.endedInside}.`);
  if (scan.trailers < scan.headers) {
    throw backupTruncated(
      `It ends after ${scan.sizeBytes} bytes without pg_dump's last line, \`PostgreSQL database dump complete\`.`,
    );
  }
  judgeKeys(scan);
}

/** Since 2025 a dump is framed by `\restrict` and `\unrestrict` with one random key. */
function judgeKeys({ restrictKeys, unrestrictKeys, sizeBytes }: SqlScan): void {
  if (restrictKeys.length > unrestrictKeys.length) {
    throw backupTruncated(
      `It ends after ${sizeBytes} bytes without the \`\\unrestrict\` of its \`\\restrict\`.`,
    );
  }
  if (restrictKeys.some((key, index) => key !== unrestrictKeys[index])) {
    throw backupCorrupt('The keys of its `\\restrict` and `\\unrestrict` differ.');
  }
}

function judgeCommands({ commands }: SqlScan): void {
  if (commands.length > 0) {
    throw new Refusal(
      'backup_runs_commands',
      `It holds commands that no pg_dump writes and that would act on this host: ${commands.slice(0, 5).join(', ')}.`,
      'Somebody changed this file. Find out who, and name another backup.',
    );
  }
}
