import { z } from 'zod';

/**
 * The rungs of the verification ladder, from the cheapest proof to the dearest. A rung says one thing
 * about a backup that a restore alone does not prove.
 */
export const RUNGS = [
  'artifact',
  'decode',
  'restore',
  'counts',
  'migration',
  'sequences',
  'foreign-keys',
] as const;
export type RungName = (typeof RUNGS)[number];

export const Finding = z.strictObject({
  severity: z.enum(['error', 'warning', 'note']),
  /** Stable and explained in docs/verification.md: `archive_truncated`. */
  code: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** One sentence for people: what was seen, and what to do about it. Holds no row of the database. */
  text: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/**
 * What one rung found. `not-run` is a check that should have run and could not: it never counts as
 * passed. `not-configured` is a check nobody asked for.
 */
export const Rung = z.strictObject({
  rung: z.enum(RUNGS),
  outcome: z.enum(['pass', 'fail', 'not-run', 'not-configured']),
  /** What was seen, in a few words: `14 tables, 46 273 rows`. */
  summary: z.string(),
  findings: z.array(Finding),
  durationMs: z.int().nonnegative(),
});
export type Rung = z.infer<typeof Rung>;

export const Verdict = z.enum(['verified', 'backup_not_verified', 'could_not_check']);
export type Verdict = z.infer<typeof Verdict>;

/** One failed rung condemns the backup; one that could not run leaves it unproven; else it is verified. */
export function verdict(rungs: readonly Rung[]): Verdict {
  if (rungs.some(({ outcome }) => outcome === 'fail')) return 'backup_not_verified';
  if (rungs.length === 0 || rungs.some(({ outcome }) => outcome === 'not-run')) return 'could_not_check';
  return 'verified';
}

/** Adds a `not-run` entry for every rung that `rungs` lacks, in the ladder's order. */
export function wholeLadder(rungs: readonly Rung[], why: string): Rung[] {
  return RUNGS.map(
    (rung) =>
      rungs.find((done) => done.rung === rung) ?? {
        rung,
        outcome: 'not-run',
        summary: why,
        findings: [],
        durationMs: 0,
      },
  );
}
