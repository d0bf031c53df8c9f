import { instantIn, type LocalTime, localTime } from './local-time.ts';

const PARTS = { YYYY: 4, MM: 2, DD: 2, hh: 2, mm: 2, ss: 2 } as const;
type Part = keyof typeof PARTS;

/** A compiled name pattern of a source. */
export interface NamePattern {
  readonly pattern: string;
  /** How many folders deep a matching path lies below the source. */
  readonly depth: number;
  /** Undefined when the path does not match; null when it matches and says no date. */
  dateOf(path: string): LocalTime | null | undefined;
}

/**
 * Compiles a pattern such as `orders_{YYYY}-{MM}-{DD}_{hh}-{mm}-{ss}.dump`. `*` stands for anything but
 * a slash, all else for itself. With `encrypted`, names may end in `.enc` on top.
 *
 * @throws RangeError that says what is wrong with the pattern.
 */
export function compilePattern(pattern: string, encrypted: boolean): NamePattern {
  const seen = new Set<Part>();
  const body = pattern.split(/(\{[^}]*\}|\*)/).map((piece) => {
    if (piece === '*') return '[^/]*';
    if (!piece.startsWith('{')) return piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const part = piece.slice(1, -1);
    if (!isPart(part)) {
      throw new RangeError(
        `\`${piece}\` in the pattern \`${pattern}\` is unknown; known are {${Object.keys(PARTS).join('}, {')}}`,
      );
    }
    if (seen.has(part)) return `\\k<${part}>`;
    seen.add(part);
    return `(?<${part}>\\d{${PARTS[part]}})`;
  });
  const expression = new RegExp(`^${body.join('')}${encrypted ? '(?:\\.enc)?' : ''}$`);
  return {
    pattern,
    depth: pattern.split('/').length - 1,
    dateOf: (path) => {
      const match = expression.exec(path);
      return match ? dateFrom(match.groups ?? {}) : undefined;
    },
  };
}

export interface NameDate {
  readonly matches: boolean;
  /** Milliseconds since 1970; null when no matching pattern says a date. */
  readonly at: number | null;
}

/** What the source's patterns, in their order, say of a path; dates are read in the IANA zone. */
export function readName(path: string, patterns: readonly NamePattern[], zone: string): NameDate {
  const found = patterns.map((pattern) => pattern.dateOf(path)).filter((date) => date !== undefined);
  const date = found.find((one) => one !== null);
  return { matches: found.length > 0, at: date ? instantIn(date, zone) : null };
}

function isPart(text: string): text is Part {
  return Object.hasOwn(PARTS, text);
}

function dateFrom(groups: Readonly<Record<string, string | undefined>>): LocalTime | null {
  const { YYYY, MM, DD, hh, mm, ss } = groups;
  if (!YYYY || !MM || !DD) return null;
  return localTime({
    year: Number(YYYY),
    month: Number(MM),
    day: Number(DD),
    hour: Number(hh ?? 0),
    minute: Number(mm ?? 0),
    second: Number(ss ?? 0),
  });
}
