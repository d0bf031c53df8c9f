import { z } from 'zod';
import { type Canonical, canonicalJson } from './canonical.ts';
import { Hash, leafHash } from './merkle.ts';

const Text = z
  .string()
  .max(200)
  .refine((text) => text.isWellFormed(), 'expected text without lone surrogates');

/** Who did what the record tells. `id` is the Slack user id of a person, the key name of a bot or runner. */
export const Actor = z.strictObject({
  kind: z.enum(['person', 'bot', 'runner']),
  id: Text.min(1),
  /** The Slack workspace that `id` belongs to. */
  team: Text.min(1).optional(),
  /** The name at that time, for readers; never an identity. */
  name: Text.optional(),
});
export type Actor = z.infer<typeof Actor>;

/**
 * One entry of the audit log: a frozen event of one operation. Its canonical JSON is what is hashed, so
 * it is stored and exported as those bytes and never made again from columns.
 */
export const AuditRecord = z
  .strictObject({
    v: z.literal(1),
    /** The log's name, which is the origin of its checkpoints: `ops.example.com/twokey`. */
    log: Text.regex(/^[^\s+]+$/, 'expected a name without spaces and plus signs'),
    /** The operation's random id. */
    operation: z.string().regex(/^[\w.:-]{1,128}$/, 'expected an id of letters, digits and _ . : -'),
    /** 0 for the operation's first record, then without gaps. */
    seq: z.int().nonnegative(),
    /** Leaf hash of the same operation's record before this one; null in its first. */
    prev: Hash.nullable(),
    /** UTC with milliseconds: `2026-11-21T06:40:02.000Z`. */
    at: z.iso.datetime({ precision: 3 }),
    type: z
      .string()
      .regex(/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/, 'expected a dotted name: operation.requested'),
    actor: Actor,
    /** What the type says. Redacted before it comes here: see `redactSecrets`. */
    data: z.custom<CanonicalObject>(isCanonicalObject, 'expected a JSON object without fractions'),
  })
  .refine(({ seq, prev }) => (seq === 0) === (prev === null), {
    path: ['prev'],
    message: "expected null in an operation's first record, and a hash in every later one",
  });
export type AuditRecord = z.infer<typeof AuditRecord>;

export type CanonicalObject = Readonly<{ [key: string]: Canonical | undefined }>;

/** A record as the log keeps it. */
export interface SealedRecord {
  /** The canonical JSON; as UTF-8 it is exactly what was hashed. */
  readonly bytes: string;
  /** SHA-256(0x00 ‖ bytes), the leaf of RFC 6962: hex. */
  readonly leafHash: string;
}

/** Why some bytes are no record of the log. */
export class RecordError extends Error {
  readonly code: 'not_json' | 'not_a_record' | 'not_canonical';

  constructor(code: RecordError['code'], message: string) {
    super(message);
    this.name = 'RecordError';
    this.code = code;
  }
}

/** @throws RecordError `not_a_record` when a field is missing, unknown, or of the wrong form. */
export function sealRecord(record: AuditRecord): SealedRecord {
  const bytes = canonicalJson(checked(record));
  return { bytes, leafHash: leafHash(bytes) };
}

/**
 * Reads a record back. Only the one canonical spelling is accepted: otherwise two different byte strings
 * could claim to be the same record.
 *
 * @throws RecordError
 */
export function parseRecord(bytes: string): AuditRecord {
  const value = jsonOf(bytes);
  const record = checked(value);
  if (!isSpelledBy(value, bytes) && canonicalJson(record) !== bytes)
    throw new RecordError('not_canonical', 'The record is not in canonical JSON (RFC 8785)');
  return record;
}

/**
 * Settles most records faster than writing them anew: once fractions and lone surrogates are ruled out,
 * the engine's own JSON differs from RFC 8785 in nothing but the order of members.
 */
function isSpelledBy(value: unknown, bytes: string): boolean {
  return JSON.stringify(value) === bytes && isSorted(value);
}

function isSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let before = '';
  for (const [key, item] of Object.entries(value)) {
    if (key < before || !isSorted(item)) return false;
    before = key;
  }
  return true;
}

function jsonOf(bytes: string): unknown {
  try {
    return JSON.parse(bytes);
  } catch {
    throw new RecordError('not_json', 'The record is not JSON');
  }
}

function checked(value: unknown): AuditRecord {
  const result = AuditRecord.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.') || 'record'}: ${message}`);
  throw new RecordError('not_a_record', `Not a record of the audit log: ${issues.join('; ')}`);
}

function isCanonicalObject(value: unknown): boolean {
  return (
    isPlainObject(value) &&
    Object.entries(value).every(([key, item]) => key.isWellFormed() && isCanonical(item))
  );
}

function isCanonical(value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isCanonical(item));
  return isCanonicalObject(value);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
