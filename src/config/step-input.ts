import { z } from 'zod';
import { BackupRef } from '../actions/backup.ts';
import type { Canonical } from '../audit/canonical.ts';
import type { ArgumentType, CommandArgument } from './command.ts';
import { suggestion } from './suggestion.ts';

/** Where in the input something does not fit, and why. */
export interface Misfit {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** True when the key is what is wrong, not the value behind it. */
  readonly onKey: boolean;
}

/**
 * Holds a step's `with` against the input that its action declares: every key is one of the action's,
 * none that it needs is missing, every `$argument` exists and resolves to what its place takes.
 */
export function misfits(
  value: Canonical | undefined,
  schema: unknown,
  args: readonly Pick<CommandArgument, 'name' | 'type'>[],
  path: readonly PropertyKey[] = [],
): Misfit[] {
  const inner = unwrap(schema);
  if (typeof value === 'string' && value.startsWith('$')) return argumentMisfits(value, inner, args, path);
  if (inner instanceof z.ZodObject && isMapping(value)) return objectMisfits(value, inner, args, path);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) => misfits(item, inner.element, args, [...path, index]));
  }
  if (!(schema instanceof z.ZodType)) return [];
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => ({
    path: [...path, ...issue.path],
    message: `the action does not take this: ${issue.message}`,
    onKey: false,
  }));
}

/** What each type of argument has become by the time that a plan is frozen. */
const RESOLVED = {
  target: { fits: (schema: unknown) => schema instanceof z.ZodString, words: 'a name (text)' },
  backup: { fits: (schema: unknown) => schema === BackupRef, words: 'a backup' },
  text: { fits: (schema: unknown) => schema instanceof z.ZodString, words: 'text' },
  flag: { fits: (schema: unknown) => schema instanceof z.ZodBoolean, words: 'true or false' },
} as const satisfies Record<ArgumentType, { fits: (schema: unknown) => boolean; words: string }>;

function argumentMisfits(
  reference: string,
  schema: unknown,
  args: readonly Pick<CommandArgument, 'name' | 'type'>[],
  path: readonly PropertyKey[],
): Misfit[] {
  const argument = args.find(({ name }) => `$${name}` === reference);
  if (argument === undefined) {
    const names = args.map(({ name }) => `$${name}`);
    const message = `no argument ${reference} in this command${suggestion(reference, names)}`;
    return [{ path, message, onKey: false }];
  }
  const { fits, words } = RESOLVED[argument.type];
  if (fits(schema)) return [];
  const takers = Object.values(RESOLVED).filter((type) => type.fits(schema));
  const takes = takers.map((type) => type.words).join(' or ') || 'something that no argument can be';
  return [{ path, message: `${reference} is ${words}; the action takes ${takes} here`, onKey: false }];
}

function objectMisfits(
  value: { readonly [key: string]: Canonical | undefined },
  schema: z.ZodObject,
  args: readonly Pick<CommandArgument, 'name' | 'type'>[],
  path: readonly PropertyKey[],
): Misfit[] {
  const fields = Object.entries(schema.shape);
  const known = fields.map(([key]) => key);
  const unknown = Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: [...path, key],
      message: `the action has no such input${known.length === 0 ? '; it takes none' : suggestion(key, known, 'its inputs')}`,
      onKey: true,
    }));
  const wrong = fields.flatMap(([key, field]): Misfit[] => {
    if (Object.hasOwn(value, key)) return misfits(value[key], field, args, [...path, key]);
    if (field.safeParse(undefined).success) return [];
    return [{ path: [...path, key], message: 'missing; the action needs it', onKey: true }];
  });
  return [...unknown, ...wrong];
}

/** The schema below `optional`, `nullable` and defaults, which say nothing of the value itself. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

function isMapping(value: unknown): value is { readonly [key: string]: Canonical | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
