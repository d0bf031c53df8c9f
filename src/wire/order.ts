import { z } from 'zod';
import { Draft, Plan } from '../operation/plan.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const At = z.iso.datetime();

/** A chat approval, as the bot states it: the runner cannot check it, and says so wherever it shows it. */
export const StatedApproval = z.strictObject({
  /** Slack user id. */
  person: z.string(),
  name: z.string(),
  role: z.string(),
  at: At,
});
export type StatedApproval = z.infer<typeof StatedApproval>;

const base = {
  v: z.literal(1),
  /** Unique per order; the runner takes each once. */
  id: z.uuid(),
  operation: z.string(),
  /** `OP-7F3K`. */
  code: z.string(),
  runner: z.string(),
  target: z.string(),
  notBefore: At,
  expiresAt: At,
};

/** Look, resolve, check and count; change nothing. */
export const PreflightOrder = z.strictObject({ ...base, kind: z.literal('preflight'), draft: Draft });

/** Make a challenge for this plan and publish it to the operators. */
export const HoldOrder = z.strictObject({
  ...base,
  kind: z.literal('hold'),
  plan: Plan,
  digest: Sha256,
  approvals: z.array(StatedApproval),
  /** When an unused challenge is void. */
  hostKeyExpiresAt: At,
  /** What the operator must type besides the target's name; null when the policy asks for none. */
  phrase: z.string().nullable(),
});

/** The claim's record, and the proof that it is in the log: the authorisation precedes the act. */
export const ClaimProof = z.strictObject({
  /** Canonical JSON of the record. */
  record: z.string(),
  index: z.int().nonnegative(),
  /** Inclusion proof (RFC 6962), hex hashes from the leaf up. */
  proof: z.array(Sha256),
  /** C2SP signed note that covers it. */
  checkpoint: z.string(),
});
export type ClaimProof = z.infer<typeof ClaimProof>;

/** Walk the plan. One per operation; nothing runs without the allowfile that answers `challenge`. */
export const RunOrder = z.strictObject({
  ...base,
  kind: z.literal('run'),
  plan: Plan,
  digest: Sha256,
  challenge: z.string(),
  approvals: z.array(StatedApproval),
  breakGlass: z.boolean(),
  /** Grows with every run order of a runner; an order with an older one is refused. */
  fence: z.int().positive(),
  /** When the steps must have ended. */
  executeUntil: At,
  claim: ClaimProof,
});

/** Stop at the next safe point and undo; before START, forget the plan and void its challenge. */
export const CancelOrder = z.strictObject({ ...base, kind: z.literal('cancel'), reason: z.string() });

/** What the buttons under a finished restore test ask for. */
export const SandboxOrder = z.strictObject({
  ...base,
  kind: z.literal('sandbox'),
  request: z.enum(['remove', 'extend']),
  /** Slack id of who pressed. */
  person: z.string(),
});

export const Order = z.discriminatedUnion('kind', [
  PreflightOrder,
  HoldOrder,
  RunOrder,
  CancelOrder,
  SandboxOrder,
]);
export type Order = z.infer<typeof Order>;
export type OrderOf<Kind extends Order['kind']> = Extract<Order, { kind: Kind }>;

export const SignedOrder = z.strictObject({ payload: Order, key: z.string(), signature: z.string() });
export type SignedOrder = z.infer<typeof SignedOrder>;
