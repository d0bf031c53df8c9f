import type { Rung } from '../../actions/ladder.ts';
import type { ActionContext, ActionWork } from '../action.ts';
import { INSPECTOR } from '../sandbox/access.ts';
import { clientConfig } from '../sandbox/connect.ts';
import { settleSandbox } from '../sandbox/lifetime.ts';
import { defaultJobs } from '../sandbox/means.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { climb, notClimbed } from '../verify/climb.ts';
import { openSandbox, stagedOf } from './sandbox-of.ts';

/** Climbs the rest of the ladder, and from then on keeps the copy for its configured time. */
export const sandboxVerify: ActionWork<'sandbox.verify'> = {
  preflight: async () => [],

  run: async (_input, context) => {
    const sandbox = await openSandbox(context);
    const rungs = await climbOn(sandbox, context);
    const { removedAt } = await settleSandbox(context.sandbox, sandbox.record.name, new Date());
    return { rungs, inspect: inspection(sandbox), removedAt };
  },

  // Looking at a copy changes nothing; the copy itself goes with `sandbox.create`.
  undo: async () => {},

  probe: async () => 'not-happened',
};

async function climbOn(sandbox: Sandbox, context: ActionContext): Promise<Rung[]> {
  const restored = context.outputOf('sandbox.restore')?.rungs.find(({ rung }) => rung === 'restore');
  if (!restored || restored.outcome === 'not-run') return notClimbed('nothing was restored');
  const { contents, format } = await stagedOf(context);
  // SQL is restored in one transaction: after an error nothing of it is there.
  if (restored.outcome === 'fail' && format === 'sql') return notClimbed('the restore was rolled back');
  return climb({
    connection: clientConfig(sandbox),
    application: `twokey:${context.operation}:${context.step}`,
    jobs: context.sandbox.jobs ?? defaultJobs(),
    expected: context.target.verify,
    contents,
    environment: context.environment,
    signal: context.signal,
    progress: context.progress,
  });
}

/** What an operator types on the host. */
function inspection({ connection: { host, database } }: Sandbox): string[] {
  return ['psql', '--host', host, '--username', INSPECTOR, '--dbname', database];
}
