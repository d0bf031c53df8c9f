import { mkdir, rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { BackupRef } from '../actions/backup.ts';
import { ACTIONS, isActionName } from '../actions/registry.ts';
import type { Canonical } from '../audit/canonical.ts';
import type { TargetConfig } from '../config/runner-config.ts';
import { PREFLIGHT_BUDGET_MS } from '../operation/limits.ts';
import { type Draft, type DraftStep, fillInput, Json } from '../operation/plan.ts';
import type { OrderOf } from '../wire/order.ts';
import type { Progress } from '../wire/progress.ts';
import type { Evidence } from '../wire/statement.ts';
import type { Check } from './action.ts';
import { preflightAction, type Works } from './actions/works.ts';
import { type ContextFor, type Environment, workDirectory } from './context.ts';
import { bounded, problemOf } from './execute/bounded.ts';
import { inspectIdentity } from './identity.ts';
import { Refusal } from './refusal.ts';
import { type Self, stamp } from './self.ts';

/** The backup's share of the budget: the rest is for the checks of the steps. */
const RESOLVE_SHARE = 0.8;
/** An inspection that was told to stop has so long to do so. */
const GRACE_MS = 3_000;

/** Turns `latest`, a path or an address into one very backup. */
export type ResolveBackup = (
  request: string,
  about: {
    readonly target: TargetConfig;
    readonly targetName: string;
    readonly environment: Environment;
    readonly log: Logger;
    readonly signal: AbortSignal;
    readonly progress: (progress: Progress) => void;
  },
  budgetMs: number,
) => Promise<{ readonly ref: BackupRef; readonly checks: readonly Check[] }>;

export interface PreflightParts {
  readonly works: Works;
  readonly resolveBackup: ResolveBackup;
  readonly environment: Environment;
  readonly contextFor: ContextFor;
}

/** Looks, resolves, checks and counts; changes nothing. Always gives evidence, of a problem if need be. */
export async function preflight(
  self: Self,
  parts: PreflightParts,
  order: OrderOf<'preflight'>,
  cancel: AbortSignal,
): Promise<Evidence> {
  const target = self.config.targets[order.target];
  if (target === undefined)
    throw new Error(`No target ${order.target}: a gate should have refused it (this is a bug)`);
  const found: Evidence = {
    ...stamp(self, order),
    kind: 'evidence',
    target: order.target,
    environment: target.environment,
    hostKey: target['host-key'],
    host: self.host,
    identity: null,
    args: {},
    checks: [],
    problem: null,
  };
  const directory = workDirectory(self, order.operation);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const inspected = await inspect(self, parts, order, target, cancel);
    return { ...found, ...inspected, at: new Date(self.now()).toISOString() };
  } catch (error) {
    self.log.warn({ err: error, code: order.code }, 'preflight ended without a plan');
    return { ...found, at: new Date(self.now()).toISOString(), problem: problemOf(error, 'Preflight') };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function inspect(
  self: Self,
  parts: PreflightParts,
  order: OrderOf<'preflight'>,
  target: TargetConfig,
  cancel: AbortSignal,
): Promise<Pick<Evidence, 'identity' | 'args' | 'checks'>> {
  const { draft } = order;
  requireDoable(draft, order.target, target);
  const until = self.now() + PREFLIGHT_BUDGET_MS;
  const bounds = () => ({ timeoutMs: Math.max(1, until - self.now()), cancel, graceMs: GRACE_MS });
  const asking = inspectIdentity(target, parts.environment, actsOnTarget(draft));
  const resolved = await bounded(bounds(), (signal) => resolveArguments(parts, order, signal));
  const steps = draft.steps.map((step) => ({ ...step, input: fillInput(step.with, resolved.args) }));
  const checks: Check[] = [...resolved.checks];
  for (const { id, action, input } of steps) {
    if (!isActionName(action)) continue;
    const context = async (signal: AbortSignal) => parts.contextFor(order, id, signal);
    checks.push(
      ...(await bounded(bounds(), async (signal) =>
        preflightAction(parts.works, action, input, await context(signal)),
      ).catch((error: unknown) => [unchecked(self, id, error)])),
    );
  }
  const { identity, checks: identityChecks } = await asking;
  return { identity, args: resolved.args, checks: [...identityChecks, ...checks].map(plain) };
}

async function resolveArguments(
  { resolveBackup, environment, contextFor }: PreflightParts,
  order: OrderOf<'preflight'>,
  signal: AbortSignal,
): Promise<{ readonly args: Record<string, Canonical>; readonly checks: readonly Check[] }> {
  const args: Record<string, Canonical> = {};
  const checks: Check[] = [];
  for (const [name, { type, value }] of Object.entries(order.draft.args)) {
    if (type !== 'backup') {
      args[name] = value;
      continue;
    }
    if (typeof value !== 'string')
      throw new Refusal(
        'argument',
        `${name} is not the name of a backup.`,
        'Write `latest`, a path or s3://…',
      );
    const { target, targetName, log, progress } = await contextFor(order, 'preflight', signal);
    const about = { target, targetName, environment, log, signal, progress };
    const resolved = await resolveBackup(value, about, PREFLIGHT_BUDGET_MS * RESOLVE_SHARE);
    args[name] = Json.parse(resolved.ref);
    checks.push(...resolved.checks);
  }
  return { args, checks };
}

/** What no approval could make possible is said before people are asked. */
function requireDoable(draft: Draft, targetName: string, target: TargetConfig): void {
  const typed = Object.values(draft.args).find(({ type }) => type === 'target')?.value ?? targetName;
  if (draft.target !== targetName || typed !== targetName)
    throw new Refusal(
      'plan_of_another',
      `The command is for ${draft.target}, the order for ${targetName}.`,
      'Ask anew.',
    );
  const allowed: readonly string[] = target.actions;
  const not = draft.steps.find(({ action }) => !isActionName(action) || !allowed.includes(action));
  if (not !== undefined)
    throw new Refusal(
      'action_not_allowed',
      `This runner does not do ${not.action} for ${targetName}.`,
      `If it should, an operator adds it to targets.${targetName}.actions in runner.yml on the host.`,
    );
}

function actsOnTarget(draft: Draft): boolean {
  return draft.steps.some(({ action }: DraftStep) => isActionName(action) && ACTIONS[action].destructive);
}

/** Out of time is `not-run`, which a plan may carry and everybody sees; anything else is a failure. */
function unchecked(self: Self, step: string, error: unknown): Check {
  self.log.warn({ err: error, step }, 'a check of preflight ended early');
  const { code, text, hint } = problemOf(error, `The check of step ${step}`);
  const late = code === 'step_timeout' || code === 'step_does_not_end';
  return late
    ? {
        code: 'preflight_budget',
        outcome: 'not-run',
        text: `Step ${step} was not checked: preflight's minute was over.`,
      }
    : { code, outcome: 'fail', text: `${text} ${hint}` };
}

function plain({ code, outcome, text }: Check): Check {
  return { code, outcome, text };
}
