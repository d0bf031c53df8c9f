import { ACTIONS, isActionName } from '../../actions/registry.ts';
import { type PlanStep, planDigest } from '../../operation/plan.ts';
import type { Problem } from '../../wire/statement.ts';
import { type Gate, no, type PlannedOrder } from './gate.ts';

const ASK_ANEW =
  'Nothing was started. Ask anew; if it happens again, compare the versions of bot and runner.';

export const planIsOfThisOperation: Gate<PlannedOrder> = ({ plan, operation, code, target, runner }) =>
  plan.operation === operation && plan.code === code && plan.target === target && plan.runner === runner
    ? null
    : no('plan_of_another', 'The order carries the plan of another operation, target or runner.', ASK_ANEW);

export const digestFits: Gate<PlannedOrder> = ({ plan, digest }) => {
  const own = planDigest(plan);
  return own === digest
    ? null
    : no(
        'plan_digest',
        `The plan's digest is ${own.slice(0, 12)}, the order says ${digest.slice(0, 12)}.`,
        ASK_ANEW,
      );
};

/** Each step's action is known, its input is one, and what people read of it is what the action declares. */
export const stepsAreAsDeclared: Gate<PlannedOrder> = ({ plan }) => first(plan.steps, declaredWrongly);

/** What an action needs must have gone before it, whatever a command file says. */
export const requirementsGoBefore: Gate<PlannedOrder> = ({ plan }) =>
  first(plan.steps, (step, index) => {
    const before = plan.steps.slice(0, index).map(({ action }) => action);
    const missing = requirementsOf(step).filter((action) => !before.includes(action));
    return missing.length === 0
      ? null
      : no(
          'action_requires',
          `Step ${step.id} (${step.action}) needs ${missing.join(' and ')} before it.`,
          'Put that step before it in the command file.',
        );
  });

export const actionsAreAllowed: Gate<PlannedOrder> = ({ plan, target }, { config }) => {
  const allowed: readonly string[] = config.targets[target]?.actions ?? [];
  return first(plan.steps, ({ action }) =>
    allowed.includes(action)
      ? null
      : no(
          'action_not_allowed',
          `This runner does not do ${action} for ${target}.`,
          `If it should, an operator adds it to targets.${target}.actions in runner.yml on the host.`,
        ),
  );
};

export const environmentFits: Gate<PlannedOrder> = ({ plan, target }, { config }) => {
  const own = config.targets[target]?.environment;
  return plan.environment === own
    ? null
    : no(
        'environment',
        `The plan is for ${target} as ${plan.environment}; on its host it is ${own ?? 'unknown'}.`,
        'Make `environment` in twokey.yml and runner.yml agree.',
      );
};

export const hostKeyModeFits: Gate<PlannedOrder> = ({ plan, target }, { config }) => {
  const own = config.targets[target];
  const mode = own?.['host-key'];
  if (plan.hostKey !== mode)
    return no(
      'host_key_mode',
      `The plan's host key is '${plan.hostKey}', this host asks for '${mode ?? 'operator'}'.`,
      'It is set by `host-key` in runner.yml on the host. Ask anew after a change.',
    );
  return mode === 'same-user' && own?.demo !== true
    ? no(
        'host_key_mode',
        `\`host-key: same-user\` serves only targets marked \`demo: true\`, and ${target} is none.`,
        'Use `host-key: operator` in runner.yml.',
      )
    : null;
};

function declaredWrongly(step: PlanStep): Problem | null {
  const { id, action } = step;
  if (!isActionName(action))
    return no('action_unknown', `Step ${id} asks for ${action}, which this runner does not know.`, ASK_ANEW);
  const { input, destructive, undo, timeoutMs } = ACTIONS[action];
  const { error } = input.safeParse(step.input);
  if (error !== undefined) {
    const where = error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
    return no('action_input', `The input of step ${id} (${action}) is wrong: ${where.join('; ')}.`, ASK_ANEW);
  }
  return step.destructive === destructive && step.undo === undo && step.timeoutMs === timeoutMs
    ? null
    : no(
        'action_altered',
        `Step ${id} says of ${action} what it is not (destructive, undo or timeout).`,
        'Bot and runner are of different versions, or the plan was altered. Update both, then ask anew.',
      );
}

function requirementsOf({ action }: PlanStep): readonly string[] {
  return isActionName(action) ? ACTIONS[action].requires : [];
}

function first(
  steps: readonly PlanStep[],
  look: (step: PlanStep, index: number) => Problem | null,
): Problem | null {
  for (const [index, step] of steps.entries()) {
    const problem = look(step, index);
    if (problem !== null) return problem;
  }
  return null;
}
