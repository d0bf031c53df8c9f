import { archiveDate, backdated } from './archive-date.ts';
import { DATABASE } from './schema.ts';

/** What the tools wrote: all that the demo's backups are made from. */
export interface Dumps {
  readonly whole: Buffer;
  /** Without the rows of payments and refunds. */
  readonly partial: Buffer;
  /** Of another database. */
  readonly other: Buffer;
  readonly sqlGz: Buffer;
  encrypt(archive: Buffer): Promise<Buffer>;
  encryptWithAnotherKey(archive: Buffer): Promise<Buffer>;
}

/** One file of the demo, and what Twokey should find out about it. */
export interface Fixture {
  readonly source: 'nightly' | 'broken';
  /** Below the source's folder: what a person types as `backup=`. */
  readonly path: string;
  readonly content: Buffer;
  /** The file's own time. */
  readonly modifiedAt: Date;
  /** How it came to be. */
  readonly made: string;
  /** `not-verified`: refused before anything is restored, or condemned by the ladder. */
  readonly expect: 'verified' | 'not-verified';
  readonly because: string;
}

/** `{name}_2026-11-20_02-30-00.dump`: how names in `nightly` say when they were taken, in UTC. */
export const NIGHTLY_PATTERNS = ['dump', 'sql.gz'].map(
  (suffix) => `${DATABASE}_{YYYY}-{MM}-{DD}_{hh}-{mm}-{ss}.${suffix}`,
);
export const BROKEN_PATTERNS = ['*_{YYYY}-{MM}-{DD}.dump'];

const DAY_MS = 86_400_000;

/**
 * The demo's backups. The newest is a dump as it came. Older nights are copies of it with an earlier date
 * in their head, as a demo has no past; `made` says so.
 */
export async function fixturesOf(dumps: Dumps): Promise<{ latest: string; fixtures: Fixture[] }> {
  const now = archiveDate(dumps.whole);
  const night = (daysAgo: number): Date => nightBefore(now, daysAgo);
  const yesterday = backdated(dumps.whole, night(1));
  const latest = `${DATABASE}_${stamp(now)}.dump`;
  const nightly = { source: 'nightly', expect: 'verified' } as const;
  const broken = { source: 'broken', expect: 'not-verified', modifiedAt: night(1) } as const;
  const named = (what: string, at: Date, suffix = 'dump'): string =>
    `${what}_${at.toISOString().slice(0, 10)}.${suffix}`;
  const fixtures: Fixture[] = [
    {
      ...nightly,
      path: latest,
      content: dumps.whole,
      modifiedAt: now,
      made: 'pg_dump -Fc, a moment ago',
      because: 'it is whole: this is what `latest` becomes',
    },
    {
      ...nightly,
      path: `${DATABASE}_${stamp(night(1))}.dump.enc`,
      content: await dumps.encrypt(yesterday),
      modifiedAt: night(1),
      made: 'pg_dump -Fc, backdated, then openssl enc -aes-256-cbc -pbkdf2 -salt',
      because: 'the host has its key, in .env.backend',
    },
    {
      ...nightly,
      path: `${DATABASE}_${stamp(night(2))}.sql.gz`,
      content: dumps.sqlGz,
      modifiedAt: night(2),
      made: 'pg_dump | gzip; plain SQL holds no date, so only its name is backdated',
      because: 'it is whole',
    },
    {
      ...nightly,
      path: `${DATABASE}_${stamp(night(3))}.dump`,
      content: backdated(dumps.whole, night(3)),
      modifiedAt: night(3),
      made: 'pg_dump -Fc, backdated',
      because: 'it is whole',
    },
    {
      ...broken,
      path: named('truncated', night(1)),
      content: yesterday.subarray(0, Math.floor(yesterday.length * 0.6)),
      made: 'the first 60 % of a good backup, as a full disk leaves it',
      because: 'it ends in the middle of a table',
    },
    {
      ...broken,
      path: named('empty', night(1)),
      content: Buffer.alloc(0),
      made: 'an empty file, as a failed job leaves it',
      because: 'there is nothing in it',
    },
    {
      ...broken,
      path: named('other-database', night(1)),
      content: backdated(dumps.other, night(1)),
      made: 'pg_dump -Fc of the database warehouse, backdated',
      because: `it is a good backup, but not of the database ${DATABASE}`,
    },
    {
      ...broken,
      path: named('wrong-key', night(1), 'dump.enc'),
      content: await dumps.encryptWithAnotherKey(yesterday),
      made: 'openssl enc with a key that nobody has any more',
      because: 'the key in .env.backend does not decrypt it',
    },
    {
      ...broken,
      path: named('rows-missing', night(1)),
      content: backdated(dumps.partial, night(1)),
      made: 'pg_dump -Fc without the rows of payments and refunds, backdated',
      because: 'it restores without an error, and payments and refunds are empty',
    },
    {
      ...broken,
      path: named('stale', night(40)),
      content: backdated(dumps.whole, night(40)),
      modifiedAt: night(40),
      made: 'pg_dump -Fc, backdated by 40 days',
      expect: 'verified',
      because: 'it is whole, but 40 days old',
    },
    {
      ...broken,
      path: named('renamed', now),
      content: backdated(dumps.whole, night(40)),
      modifiedAt: now,
      made: 'the stale one under the name of today',
      expect: 'verified',
      because: 'it is whole, but its name says today and its inside 40 days ago; the inside counts',
    },
  ];
  return { latest, fixtures };
}

/** 02:30 UTC, that many days before. */
function nightBefore(moment: Date, daysAgo: number): Date {
  const day = new Date(moment.getTime() - daysAgo * DAY_MS);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 2, 30));
}

/** `2026-11-20_02-30-00` */
function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
}
