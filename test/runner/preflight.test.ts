import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { RunnerConfig } from '../../src/config/runner-config.ts';
import type { Draft } from '../../src/operation/plan.ts';
import type { Check } from '../../src/runner/action.ts';
import { actionContexts, workDirectory } from '../../src/runner/context.ts';
import { type Journal, openJournal } from '../../src/runner/journal/journal.ts';
import { type PreflightParts, preflight } from '../../src/runner/preflight.ts';
import { Refusal } from '../../src/runner/refusal.ts';
import type { Self } from '../../src/runner/self.ts';
import { Evidence } from '../../src/wire/statement.ts';
import { goodWorld } from './support/good-world.ts';
import { worksOf } from './support/walking.ts';
import { BACKUP, DRAFT, newSubject, preflightOrder } from './support/world.ts';

let directory: string;
let journal: Journal;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'twokey-preflight-'));
  journal = await openJournal(directory, 'host-a');
});
afterEach(async () => {
  await journal.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Changes {
  readonly draft?: Draft;
  readonly actions?: readonly string[];
  readonly database?: { readonly env: string };
  readonly environment?: Record<string, string>;
  readonly resolveBackup?: PreflightParts['resolveBackup'];
  readonly checks?: (signal: AbortSignal) => Promise<readonly Check[]>;
  readonly cancel?: AbortSignal;
}

async function look(changes: Changes = {}): Promise<Evidence> {
  const { config } = goodWorld();
  const { targets } = config;
  Object.assign(config, { state: directory, allow: { directory, group: 'root' } });
  Object.assign(targets.orders, changes.actions && { actions: changes.actions });
  Object.assign(targets.orders, changes.database && { database: changes.database });
  const parsed = RunnerConfig.parse(config);
  const self: Self = {
    config: parsed,
    host: 'db-1',
    uid: 0,
    journal,
    log: pino({ level: 'silent' }),
    now: Date.now,
  };
  const environment = changes.environment ?? {};
  const works = worksOf({}, []);
  const order = preflightOrder(newSubject(), changes.draft);
  const evidence = await preflight(
    self,
    {
      works: {
        ...works,
        'sandbox.create': {
          ...works['sandbox.create'],
          preflight: async (_, { signal }) => (await changes.checks?.(signal)) ?? [],
        },
      },
      resolveBackup: changes.resolveBackup ?? (async () => ({ ref: BACKUP, checks: [] })),
      environment,
      contextFor: actionContexts(self, environment, () => {}),
    },
    order,
    changes.cancel ?? new AbortController().signal,
  );
  expect(existsSync(workDirectory(self, order.operation))).toBe(false);
  return Evidence.parse(evidence);
}

describe('preflight', () => {
  test('resolves every argument, gathers the checks, and says for which host and target', async () => {
    const check = { code: 'disk_space', outcome: 'warn', text: 'Little room.' } as const;
    const evidence = await look({ checks: async () => [check] });
    expect(evidence).toMatchObject({
      args: { target: 'orders', backup: BACKUP },
      checks: [check],
      environment: 'production',
      hostKey: 'operator',
      host: 'db-1',
      identity: null,
      problem: null,
    });
  });

  test('names why a backup cannot be used', async () => {
    const evidence = await look({
      resolveBackup: async () => {
        throw new Refusal('backup_truncated', 'It was cut.', 'Copy it again.');
      },
    });
    expect(evidence.problem).toEqual({
      code: 'backup_truncated',
      text: 'It was cut.',
      hint: 'Copy it again.',
    });
    expect(evidence.args).toEqual({});
  });

  test('keeps what nobody foresaw in the log', async () => {
    const evidence = await look({
      resolveBackup: async () => {
        throw new Error('key=hunter2');
      },
    });
    expect(evidence.problem?.code).toBe('step_failed');
    expect(JSON.stringify(evidence)).not.toContain('hunter2');
  });

  test('says before anybody approves that an action is not allowed here', async () => {
    const evidence = await look({ actions: ['backup.fetch'] });
    expect(evidence.problem).toMatchObject({
      code: 'action_not_allowed',
      text: expect.stringContaining('sandbox.create'),
    });
  });

  test('refuses a command that is for another target than its order', async () => {
    const draft = { ...DRAFT, args: { ...DRAFT.args, target: { type: 'target', value: 'payments' } } };
    expect((await look({ draft })).problem?.code).toBe('plan_of_another');
  });

  test('counts a check that breaks as failed', async () => {
    const evidence = await look({
      checks: async () => {
        throw new Refusal('server_user', 'No such user.', 'Make it.');
      },
    });
    expect(evidence.checks).toEqual([
      { code: 'server_user', outcome: 'fail', text: 'No such user. Make it.' },
    ]);
  });

  test('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const evidence = await look({
      cancel: cancel.signal,
      resolveBackup: async (_, { signal }) => {
        setTimeout(() => cancel.abort(), 10);
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
        return { ref: BACKUP, checks: [] };
      },
    });
    expect(evidence.problem?.code).toBe('cancelled');
  });

  test('fails on a database URL that is missing or none, and does not repeat it', async () => {
    const missing = await look({ database: { env: 'DATABASE_URL' } });
    expect(missing.checks).toEqual([expect.objectContaining({ code: 'secret_missing', outcome: 'fail' })]);
    const none = await look({
      database: { env: 'DATABASE_URL' },
      environment: { DATABASE_URL: 'mysql://u:hunter2@h/d' },
    });
    expect(none.checks).toEqual([expect.objectContaining({ code: 'database_url_invalid', outcome: 'fail' })]);
    expect(JSON.stringify(none)).not.toContain('hunter2');
  });
});
