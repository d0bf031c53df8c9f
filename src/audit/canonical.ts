import { createHash } from 'node:crypto';

/** What may be signed, hashed or logged: JSON whose only numbers are safe integers. */
export type Canonical =
  | null
  | boolean
  | number
  | string
  | readonly Canonical[]
  | { readonly [key: string]: Canonical | undefined };

/**
 * The one byte form of a value that plans, orders, statements and records are hashed and signed in:
 * JSON Canonicalization Scheme (RFC 8785), restricted to safe integers so that no two programs can
 * disagree about a float. Members that are `undefined` are absent.
 *
 * @throws TypeError on a float, an unsafe integer, a lone surrogate, or anything JSON has no word for.
 */
export function canonicalJson(value: Canonical): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'string') return text(value);
  if (isList(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object') return object(value);
  throw new TypeError(`Only JSON values have a canonical form, got ${typeof value}`);
}

/** Lower-case hex SHA-256 of a value's canonical JSON (64 characters): the digest of a plan, for one. */
export function digest(value: Canonical): string {
  return createHash('sha256').update(canonicalJson(value), 'utf8').digest('hex');
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value);
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value))
    throw new TypeError(`Only safe integers have a canonical form, got ${value}`);
  return String(Object.is(value, -0) ? 0 : value);
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('A string with a lone surrogate has no canonical form');
  return JSON.stringify(value);
}

/** RFC 8785 §3.2.3 sorts by UTF-16 code units, which is what `sort` does by itself. */
function object(value: { readonly [key: string]: Canonical | undefined }): string {
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item !== undefined) members += `${members === '' ? '' : ','}${text(key)}:${canonicalJson(item)}`;
  }
  return `{${members}}`;
}
