import type { z } from 'zod';
import { isSecretAt, type JsonSchema, keysAt } from './schema-path.ts';
import { nearest, suggestion } from './suggestion.ts';

/** A zod issue in words, and where in the value it belongs. */
export interface Expectation {
  readonly path: readonly PropertyKey[];
  /** True when the key is what is wrong, not the value behind it. */
  readonly onKey: boolean;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What was expected, what was seen, and the nearest thing that would have done. */
export function expectations(issue: Issue, schema: JsonSchema, above: Path = []): Expectation[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAt(schema, path, issue.input);
    return issue.keys.map((key) => ({
      path: [...path, key],
      onKey: true,
      message: `unknown key${suggestion(key, allowed, 'known here')}`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return nearestForm(issue.errors).flatMap((inner) => expectations(inner, schema, path));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues.map((inner) => sentence(inner, inner.input, false)).join(', ');
    return [{ path, onKey: true, message: `as a key: ${why}` }];
  }
  return [{ path, onKey: false, message: sentence(issue, wroteOf(issue), isSecretAt(schema, path)) }];
}

/** Of the forms that a value may have, the one with the least wrong is the one that was meant. */
function nearestForm(forms: readonly (readonly Issue[])[]): readonly Issue[] {
  const wrong = (issues: readonly Issue[]): number =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  const best = forms.toSorted((a, b) => wrong(a) - wrong(b))[0] ?? [];
  const kinds = forms.map((issues) =>
    issues.find(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const [first] = kinds;
  if (first === undefined || kinds.includes(undefined)) return best;
  const words = kinds.map((kind) => (kind === undefined ? '' : expected(kind)));
  return [{ code: 'custom', path: [], input: first.input, message: [...new Set(words)].join(' or ') }];
}

function sentence(issue: Issue, wrote: unknown, secret: boolean): string {
  if (wrote === undefined) return `missing; expected ${expected(issue)}`;
  if (issue.code === 'custom' && isMapping(wrote)) return `expected ${issue.message}`;
  // A secret is often pasted where the name of its variable belongs.
  const hidden = secret || (issue.code === 'invalid_type' && issue.expected === 'object');
  return `expected ${expected(issue)}, found ${found(wrote, hidden)}${hidden ? '' : advice(issue, wrote)}`;
}

function advice(issue: Issue, wrote: unknown): string {
  if (issue.code === 'invalid_type' && issue.expected === 'string') {
    return typeof wrote === 'object' ? '' : '; put quotes around it';
  }
  const meant = typeof wrote === 'string' ? nearest(wrote, choices(issue)) : null;
  return meant === null ? '' : `; did you mean \`${meant}\`?`;
}

function expected(issue: Issue): string {
  const values = choices(issue);
  if (values.length === 1) return `\`${values[0]}\``;
  if (values.length > 1) return `one of ${values.join(', ')}`;
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'too_small':
      return size('at least', issue.minimum, issue.origin);
    case 'too_big':
      return size('at most', issue.maximum, issue.origin);
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  null: 'nothing',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function size(bound: 'at least' | 'at most', limit: number | bigint, origin: string): string {
  if (origin === 'array') return `${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin !== 'string') return `${bound} ${limit}`;
  return bound === 'at least' && limit === 1 ? 'some text' : `${bound} ${limit} characters`;
}

function choices(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue ? issue.options.map(String) : [];
}

/** The value an issue is about; zod hands over the whole mapping when its discriminator is wrong. */
function wroteOf(issue: Issue): unknown {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue.input;
  const entries: Readonly<Record<string, unknown>> = { ...Object(issue.input) };
  return entries[issue.discriminator];
}

/** What somebody wrote, short enough for a line; never a secret, and never the password of an address. */
function found(wrote: unknown, secret: boolean): string {
  if (wrote === null) return 'nothing';
  if (Array.isArray(wrote)) return 'a list';
  if (isMapping(wrote)) return 'a mapping';
  if (secret) return 'a value that is not shown, in case it is a secret';
  if (typeof wrote !== 'string') return String(wrote);
  if (wrote === '') return 'empty text';
  const shown = wrote.replace(/(:\/\/[^/\s:@]*):[^@\s]*@/g, '$1:…@');
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 59)}…` : shown);
}

function isMapping(wrote: unknown): boolean {
  return typeof wrote === 'object' && wrote !== null && !Array.isArray(wrote);
}
