// The agent as a process and a user of its own, with works that do what a file tells them to.
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { z } from 'zod';
import { RunnerConfig } from '../../../src/config/runner-config.ts';
import type { ActionContext } from '../../../src/runner/action.ts';
import type { Works } from '../../../src/runner/actions/works.ts';
import { startAgent } from '../../../src/runner/agent.ts';
import { Refusal } from '../../../src/runner/refusal.ts';
import { dropRoot } from './drop-root.ts';
import { BACKUP } from './world.ts';

const Told = z.object({
  user: z.object({ uid: z.int(), gid: z.int(), groups: z.array(z.int()) }),
  config: RunnerConfig,
  /** Where the test says what happens, and the works say what they did. */
  stage: z.string(),
});
const { user, config, stage } = Told.parse(JSON.parse(process.argv[2] ?? ''));
dropRoot(user);

/** `<action>.<what>` in the stage directory tells an action to `fail`, to `hang`, or to find a bad `rung`. */
const told = (action: string, what: string): boolean => existsSync(join(stage, `${action}.${what}`));
const did = (what: string): void => appendFileSync(join(stage, 'did'), `${what}\n`);

async function act(action: string, { signal, progress, step }: ActionContext): Promise<void> {
  did(`run ${action}`);
  progress({ stage: `Doing ${step}`, done: 1, total: 2, unit: 'items', ratePerSecond: 1, etaMs: 1000 });
  await hanging(action, signal);
  if (told(action, 'fail')) throw new Refusal('disk_full', 'The disk is full.', 'Make room.');
}

async function hanging(action: string, signal: AbortSignal): Promise<void> {
  while (told(action, 'hang')) {
    signal.throwIfAborted();
    await sleep(10);
  }
}

const aside = (action: string) => ({
  async preflight(_: unknown, { signal }: ActionContext) {
    await hanging(action, signal);
    return [{ code: `${action}_ready`, outcome: 'pass' as const, text: 'Ready.' }];
  },
  undo: async () => did(`undo ${action}`),
  probe: async () => 'inconclusive' as const,
});
const rung = (
  name: 'artifact' | 'decode' | 'restore' | 'counts' | 'migration' | 'sequences' | 'foreign-keys',
  action: string,
) => ({
  rung: name,
  outcome: told(action, 'rung') ? ('fail' as const) : ('pass' as const),
  summary: 'looked at',
  findings: [],
  durationMs: 1,
});

const works: Works = {
  'backup.fetch': {
    ...aside('backup.fetch'),
    async run(_, context) {
      await act('backup.fetch', context);
      return { rungs: [rung('artifact', 'backup.fetch'), rung('decode', 'backup.fetch')] };
    },
  },
  'sandbox.create': {
    ...aside('sandbox.create'),
    async run(_, context) {
      await act('sandbox.create', context);
      return { sandbox: context.operation.toLowerCase(), serverVersion: '15.4', profile: 'fast' as const };
    },
  },
  'sandbox.restore': {
    ...aside('sandbox.restore'),
    async run(_, context) {
      await act('sandbox.restore', context);
      if (context.outputOf('sandbox.create') === undefined) throw new Error('no sandbox');
      return { rungs: [rung('restore', 'sandbox.restore')] };
    },
  },
  'sandbox.verify': {
    ...aside('sandbox.verify'),
    async run(_, context) {
      await act('sandbox.verify', context);
      const names = ['counts', 'migration', 'sequences', 'foreign-keys'] as const;
      const rungs = names.map((name) => rung(name, 'sandbox.verify'));
      return { rungs, inspect: ['psql'], removedAt: '2026-11-21T12:00:00.000Z' };
    },
  },
};

const agent = await startAgent(config, {
  environment: {},
  log: pino({ level: 'info' }),
  works,
  resolveBackup: async () => ({ ref: BACKUP, checks: [] }),
  linkTimes: { handshakeMs: 2_000, pingMs: 1_000, silenceMs: 3_000, pauseMs: 20, pauseMaxMs: 100 },
});
process.stdout.write('ready\n');
process.once('SIGTERM', () => void agent.close());
await agent.ended;
