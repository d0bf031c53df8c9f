import type { Problem } from '../wire/statement.ts';
import { forgetPlan } from './allow/hold.ts';
import type { WalkParts } from './execute/step.ts';
import { walk } from './execute/walk.ts';
import { JournalBroken } from './journal/journal.ts';
import type { Self } from './self.ts';

/** What this process is working on right now; the journal knows what it has still to do. */
export interface Operations {
  /** Begins some work of an operation, beside everything else. */
  begin(operation: string, work: (cancel: AbortSignal) => Promise<void>): void;
  /** Walks a granted plan, from wherever its journal stands. */
  walk(operation: string): void;
  /** Ends what can be ended of an operation at once. */
  abort(operation: string): void;
  /** Turns every walk back, and resolves when nothing is under way any more, or at the deadline. */
  drain(why: Problem, deadlineMs: number): Promise<boolean>;
}

/** @param fail is told when the journal is broken: the process must end. */
export function startOperations(self: Self, parts: WalkParts, fail: (error: Error) => void): Operations {
  const underWay = new Set<{ operation: string; stop: AbortController; done: Promise<void> }>();

  function begin(operation: string, work: (cancel: AbortSignal) => Promise<void>): void {
    const stop = new AbortController();
    const one = { operation, stop, done: Promise.resolve() };
    one.done = work(stop.signal)
      .catch((error: unknown) => {
        self.log.fatal({ err: error, operation }, 'work on an operation broke off (this is a bug)');
        if (error instanceof JournalBroken) fail(error);
      })
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }

  function abort(operation: string): void {
    for (const one of underWay) if (one.operation === operation) one.stop.abort();
  }

  return {
    begin,
    abort,
    walk(operation) {
      begin(operation, async (cancel) => {
        await walk(self, parts, operation, cancel);
        const held = self.journal.state.operations.get(operation)?.held;
        if (held) forgetPlan(self, held);
      });
    },
    async drain(problem, deadlineMs) {
      for (const { operation } of underWay) {
        const known = self.journal.state.operations.get(operation);
        if (known?.grant && known.finished === null)
          self.journal.append({ type: 'stopped', operation, code: known.code, order: null, problem });
        abort(operation);
      }
      const all = Promise.all([...underWay].map(({ done }) => done)).then(() => true);
      return Promise.race([all, after(deadlineMs)]);
    },
  };
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}
