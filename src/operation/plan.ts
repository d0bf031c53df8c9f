import { z } from 'zod';
import { type Canonical, digest } from '../audit/canonical.ts';
import { PLAN_STEPS_MAX } from './limits.ts';

/** JSON as plans, orders and statements carry it: numbers are safe integers. */
export const Json: z.ZodType<Canonical> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.int(), z.string(), z.array(Json), z.record(z.string(), Json)]),
);

const StepId = z.string().regex(/^[a-z][a-z0-9-]{0,30}$/);

/** A step as a command file has it: its input may hold `$argument` where a value is not yet known. */
export const DraftStep = z.strictObject({
  id: StepId,
  action: z.string(),
  title: z.string().min(1).max(120),
  with: z.record(z.string(), Json),
});
export type DraftStep = z.infer<typeof DraftStep>;

/** What a command asks for before the runner has looked: the order of a preflight. */
export const Draft = z.strictObject({
  command: z.string(),
  target: z.string(),
  /** As typed; the runner resolves those of a type that only the host can know, such as `backup`. */
  args: z.record(z.string(), z.strictObject({ type: z.string(), value: Json })),
  steps: z.array(DraftStep).min(1).max(PLAN_STEPS_MAX),
});
export type Draft = z.infer<typeof Draft>;

export const PlanStep = z.strictObject({
  id: StepId,
  action: z.string(),
  title: z.string(),
  /** Every value resolved. */
  input: z.record(z.string(), Json),
  destructive: z.boolean(),
  /** What the undo will do, in words; null when there is nothing to undo. */
  undo: z.string().nullable(),
  timeoutMs: z.int().positive(),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** Which database a destructive step acts on, checked again on the connection that it uses. */
export const Identity = z.strictObject({
  systemIdentifier: z.string(),
  database: z.string(),
});
export type Identity = z.infer<typeof Identity>;

/**
 * The frozen, ordered list of steps that people approve. Whatever changes what would happen changes
 * its digest, and so voids every approval of it.
 */
export const Plan = z.strictObject({
  v: z.literal(1),
  operation: z.string(),
  code: z.string(),
  command: z.string(),
  target: z.string(),
  environment: z.string(),
  /** Null when no step touches the live database. */
  identity: Identity.nullable(),
  runner: z.string(),
  hostKey: z.enum(['operator', 'same-user']),
  /** Slack id of who asked. */
  requester: z.string(),
  reason: z.string().nullable(),
  args: z.record(z.string(), Json),
  steps: z.array(PlanStep).min(1).max(PLAN_STEPS_MAX),
  /** SHA-256 of the runner's evidence. */
  evidence: z.string(),
  policy: z.strictObject({ name: z.string(), digest: z.string() }),
  /** SHA-256 of the command file's compiled form. */
  commandDigest: z.string(),
});
export type Plan = z.infer<typeof Plan>;

/** SHA-256 over the plan's canonical JSON (RFC 8785), lower-case hex: what both keys are turned for. */
export function planDigest(plan: Plan): string {
  return digest(plan);
}

/**
 * Puts resolved arguments in the place of `$argument`, at any depth of a step's input. Bot and runner
 * both call it, so that the plan cannot differ from what preflight looked at.
 *
 * @throws RangeError when a step names an argument that is not there.
 */
export function fillInput(
  input: DraftStep['with'],
  args: Readonly<Record<string, Canonical>>,
): PlanStep['input'] {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, fill(value, args)]));
}

function fill(value: Canonical, args: Readonly<Record<string, Canonical>>): Canonical {
  if (typeof value === 'string' && value.startsWith('$')) {
    const resolved = args[value.slice(1)];
    if (resolved === undefined) throw new RangeError(`No argument ${value} in this command`);
    return resolved;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => fill(item, args));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item ?? null, args)]));
}
