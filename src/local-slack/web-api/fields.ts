import { z } from 'zod';
import { SlackError } from '../slack-error.ts';

/** Arguments as they come in forms (all strings) or in JSON (with their own types). */

export const text = z.union([z.string(), z.number()]).transform(String);

export const flag = z
  .union([z.boolean(), z.enum(['true', '1', 'false', '0', ''])])
  .transform((value) => value === true || value === 'true' || value === '1');

export const wholeNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ])
  .pipe(z.int());

/** A list given as an array, or as a string with commas. */
export const list = z.union([
  z.array(z.string()),
  z.string().transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  ),
]);

/** A structure, which forms carry as JSON text. Text that is no JSON makes Slack answer `code`. */
export function structure(code: string) {
  return z.unknown().transform((value) => (typeof value === 'string' ? parseJson(value, code) : value));
}

/** Cursor paging. */
export const paging = { cursor: z.string().optional(), limit: wholeNumber.optional() };

function parseJson(value: string, code: string): unknown {
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw new SlackError(code);
  }
}
