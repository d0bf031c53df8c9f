import type { Rung } from '../../actions/ladder.ts';
import type { ActionWork } from '../action.ts';
import { defaultJobs } from '../sandbox/means.ts';
import { restoreBackup } from '../sandbox/restore.ts';
import { openSandbox, stagedOf } from './sandbox-of.ts';

/** Restores what `backup.fetch` staged. A backup that is not whole is not restored. */
export const sandboxRestore: ActionWork<'sandbox.restore'> = {
  preflight: async () => [],

  run: async (_input, context) => {
    const fetched = context.outputOf('backup.fetch')?.rungs ?? [];
    if (fetched.length === 0 || fetched.some(({ outcome }) => outcome !== 'pass'))
      return { rungs: [notWhole] };
    const sandbox = await openSandbox(context);
    const staged = await stagedOf(context);
    const { operation, step, signal, progress } = context;
    const jobs = context.sandbox.jobs ?? defaultJobs();
    const application = `twokey:${operation}:${step}`;
    const rung = await restoreBackup({ sandbox, staged, application, jobs, signal, progress });
    return { rungs: [rung] };
  },

  // What was restored goes with the sandbox itself.
  undo: async () => {},

  probe: async () => 'inconclusive',
};

const notWhole: Rung = {
  rung: 'restore',
  outcome: 'not-run',
  summary: 'not restored: the backup is not whole',
  findings: [],
  durationMs: 0,
};
