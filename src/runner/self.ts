import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { RunnerConfig } from '../config/runner-config.ts';
import type { Journal } from './journal/journal.ts';

/** What every part of one running agent shares. */
export interface Self {
  readonly config: RunnerConfig;
  /** This host's name. */
  readonly host: string;
  readonly uid: number;
  readonly journal: Journal;
  readonly log: Logger;
  /** Milliseconds. */
  readonly now: () => number;
}

/** The operation that a statement is about. */
export interface Subject {
  readonly operation: string;
  readonly code: string;
}

/** What every statement begins with: a new id, who says it, about what, and when. */
export function stamp({ config, now }: Self, { operation, code }: Subject) {
  return {
    v: 1 as const,
    id: randomUUID(),
    runner: config.runner,
    operation,
    code,
    at: new Date(now()).toISOString(),
  };
}
