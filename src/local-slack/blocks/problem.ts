import type { z } from 'zod';

/** One thing wrong with blocks, a view or a message, as `blocks.validate` tells it. */
export interface Problem {
  readonly code: 'failed_constraint' | 'missing_field' | 'invalid_type';
  readonly message: string;
  /** JSON pointer (RFC 6901) to the element. */
  readonly pointer: string;
  readonly constraint?: Readonly<Record<string, unknown>>;
}

/** Translates what zod found into Slack's words. `value` is what was checked. */
export function problemsOf(error: z.core.$ZodError, value: unknown): Problem[] {
  return error.issues.flatMap((issue) => problem(issue, issue.path, valueAt(value, issue.path)));
}

/** The line that goes into `errors`; with `[ERROR] ` before it, into `response_metadata.messages`. */
export function problemLine(problem: Problem, root: string): string {
  return `${problem.message} [json-pointer:${root}${problem.pointer}]`;
}

function problem(issue: z.core.$ZodIssue, path: readonly PropertyKey[], seen: unknown): Problem[] {
  const pointer = pointerTo(path);
  const failed = (message: string, constraint?: Problem['constraint']): Problem[] => [
    { code: 'failed_constraint', message, pointer, ...(constraint === undefined ? {} : { constraint }) },
  ];
  switch (issue.code) {
    case 'invalid_type':
      return seen === undefined
        ? [missing(path)]
        : [{ code: 'invalid_type', message: `must provide ${article(issue.expected)}`, pointer }];
    case 'too_big':
      return issue.origin === 'string'
        ? failed(`must be less than ${Number(issue.maximum) + 1} characters`, {
            type: 'max_length',
            expected: issue.maximum,
          })
        : failed(`no more than ${issue.maximum} items allowed`, {
            type: 'max_items',
            expected: issue.maximum,
          });
    case 'too_small':
      return issue.origin === 'string'
        ? failed(`must be more than ${Number(issue.minimum) - 1} characters`, {
            type: 'min_length',
            expected: issue.minimum,
          })
        : failed(`no fewer than ${issue.minimum} items allowed`, {
            type: 'min_items',
            expected: issue.minimum,
          });
    case 'unrecognized_keys':
      return issue.keys.flatMap((key) => failed(`invalid additional property: ${key}`));
    case 'invalid_value':
      if (seen === undefined) return [missing(path)];
      return failed(
        path.at(-1) === 'type' ? `unsupported type: ${String(seen)}` : `invalid value: ${String(seen)}`,
        {
          type: 'enum',
          expected: issue.values,
        },
      );
    case 'invalid_union':
      return union(issue, path, seen);
    default:
      return failed(issue.message);
  }
}

function union(
  issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>,
  path: readonly PropertyKey[],
  seen: unknown,
): Problem[] {
  if (seen === undefined) return [missing(path)];
  if (issue.discriminator === undefined) {
    return [
      { code: 'failed_constraint', message: 'failed to match all allowed schemas', pointer: pointerTo(path) },
    ];
  }
  const type = typeof seen === 'object' && seen !== null && 'type' in seen ? seen.type : seen;
  const at = path.at(-1) === issue.discriminator ? path : [...path, issue.discriminator];
  if (type === undefined) return [missing(at)];
  return [
    { code: 'failed_constraint', message: `unsupported type: ${String(type)}`, pointer: pointerTo(at) },
  ];
}

function missing(path: readonly PropertyKey[]): Problem {
  return {
    code: 'missing_field',
    message: `missing required field: ${String(path.at(-1) ?? '')}`,
    pointer: pointerTo(path.slice(0, -1)),
  };
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
