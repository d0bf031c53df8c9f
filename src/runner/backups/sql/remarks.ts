import { bareVersion } from '../archive/header.ts';
import { type LocalTime, localTime } from '../local-time.ts';

/** What pg_dump's comments at the beginning of plain SQL say. */
export interface SqlHeader {
  readonly serverVersion: string | null;
  readonly dumpVersion: string | null;
  /** Only with `pg_dump --verbose`, on the clock of the machine that dumped. */
  readonly startedAt: LocalTime | null;
  /** Only with `pg_dump --create`. */
  readonly database: string | null;
}

/** Reads a `--` comment, when it is one of those by which pg_dump marks beginning and end. */
export function readRemark(comment: string): 'header' | 'trailer' | 'cluster' | Partial<SqlHeader> | null {
  const text = comment.replace(/^--\s*/, '');
  if (text === 'PostgreSQL database dump') return 'header';
  if (text === 'PostgreSQL database dump complete') return 'trailer';
  if (text.startsWith('PostgreSQL database cluster dump')) return 'cluster';
  const server = /^Dumped from database version (.+)$/.exec(text)?.[1];
  if (server) return { serverVersion: bareVersion(server) };
  const dump = /^Dumped by pg_dump version (.+)$/.exec(text)?.[1];
  if (dump) return { dumpVersion: bareVersion(dump) };
  const started = /^Started on (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)/.exec(text);
  if (!started) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = started.slice(1).map(Number);
  return { startedAt: localTime({ year, month, day, hour, minute, second }) };
}
