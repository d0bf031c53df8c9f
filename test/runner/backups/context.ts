import pino from 'pino';
import { type SourceConfig, TargetConfig } from '../../../src/config/runner-config.ts';
import type { Progress } from '../../../src/wire/progress.ts';

export interface TestContextOptions {
  readonly backups: readonly unknown[];
  readonly database?: string;
  readonly environment?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** What `resolveBackup` and `stageBackup` need of a runner; `told` collects the progress. */
export function testContext({ backups, database, environment = {}, signal }: TestContextOptions) {
  const told: Progress[] = [];
  const target = TargetConfig.parse({
    environment: 'staging',
    backups,
    verify: database === undefined ? {} : { database },
    actions: ['backup.fetch'],
  });
  return {
    target,
    targetName: 'shop',
    environment: { PATH: '/usr/bin:/bin', ...environment },
    log: pino({ level: 'silent' }),
    signal: signal ?? new AbortController().signal,
    progress: (progress: Progress) => {
      told.push(progress);
    },
    told,
    pgRestore: null,
  };
}

/** A folder source that takes any file; `more` goes on top. */
export function folder(path: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: 'local', kind: 'folder', folder: path, patterns: ['*'], ...more };
}

export const ENCRYPTION = { tool: 'openssl', key: { env: 'BACKUP_ENCRYPTION_KEY' } } satisfies Partial<
  NonNullable<SourceConfig['encryption']>
>;
