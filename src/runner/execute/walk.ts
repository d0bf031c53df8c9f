import { rm } from 'node:fs/promises';
import { type Plan, planDigest } from '../../operation/plan.ts';
import type { Self } from '../self.ts';
import { stamp } from '../self.ts';
import type { Conclusion } from './conclude.ts';
import { nextMove } from './next-move.ts';
import { giveUp, probeStep, startStep, stop, undoStep, type Walk, type WalkParts } from './step.ts';

/**
 * Walks a granted plan from its journal to its last word: forward step by step, and back by its undos
 * when something stops it. Needs the bot only to begin what is destructive.
 *
 * @param cancel a cancel is journalled before this is aborted; it ends harmless steps at once.
 * @throws JournalBroken when nothing more can be remembered, and so nothing more may be done.
 */
export async function walk(
  self: Self,
  parts: WalkParts,
  operation: string,
  cancel: AbortSignal,
): Promise<void> {
  const { journal } = self;
  const on: Walk = { self, parts, plan: grantedPlan(self, operation), cancel };
  for (;;) {
    const state = journal.state.operations.get(operation);
    if (state === undefined) throw new Error(`The journal forgot ${operation} (this is a bug)`);
    const move = nextMove(state, on.plan, self.now());
    switch (move.kind) {
      case 'start':
        await startStep(on, move.step);
        break;
      case 'undo':
        await undoStep(on, move.step);
        break;
      case 'give-up':
        giveUp(on, move.step);
        break;
      case 'stop':
        stop(on, move.problem);
        break;
      case 'probe': {
        const unknown = await probeStep(on, move.step);
        if (unknown === null) break;
        finish(on, unknown);
        return;
      }
      case 'finish':
        await clear(on);
        finish(on, move.conclusion);
        return;
    }
  }
}

/** The last word. After `unknown` the work directory stays: people must look. */
function finish({ self, plan }: Walk, conclusion: Conclusion): void {
  self.journal.append({ type: 'finished', say: { ...stamp(self, plan), kind: 'finished', ...conclusion } });
}

async function clear({ self, parts, plan }: Walk): Promise<void> {
  try {
    await rm(parts.workDirectory(plan.operation), { recursive: true, force: true });
  } catch (error) {
    self.log.error({ err: error, code: plan.code }, 'the work directory could not be removed');
  }
}

/** The plan of an operation, held once more against its grant: the journal may be older than this process. */
function grantedPlan({ journal }: Self, operation: string): Plan {
  const state = journal.state.operations.get(operation);
  if (!state?.held || state.grant === null || planDigest(state.held.plan) !== state.grant.digest)
    throw new Error(`The journal has no grant for the plan of ${operation} (this is a bug)`);
  return state.held.plan;
}
