import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../../src/operation/plan.ts';
import { readJournal } from '../../../src/runner/journal/read.ts';
import { Refusal } from '../../../src/runner/refusal.ts';
import { startWalking, type Walking } from '../support/walking.ts';

let walking: Walking;
afterEach(() => walking.close());

const destructive = (id: string) => (plan: Plan) => {
  plan.steps = plan.steps.map((step) =>
    step.id === id ? { ...step, destructive: true, undo: 'restore it' } : step,
  );
};
const timeout = (timeoutMs: number) => (plan: Plan) => {
  plan.steps = plan.steps.map((step) => ({ ...step, timeoutMs }));
};
const until = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

describe('forward', () => {
  test('START is on disk before the act, END after it', async () => {
    walking = await startWalking();
    walking.grant();
    const journal = join(dirname(walking.workDirectory), 'journal.jsonl');
    const onDisk: string[] = [];
    await walking.walk({
      async run() {
        const last = readJournal(readFileSync(journal)).lines.at(-1)?.entry;
        if (last?.type === 'step') onDisk.push(`${last.say.step} ${last.say.phase}`);
      },
    });
    expect(onDisk).toEqual(['fetch started', 'sandbox started', 'restore started', 'verify started']);
    expect(walking.finished()).toMatchObject({ outcome: 'succeeded', verdict: 'verified' });
    expect(existsSync(walking.workDirectory)).toBe(false);
  });

  test('nothing runs without a grant', async () => {
    walking = await startWalking();
    await expect(walking.walk()).rejects.toThrow('no grant');
    expect(walking.did).toEqual([]);
  });

  test('a step that ended in an earlier process is not run again', async () => {
    walking = await startWalking();
    walking.grant();
    const rung = { outcome: 'pass', summary: '', findings: [], durationMs: 1 };
    walking.leave('fetch', 'started');
    walking.leave('fetch', 'ended', {
      rungs: [
        { rung: 'artifact', ...rung },
        { rung: 'decode', ...rung },
      ],
    });
    await walking.walk();
    expect(walking.did).toEqual(['run sandbox.create', 'run sandbox.restore', 'run sandbox.verify']);
    expect(walking.finished()).toMatchObject({ outcome: 'succeeded', verdict: 'verified' });
  });

  test('a step that takes too long is stopped and undone', async () => {
    walking = await startWalking(timeout(50));
    walking.grant();
    await walking.walk({
      run: async (action, { signal }) => (action === 'sandbox.create' ? until(signal) : undefined),
    });
    expect(walking.finished()).toMatchObject({ outcome: 'rolled_back', problem: { code: 'step_timeout' } });
    expect(walking.did.slice(-2)).toEqual(['undo sandbox.create', 'undo backup.fetch']);
  });

  test('a grant that runs out stops the walk before its next step, and at the end of its time', async () => {
    walking = await startWalking();
    walking.grant(-1);
    await walking.walk();
    expect(walking.did).toEqual([]);
    expect(walking.finished()).toMatchObject({ outcome: 'rolled_back', problem: { code: 'execution_over' } });
  });

  test('what an action did not foresee stays in the log', async () => {
    walking = await startWalking();
    walking.grant();
    await walking.walk({
      async run() {
        throw new Error('password=hunter2');
      },
    });
    expect(walking.finished()?.problem?.code).toBe('step_failed');
    expect(JSON.stringify(walking.finished())).not.toContain('hunter2');
  });
});

describe('a destructive step', () => {
  test('asks for its begin first, with the fence of the grant', async () => {
    walking = await startWalking(destructive('sandbox'));
    walking.grant();
    const asked: unknown[] = [];
    await walking.walk({
      async begin(_, step, fence) {
        asked.push([step, fence, [...walking.did]]);
        return null;
      },
    });
    expect(asked).toEqual([['sandbox', 1, ['run backup.fetch']]]);
    expect(walking.finished()?.outcome).toBe('succeeded');
  });

  test('that may not begin does not start, and what went before is undone', async () => {
    walking = await startWalking(destructive('sandbox'));
    walking.grant();
    const no = { code: 'begin_unanswered', text: 'No answer.', hint: '' };
    await walking.walk({ begin: async () => no });
    expect(walking.did).toEqual(['run backup.fetch', 'undo backup.fetch']);
    expect(walking.finished()).toMatchObject({ outcome: 'rolled_back', problem: no });
  });

  test('is not cut short by a cancel', async () => {
    walking = await startWalking(destructive('sandbox'));
    walking.grant();
    const cancel = new AbortController();
    await walking.walk(
      {
        async run(action, { signal }) {
          if (action !== 'sandbox.create') return;
          const { operation, code } = walking.plan;
          const problem = { code: 'cancelled', text: '', hint: '' };
          walking.journal.append({ type: 'stopped', operation, code, order: null, problem });
          cancel.abort();
          expect(signal.aborted).toBe(false);
        },
      },
      cancel.signal,
    );
    expect(walking.phases()).toContain('sandbox ended');
    expect(walking.finished()).toMatchObject({ outcome: 'rolled_back', problem: { code: 'cancelled' } });
  });

  test.each([
    ['happened', 'rolled_back', ['probe sandbox.create', 'undo sandbox.create', 'undo backup.fetch']],
    ['not-happened', 'rolled_back', ['probe sandbox.create', 'undo sandbox.create', 'undo backup.fetch']],
    ['partly', 'unknown', ['probe sandbox.create']],
    ['inconclusive', 'unknown', ['probe sandbox.create']],
  ] as const)('interrupted, whose probe says %s, ends %s', async (probe, outcome, did) => {
    walking = await startWalking(destructive('sandbox'));
    walking.grant();
    walking.leave('fetch', 'ended', { rungs: [] });
    walking.leave('sandbox', 'started');
    await walking.walk({ probe });
    expect(walking.did).toEqual(did);
    expect(walking.finished()?.outcome).toBe(outcome);
  });
});

describe('back', () => {
  test('an interrupted harmless step is undone without a probe', async () => {
    walking = await startWalking();
    walking.grant();
    walking.leave('fetch', 'started');
    await walking.walk();
    expect(walking.did).toEqual(['undo backup.fetch']);
    expect(walking.finished()).toMatchObject({ outcome: 'rolled_back', problem: { code: 'interrupted' } });
  });

  test('an interrupted undo is done again, long after the grant ran out', async () => {
    walking = await startWalking();
    walking.grant(-1);
    walking.leave('fetch', 'ended', { rungs: [] });
    walking.leave('sandbox', 'failed');
    walking.leave('sandbox', 'undo_started');
    await walking.walk();
    expect(walking.did).toEqual(['undo sandbox.create', 'undo backup.fetch']);
    expect(walking.finished()?.outcome).toBe('rolled_back');
  });

  test('an undo that fails once is tried again', async () => {
    walking = await startWalking();
    walking.grant();
    walking.leave('fetch', 'failed');
    let attempts = 0;
    await walking.walk({
      async undo() {
        attempts += 1;
        if (attempts === 1) throw new Error('busy');
      },
    });
    expect(attempts).toBe(2);
    expect(walking.finished()?.outcome).toBe('rolled_back');
  });

  test('an undo that failed for good leaves the operation stuck, with the reason of the undo', async () => {
    walking = await startWalking();
    walking.grant();
    walking.leave('fetch', 'ended', { rungs: [] });
    walking.leave('sandbox', 'failed');
    walking.leave('sandbox', 'undo_failed');
    await walking.walk();
    expect(walking.did).toEqual([]);
    expect(walking.finished()?.outcome).toBe('stuck');
  });

  test('a cancel that is journalled while nothing runs turns the next walk back', async () => {
    walking = await startWalking();
    walking.grant();
    walking.leave('fetch', 'ended', { rungs: [] });
    const { operation, code } = walking.plan;
    const problem = { code: 'cancelled', text: 'Stopped.', hint: '' };
    walking.journal.append({ type: 'stopped', operation, code, order: null, problem });
    await walking.walk();
    expect(walking.did).toEqual(['undo backup.fetch']);
    expect(walking.finished()?.problem).toEqual(problem);
  });

  test('a Refusal of an action reaches people as it was written', async () => {
    walking = await startWalking();
    walking.grant();
    await walking.walk({
      async run(action) {
        if (action === 'sandbox.restore') throw new Refusal('restore_failed', 'It did not restore.', 'Look.');
      },
    });
    const problem = { code: 'restore_failed', text: 'It did not restore.', hint: 'Look.' };
    expect(walking.finished()).toMatchObject({ outcome: 'rolled_back', problem });
  });
});
