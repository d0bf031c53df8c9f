import { z } from 'zod';
import { Rung, type Verdict, verdict, wholeLadder } from '../../actions/ladder.ts';
import { ACTIONS, isActionName } from '../../actions/registry.ts';
import type { Plan } from '../../operation/plan.ts';
import type { Finished, Problem } from '../../wire/statement.ts';
import { type JournalledOperation, stepOutput } from '../journal/state.ts';

const NOT_REACHED = 'not reached';
const WithRungs = z.object({ rungs: z.array(Rung) });

/** What the last word on an operation says besides its subject. */
export type Conclusion = Pick<Finished, 'outcome' | 'verdict' | 'rungs' | 'problem'>;

/** An operation that walked to its end, or to a rung that condemned the backup. */
export function concludeForward(operation: JournalledOperation, plan: Plan): Conclusion {
  const ladder = ladderOf(operation, plan);
  if (ladder === null || ladder.verdict === 'verified')
    return {
      outcome: 'succeeded',
      verdict: ladder?.verdict ?? null,
      rungs: ladder?.rungs ?? [],
      problem: null,
    };
  return { outcome: 'failed', ...ladder, problem: unproven(ladder) };
}

/** An operation that turned back, or stands still because nobody can tell what happened. */
export function concludeBack(
  operation: JournalledOperation,
  plan: Plan,
  outcome: 'rolled_back' | 'stuck' | 'unknown',
  problem: Problem,
): Conclusion {
  const ladder = ladderOf(operation, plan);
  return { outcome, verdict: ladder?.verdict ?? null, rungs: ladder?.rungs ?? [], problem };
}

/** True when a rung that was climbed condemns the backup: what would follow proves nothing more. */
export function isCondemned(operation: JournalledOperation, plan: Plan): boolean {
  return climbed(operation, plan).some(({ outcome }) => outcome === 'fail');
}

/** Null for a plan none of whose actions climbs a ladder. */
function ladderOf(
  operation: JournalledOperation,
  plan: Plan,
): { readonly verdict: Verdict; readonly rungs: Rung[] } | null {
  const climbs = plan.steps.some(
    ({ action }) => isActionName(action) && 'rungs' in ACTIONS[action].output.shape,
  );
  if (!climbs) return null;
  const rungs = wholeLadder(climbed(operation, plan), NOT_REACHED);
  return { verdict: verdict(rungs), rungs };
}

function climbed(operation: JournalledOperation, plan: Plan): Rung[] {
  return plan.steps.flatMap(({ id }) => WithRungs.safeParse(stepOutput(operation, id)).data?.rungs ?? []);
}

function unproven(ladder: { readonly verdict: Verdict; readonly rungs: readonly Rung[] }): Problem {
  const wanted = ladder.verdict === 'backup_not_verified' ? 'fail' : 'not-run';
  const seen = ladder.rungs
    .filter(({ outcome }) => outcome === wanted)
    .map(({ rung, summary }) => `${rung}: ${summary}`)
    .join('; ');
  return ladder.verdict === 'backup_not_verified'
    ? {
        code: 'backup_not_verified',
        text: `The backup did not pass: ${seen}.`,
        hint: 'Do not rely on this backup. The findings say what is wrong; test an older one now.',
      }
    : {
        code: 'could_not_check',
        text: `Not everything could be checked: ${seen}.`,
        hint: 'What was not run does not count as passed. Mend what kept it from running, then ask anew.',
      };
}
