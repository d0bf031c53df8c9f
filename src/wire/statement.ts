import { z } from 'zod';
import { Rung, Verdict } from '../actions/ladder.ts';
import { Identity, Json } from '../operation/plan.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const At = z.iso.datetime();

/** A "no" with its stable code, what was seen, and what to do next. Fit for Slack: no secrets, no rows. */
export const Problem = z.strictObject({ code: z.string(), text: z.string(), hint: z.string() });
export type Problem = z.infer<typeof Problem>;

export const EvidenceCheck = z.strictObject({
  code: z.string(),
  outcome: z.enum(['pass', 'warn', 'fail', 'not-run']),
  text: z.string(),
});
export type EvidenceCheck = z.infer<typeof EvidenceCheck>;

const base = {
  v: z.literal(1),
  /** Unique; the runner sends a statement again until the bot has acknowledged this id. */
  id: z.uuid(),
  runner: z.string(),
  operation: z.string(),
  code: z.string(),
  at: At,
};

/** What the runner found in preflight. With a `problem` nothing was resolved and no plan can be made. */
export const Evidence = z.strictObject({
  ...base,
  kind: z.literal('evidence'),
  target: z.string(),
  environment: z.string(),
  hostKey: z.enum(['operator', 'same-user']),
  host: z.string(),
  identity: Identity.nullable(),
  /** Every argument resolved: `backup` has become one BackupRef. */
  args: z.record(z.string(), Json),
  checks: z.array(EvidenceCheck),
  problem: Problem.nullable(),
});
export type Evidence = z.infer<typeof Evidence>;

/** The plan is held; this is what an operator on the host must answer. */
export const Challenge = z.strictObject({
  ...base,
  kind: z.literal('challenge'),
  digest: Sha256,
  challenge: z.string(),
  host: z.string(),
  mode: z.enum(['operator', 'same-user']),
  /** What to type on the host, as an argument list. */
  command: z.array(z.string()),
  expiresAt: At,
});

/** Somebody tried the host key and it did not turn. */
export const AllowfileRefused = z.strictObject({
  ...base,
  kind: z.literal('allowfile_refused'),
  problem: Problem,
});

/** The host key is turned: this file, by this person, answers this challenge for this plan. */
export const Attestation = z.strictObject({
  ...base,
  kind: z.literal('attestation'),
  digest: Sha256,
  challenge: z.string(),
  host: z.string(),
  mode: z.enum(['operator', 'same-user']),
  operator: z.strictObject({ uid: z.int(), user: z.string(), slack: z.string() }),
  file: z.strictObject({
    dev: z.string(),
    ino: z.string(),
    ctimeNs: z.string(),
    sha256: Sha256,
  }),
});
export type Attestation = z.infer<typeof Attestation>;

/** One step, forward or back, as the journal has it. */
export const StepReport = z.strictObject({
  ...base,
  kind: z.literal('step'),
  step: z.string(),
  phase: z.enum(['started', 'ended', 'failed', 'undo_started', 'undone', 'undo_failed']),
  durationMs: z.int().nonnegative().nullable(),
  output: Json,
  problem: Problem.nullable(),
});
export type StepReport = z.infer<typeof StepReport>;

/** The last word on an operation, sent when nothing of it runs any more. */
export const Finished = z.strictObject({
  ...base,
  kind: z.literal('finished'),
  outcome: z.enum(['succeeded', 'failed', 'rolled_back', 'unknown', 'stuck']),
  /** For a restore test: what the whole ladder says. */
  verdict: Verdict.nullable(),
  rungs: z.array(Rung),
  problem: Problem.nullable(),
});
export type Finished = z.infer<typeof Finished>;

/** A sandbox was extended or removed, by a button, by time, or as a leftover. */
export const SandboxReport = z.strictObject({
  ...base,
  kind: z.literal('sandbox'),
  event: z.enum(['removed', 'extended', 'refused']),
  why: z.enum(['asked', 'expired', 'leftover']),
  /** When it goes by itself; null once it is gone. */
  removedAt: At.nullable(),
  problem: Problem.nullable(),
});

/** An order that a gate refused. Nothing of it was done. */
export const OrderRefused = z.strictObject({
  ...base,
  kind: z.literal('order_refused'),
  order: z.uuid(),
  orderKind: z.string(),
  problem: Problem,
});

export const Statement = z.discriminatedUnion('kind', [
  Evidence,
  Challenge,
  AllowfileRefused,
  Attestation,
  StepReport,
  Finished,
  SandboxReport,
  OrderRefused,
]);
export type Statement = z.infer<typeof Statement>;
export type StatementOf<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

export const SignedStatement = z.strictObject({ payload: Statement, key: z.string(), signature: z.string() });
export type SignedStatement = z.infer<typeof SignedStatement>;
