import type { Canonical } from './canonical.ts';
import type { CanonicalObject } from './record.ts';

/** What stands where a secret stood. */
export const redacted = '***';

/** A known secret shorter than this is not looked for: it would tear holes into ordinary words. */
const shortestSecret = 4;

/**
 * The text without the secrets: those given, in plain, percent-encoded, JSON-escaped and base64 form, and
 * what looks like one wherever it came from (passwords in URLs, connection strings, environments and SQL;
 * private keys; bearer and Slack tokens). Rather takes too much than too little. Needed before hashing,
 * as a record can never be changed again, and before anything goes to Slack or a log.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  const found = [
    ...secrets.flatMap((secret) => occurrences(text, secret)),
    ...shapes.flatMap((shape) => matches(text, shape)),
  ];
  let result = '';
  let at = 0;
  for (const [from, to] of merged(found)) {
    result += text.slice(at, from) + redacted;
    at = to;
  }
  return result + text.slice(at);
}

/**
 * The data of a record with every text in it redacted, names of members too; and any text that stands
 * under a name such as `password`, whatever it looks like.
 */
export function redactData(data: CanonicalObject, secrets: readonly string[]): CanonicalObject {
  return Object.fromEntries(
    Object.entries(data).map(([name, item]) => [
      redactSecrets(name, secrets),
      typeof item === 'string' && secretName.test(name) ? redacted : redactItem(item, secrets),
    ]),
  );
}

function redactItem(item: Canonical | undefined, secrets: readonly string[]): Canonical | undefined {
  if (typeof item === 'string') return redactSecrets(item, secrets);
  if (typeof item !== 'object' || item === null) return item;
  return isList(item) ? item.map((one) => redactItem(one, secrets) ?? null) : redactData(item, secrets);
}

/** From (inclusive) to (exclusive), in UTF-16 code units. */
type Span = readonly [from: number, to: number];

const names =
  '(?:password|passwd|passphrase|passwort|secret|token|(?:api|access|private|secret|signing|encryption)[_-]?key)';
const secretName = new RegExp(`${names}$`, 'i');

/** A quoted value, closed or cut off, or a word. */
const value = `(?<secret>"[^"\\n]*"?|'(?:[^'\\\\\\n]|\\\\.|'')*'?|[^\\s"'<>]+)`;

/**
 * Each takes away its group `secret`. Every repetition is bounded or cannot overlap what follows it, so
 * that no text makes them slow.
 */
const shapes: readonly RegExp[] = [
  // scheme://user:password@host. A raw password may hold @ / : and more, so up to the last @ of this word,
  // unless another URL follows in a list; with a quote in it, up to its first @.
  /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s:@/"'`<>]{0,256}:(?<secret>(?:(?![,;|][a-z][a-z0-9+.-]{0,40}:\/\/)[^\s"'`<>]){1,1024})@/dgi,
  /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s:@/"'`<>]{0,256}:(?<secret>[^\s@]{1,256})@/dgi,
  // A private key in PEM, also with \n written out, also one that was cut off.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?<secret>[\s\S]*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/dg,
  /\b(?<secret>AGE-SECRET-KEY-[A-Z0-9-]+)/dgi,
  // Authorization: Basic …, and a bearer token anywhere.
  /\bauthorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z]{1,20}\s{1,4})?(?<secret>[^\s"',;]+)/dgi,
  /\bbearer\s{1,4}(?<secret>[A-Za-z0-9._~+/-]{8,}=*)/dgi,
  // Slack: bot, user, app, configuration and refresh tokens, and webhook addresses.
  /\b(?<secret>x(?:ox[a-z]|app|wfp)[.-][A-Za-z0-9.-]{6,})/dgi,
  /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[\w/-]+)/dgi,
  // What GitHub, GitLab, npm and AWS hand out.
  /\b(?<secret>(?:gh[a-z]_|github_pat_|glpat-|npm_)[A-Za-z0-9_-]{16,})/dg,
  /\b(?<secret>(?:AKIA|ASIA)[A-Z0-9]{16})\b/dg,
  // password=…, PGPASSWORD=…, --secret=…, ?token=… in a URL; password: … alone on its line.
  new RegExp(`${names}\\s{0,4}=\\s{0,4}${value}`, 'dgi'),
  new RegExp(`^[ \\t]{0,40}[\\w.-]{0,60}${names}:[ \\t]{1,40}(?<secret>[^\\n]+)`, 'dgim'),
  // "password": "…", also cut off; then the same with its quotes escaped.
  new RegExp(`${names}["']\\s{0,4}:\\s{0,4}"(?<secret>(?:[^"\\\\]|\\\\[\\s\\S])*)`, 'dgi'),
  new RegExp(`${names}\\\\{1,2}"\\s{0,4}:\\s{0,4}\\\\{1,2}"(?<secret>(?:[^"\\\\]|\\\\[^"])*)`, 'dgi'),
  // ALTER ROLE x PASSWORD '…'
  /\bpassword\s{1,4}(?<secret>'(?:[^'\n]|'')*'?)/dgi,
];

function matches(text: string, shape: RegExp): Span[] {
  return [...text.matchAll(shape)].flatMap(({ indices }) => {
    const span = indices?.groups?.['secret'];
    return span === undefined || span[0] === span[1] ? [] : [span];
  });
}

function occurrences(text: string, secret: string): Span[] {
  if (secret.length < shortestSecret) return [];
  return [...spellings(secret)].flatMap((spelling) => {
    const spans: Span[] = [];
    for (let at = text.indexOf(spelling); at !== -1; at = text.indexOf(spelling, at + 1))
      spans.push([at, at + spelling.length]);
    return spans;
  });
}

function spellings(secret: string): Set<string> {
  const whole = secret.toWellFormed();
  const percent = encodeURIComponent(whole);
  const strict = percent.replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (encoded: string) => encoded.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase());
  return new Set([
    secret,
    secret.trim().length < shortestSecret ? secret : secret.trim(),
    ...[percent, strict, percent.replaceAll('%20', '+')].flatMap((encoded) => [encoded, lower(encoded)]),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
  ]);
}

/** Sorted, with those that touch or overlap made one. */
function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last === undefined || from > last[1]) result.push([from, to]);
    else result[result.length - 1] = [last[0], Math.max(last[1], to)];
  }
  return result;
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(item: Canonical): item is readonly Canonical[] {
  return Array.isArray(item);
}
