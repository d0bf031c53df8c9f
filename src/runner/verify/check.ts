import type pg from 'pg';
import type { Rung } from '../../actions/ladder.ts';
import type { VerifyConfig } from '../../config/runner-config.ts';
import type { BackupContents } from '../backups/staged.ts';

/** What a check of the ladder may look at. */
export interface Copy {
  /** Connections to the restored copy; every statement in them has a deadline. */
  readonly pool: pg.Pool;
  readonly expected: VerifyConfig;
  /** What decoding saw in the backup; null when nobody knows any more. */
  readonly contents: BackupContents | null;
  /** The environment of commands that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly work: Work;
}

/** Lets checks that run side by side say together how far they are. */
export interface Work {
  /** So many queries more will be made. */
  plan(queries: number): void;
  /** One of them is answered; `what` names its subject, without data. */
  done(what: string): void;
}

/** What a check found: a rung without its name and duration. */
export type Found = Pick<Rung, 'outcome' | 'summary' | 'findings'>;
export type Check = (copy: Copy) => Promise<Found>;

/** The outcome that findings amount to, unless the check says otherwise: one error fails. */
export function outcomeOf(findings: Rung['findings']): 'pass' | 'fail' {
  return findings.some(({ severity }) => severity === 'error') ? 'fail' : 'pass';
}
