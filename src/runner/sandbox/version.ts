/** A PostgreSQL version as its programs and dumps state it. `9.6.24` has major 9, minor 6. */
export interface PostgresVersion {
  readonly major: number;
  readonly minor: number;
  /** As people say it: `15.20`. */
  readonly text: string;
}

/** Reads `15.20`, `17.6 (Debian 17.6-1)` or `postgres (PostgreSQL) 18beta1`; null when there is none. */
export function parsePostgresVersion(text: string): PostgresVersion | null {
  const match = /(?:^|[\s)])(\d{1,2})(?:\.(\d+)(?:\.\d+)?)?(?:devel|alpha\d+|beta\d+|rc\d+)?(?=$|[\s(])/.exec(
    text,
  );
  if (!match?.[1]) return null;
  return { major: Number(match[1]), minor: Number(match[2] ?? 0), text: match[0].replace(/^[\s)]/, '') };
}

/**
 * The first minor of each major whose psql understands, and whose pg_dump writes, `\restrict`
 * (CVE-2025-8714). From 18 on all do.
 */
const RESTRICT_SINCE: ReadonlyMap<number, number> = new Map([
  [13, 22],
  [14, 19],
  [15, 14],
  [16, 10],
  [17, 6],
]);

/** Whether SQL dumps of this version hold `\restrict`, which an older psql stops at. */
export function knowsRestrict({ major, minor }: PostgresVersion): boolean {
  if (major >= 18) return true;
  const since = RESTRICT_SINCE.get(major);
  return since !== undefined && minor >= since;
}
