import { z } from 'zod';
import { digest } from '../../audit/canonical.ts';
import { Draft, Plan } from '../../operation/plan.ts';
import { StatedApproval } from '../../wire/order.ts';
import {
  AllowfileRefused,
  Attestation,
  Challenge,
  Evidence,
  Finished,
  OrderRefused,
  Problem,
  SandboxReport,
  StepReport,
} from '../../wire/statement.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const subject = { operation: z.string(), code: z.string() };

/** The file that turned the host key, so that neither it nor a copy of it ever turns one again. */
export const FileIdentity = z.strictObject({
  dev: z.string(),
  ino: z.string(),
  ctimeNs: z.string(),
  sha256: Sha256,
});
export type FileIdentity = z.infer<typeof FileIdentity>;

/**
 * What the runner must not forget. `say` is a statement for the bot that became true with this entry:
 * it is durable with it, and is sent until an `acked` entry names it. `order` marks an order as taken.
 */
export const Entry = z.discriminatedUnion('type', [
  /** The first entry of every journal, and no other. */
  z.strictObject({ type: z.literal('opened'), journal: Sha256, runner: z.string(), host: z.string() }),
  /** Work on an order began whose answer takes a while. */
  z.strictObject({
    type: z.literal('taken'),
    ...subject,
    order: z.uuid(),
    kind: z.enum(['preflight', 'sandbox']),
  }),
  /** A preflight ended. The draft is kept so that the plan can be held against what was looked at. */
  z.strictObject({ type: z.literal('inspected'), order: z.uuid(), draft: Draft, say: Evidence }),
  /** A plan waits for its host key. */
  z.strictObject({
    type: z.literal('held'),
    order: z.uuid(),
    plan: Plan,
    approvals: z.array(StatedApproval),
    phrase: z.string().nullable(),
    say: Challenge,
  }),
  /** The challenge is void, and whatever file answered it. */
  z.strictObject({
    type: z.literal('revoked'),
    ...subject,
    order: z.uuid().nullable(),
    problem: Problem,
    say: z.union([Finished, AllowfileRefused]).nullable(),
  }),
  z.strictObject({ type: z.literal('attested'), say: Attestation }),
  /** The permission to walk the plan. Every later step and undo checks it. */
  z.strictObject({
    type: z.literal('granted'),
    ...subject,
    order: z.uuid(),
    digest: Sha256,
    challenge: z.string(),
    operator: z.strictObject({ uid: z.int(), user: z.string(), slack: z.string() }),
    file: FileIdentity,
    fence: z.int().positive(),
    until: z.iso.datetime(),
  }),
  /** The walk turns back: a cancel, a missing `begin`, a grant that ran out. The first reason stays. */
  z.strictObject({ type: z.literal('stopped'), ...subject, order: z.uuid().nullable(), problem: Problem }),
  /** START, END and what else happens to a step. */
  z.strictObject({ type: z.literal('step'), say: StepReport }),
  z.strictObject({ type: z.literal('finished'), say: Finished }),
  /** A statement and nothing else; `order` when it answers one. */
  z.strictObject({
    type: z.literal('said'),
    order: z.uuid().nullable(),
    say: z.union([AllowfileRefused, SandboxReport, OrderRefused]),
  }),
  /** The bot has this statement. The only entry whose loss costs nothing. */
  z.strictObject({ type: z.literal('acked'), statement: z.uuid() }),
]);
export type Entry = z.infer<typeof Entry>;
export type EntryOf<Type extends Entry['type']> = Extract<Entry, { type: Type }>;

/** One line of the journal: which, after which, when, and what. */
export const Line = z.strictObject({
  seq: z.int().nonnegative(),
  /** `sum` of the line before; zeros in the first. */
  prev: Sha256,
  at: z.iso.datetime(),
  entry: Entry,
  /** SHA-256 over the canonical JSON of the other members. */
  sum: Sha256,
});
export type Line = z.infer<typeof Line>;

export const FIRST_PREV = '0'.repeat(64);

export function sealLine(line: Omit<Line, 'sum'>): Line {
  return { ...line, sum: digest(line) };
}
