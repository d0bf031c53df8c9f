import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { RungName } from '../../../src/actions/ladder.ts';
import type { ActionName } from '../../../src/actions/registry.ts';
import { RunnerConfig } from '../../../src/config/runner-config.ts';
import { type Plan, planDigest } from '../../../src/operation/plan.ts';
import type { ActionContext, ProbeVerdict } from '../../../src/runner/action.ts';
import type { Works } from '../../../src/runner/actions/works.ts';
import type { Beginner } from '../../../src/runner/begin.ts';
import { walk } from '../../../src/runner/execute/walk.ts';
import { type Journal, openJournal } from '../../../src/runner/journal/journal.ts';
import { type Self, stamp } from '../../../src/runner/self.ts';
import type { Finished, StepReport } from '../../../src/wire/statement.ts';
import { goodWorld, type World } from './good-world.ts';
import { BACKUP, TARGET } from './world.ts';

/** What the works of one test do; what is not given works at once. */
export interface Script {
  run?: (action: ActionName, context: ActionContext) => Promise<void>;
  undo?: (action: ActionName) => Promise<void>;
  probe?: ProbeVerdict;
  /** Rungs that fail. */
  failing?: readonly RungName[];
  begin?: Beginner['ask'];
}

/** A walk on a real journal, inside the test's own process. */
export interface Walking {
  readonly plan: Plan;
  readonly journal: Journal;
  readonly did: string[];
  readonly workDirectory: string;
  /** Grants the plan. */
  grant(untilMs?: number): void;
  /** Puts a report of a step into the journal, as an earlier process would have left it. */
  leave(step: string, phase: StepReport['phase'], output?: StepReport['output']): void;
  walk(script?: Script, cancel?: AbortSignal): Promise<void>;
  /** `fetch started`, … */
  phases(): string[];
  finished(): Finished | null;
  close(): Promise<void>;
}

export async function startWalking(change: (plan: Plan) => void = () => {}): Promise<Walking> {
  const directory = mkdtempSync(join(tmpdir(), 'twokey-walk-'));
  const journal = await openJournal(directory, 'host-a');
  const { plan, hold, challenge, config, subject }: World = goodWorld();
  change(plan);
  const parsed = RunnerConfig.parse(config);
  const self: Self = {
    config: parsed,
    host: 'db-1',
    uid: 1,
    journal,
    log: pino({ level: 'silent' }),
    now: Date.now,
  };
  const workDirectory = join(directory, 'work');
  const did: string[] = [];
  const digest = planDigest(plan);
  journal.append({
    type: 'held',
    order: randomUUID(),
    plan,
    approvals: hold.approvals,
    phrase: null,
    say: { ...challenge, digest },
  });
  const state = () => journal.state.operations.get(subject.operation);

  return {
    plan,
    journal,
    did,
    workDirectory,
    grant(untilMs = 60_000) {
      journal.append({
        type: 'granted',
        ...subject,
        order: randomUUID(),
        digest,
        challenge: challenge.challenge,
        operator: { uid: 1001, user: 'olga', slack: 'UOPERATOR1' },
        file: { dev: '1', ino: '2', ctimeNs: '3', sha256: 'a'.repeat(64) },
        fence: 1,
        until: new Date(Date.now() + untilMs).toISOString(),
      });
    },
    leave(step, phase, output = null) {
      const say = { ...stamp(self, subject), kind: 'step' as const, step, phase, durationMs: null, output };
      const problem = phase === 'failed' ? { code: 'left', text: 'Left.', hint: '' } : null;
      journal.append({ type: 'step', say: { ...say, problem } });
    },
    walk: (script = {}, cancel = new AbortController().signal) =>
      walk(
        self,
        {
          works: worksOf(script, did),
          beginner: { ask: script.begin ?? (async () => null), answer() {} },
          workDirectory: () => workDirectory,
          contextFor: async (_, step, signal) => context(self, step.id, signal, workDirectory),
        },
        subject.operation,
        cancel,
      ),
    phases: () => (state()?.reports ?? []).map(({ step, phase }) => `${step} ${phase}`),
    finished: () => state()?.finished ?? null,
    async close() {
      await journal.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function context(self: Self, step: string, signal: AbortSignal, workDirectory: string): ActionContext {
  const target = self.config.targets[TARGET];
  if (target === undefined) throw new Error('no target');
  return {
    operation: 'OP-7F3K',
    step,
    targetName: TARGET,
    target,
    sandbox: self.config.sandbox,
    workDirectory,
    operatorUsers: [],
    operatorsGid: 1,
    environment: {},
    signal,
    log: self.log,
    progress() {},
    outputOf: () => undefined,
  };
}

/** Works that follow a script and write down what they did. */
export function worksOf({ run, undo, probe = 'inconclusive', failing = [] }: Script, did: string[]): Works {
  const rung = (name: RungName) => ({
    rung: name,
    outcome: failing.includes(name) ? ('fail' as const) : ('pass' as const),
    summary: 'looked at',
    findings: [],
    durationMs: 1,
  });
  const act = async (action: ActionName, given: ActionContext): Promise<void> => {
    did.push(`run ${action}${existsSync(given.workDirectory) ? '' : ' without a work directory'}`);
    await run?.(action, given);
  };
  const aside = (action: ActionName) => ({
    preflight: async () => [],
    async undo() {
      did.push(`undo ${action}`);
      await undo?.(action);
    },
    async probe() {
      did.push(`probe ${action}`);
      return probe;
    },
  });
  return {
    'backup.fetch': {
      ...aside('backup.fetch'),
      async run(_, given) {
        await act('backup.fetch', given);
        return { rungs: [rung('artifact'), rung('decode')] };
      },
    },
    'sandbox.create': {
      ...aside('sandbox.create'),
      async run(_, given) {
        await act('sandbox.create', given);
        return { sandbox: 'op-7f3k', serverVersion: '15.4', profile: 'fast' };
      },
    },
    'sandbox.restore': {
      ...aside('sandbox.restore'),
      async run(_, given) {
        await act('sandbox.restore', given);
        return { rungs: [rung('restore')] };
      },
    },
    'sandbox.verify': {
      ...aside('sandbox.verify'),
      async run(_, given) {
        await act('sandbox.verify', given);
        const rungs = [rung('counts'), rung('migration'), rung('sequences'), rung('foreign-keys')];
        return { rungs, inspect: ['psql'], removedAt: BACKUP.takenAt ?? '' };
      },
    },
  };
}
