import type { Rung } from '../../actions/ladder.ts';
import type { VerifyConfig } from '../../config/runner-config.ts';
import type { ActionContext, ActionWork, Check } from '../action.ts';
import { Refusal } from '../refusal.ts';
import { INSPECTOR } from '../sandbox/access.ts';
import { clientConfig } from '../sandbox/connect.ts';
import { settleSandbox } from '../sandbox/lifetime.ts';
import { defaultJobs } from '../sandbox/means.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { climb, notClimbed } from '../verify/climb.ts';
import { headsOfCheckout } from '../verify/expected-head.ts';
import { openSandbox, stagedOf } from './sandbox-of.ts';

/** Climbs the rest of the ladder, and from then on keeps the copy for its configured time. */
export const sandboxVerify: ActionWork<'sandbox.verify'> = {
  preflight: async (_input, { target }) => checkExpectation(target.verify),

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

/** A checkout without migrations would only be noticed after the whole restore. */
async function checkExpectation({ migration }: VerifyConfig): Promise<Check[]> {
  const code = 'migration_expectation';
  if (!migration || !('checkout' in migration.head)) return [];
  const { checkout, tool } = migration.head;
  try {
    const heads = await headsOfCheckout(checkout, tool);
    return [{ code, outcome: 'pass', text: `The checkout expects ${heads.join(', ')}.` }];
  } catch (error) {
    const why = error instanceof Refusal ? `${error.message} ${error.hint}` : String(error);
    return [{ code, outcome: 'warn', text: `${why} Without it the rung migration cannot be run.` }];
  }
}

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
