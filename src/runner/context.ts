import { join } from 'node:path';
import type { Plan } from '../operation/plan.ts';
import type { Progress } from '../wire/progress.ts';
import type { ActionContext } from './action.ts';
import { readOutput } from './actions/works.ts';
import { groupId, operatorUsers } from './allow/operators.ts';
import { stepOutput } from './journal/state.ts';
import { Refusal } from './refusal.ts';
import type { Self, Subject } from './self.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type ContextFor = (
  subject: Subject & { readonly target: string },
  step: string,
  signal: AbortSignal,
  plan?: Plan,
) => Promise<ActionContext>;

/** Where an operation works: outlives a restart, ends with the operation. */
export function workDirectory({ config }: Self, operation: string): string {
  return join(config.state, 'work', operation);
}

/** What the name service said of the operators is believed for so long: it shapes a sandbox, not a key. */
const PEOPLE_AGE_MAX_MS = 10_000;

/** Makes what an action may touch. */
export function actionContexts(
  self: Self,
  environment: Environment,
  progress: (operation: string, step: string, progress: Progress) => void,
): ContextFor {
  const { config, journal, log } = self;
  const people = operatorsOf(self);
  return async ({ operation, code, target: targetName }, step, signal, plan) => {
    const target = config.targets[targetName];
    if (target === undefined)
      throw new Refusal('target_unknown', `This runner has no target ${targetName}.`, 'Look at runner.yml.');
    const { users, gid } = await people();
    return {
      operation: code,
      step,
      targetName,
      target,
      sandbox: config.sandbox,
      workDirectory: workDirectory(self, operation),
      operatorUsers: users,
      operatorsGid: gid,
      environment,
      signal,
      log: log.child({ code, step }),
      progress: (said) => progress(operation, step, said),
      outputOf(action) {
        const done = journal.state.operations.get(operation);
        const outputs = (plan?.steps ?? [])
          .filter((other) => other.action === action)
          .map(({ id }) => (done === undefined ? undefined : stepOutput(done, id)));
        const last = outputs.findLast((output) => output !== undefined);
        return last === undefined ? undefined : readOutput(action, last);
      },
    };
  };
}

interface Operators {
  readonly users: readonly string[];
  readonly gid: number;
}

function operatorsOf({ config, now }: Self): () => Promise<Operators> {
  let known: { readonly at: number; readonly operators: Operators } | null = null;
  return async () => {
    if (known !== null && now() - known.at < PEOPLE_AGE_MAX_MS) return known.operators;
    const { group } = config.allow;
    const [users, gid] = await Promise.all([operatorUsers(config), groupId(group)]);
    if (gid === null)
      throw new Refusal('group_unknown', `This host has no group ${group}.`, 'Make it again.');
    known = { at: now(), operators: { users, gid } };
    return known.operators;
  };
}
