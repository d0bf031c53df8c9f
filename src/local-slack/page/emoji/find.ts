/** One emoji of the table: its Slack short names (the first is the canonical one) and its Unicode character. */
export interface Emoji {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly char: string;
  readonly category: number;
  readonly toned: boolean;
}

/** Splits `+1::skin-tone-3` into `+1` and 3; the tone is 0 when there is none. */
export function splitTone(name: string): { name: string; tone: number } {
  const [base = '', tone] = name.split('::skin-tone-');
  return { name: base, tone: Number(tone ?? 0) };
}

export const joinTone = (name: string, tone: number) => (tone >= 2 ? `${name}::skin-tone-${tone}` : name);

/** The character in a skin tone: the modifier stands after the first code point, instead of its variation selector. */
export function toneChar(char: string, tone: number): string {
  if (tone < 2 || tone > 6) return char;
  const [first = '', ...rest] = [...char];
  return first + String.fromCodePoint(0x1f3fb + tone - 2) + rest.join('').replace(/^\u{fe0f}/u, '');
}

/** The best matches of what a person types: names that begin with it, then names with a word that does, then the rest. */
export function searchEmoji(all: readonly Emoji[], query: string, limit: number): Emoji[] {
  const wanted = query.toLowerCase().replaceAll(' ', '_');
  const ranked = all.flatMap((emoji) => {
    const rank = Math.min(...[emoji.name, ...emoji.aliases].map((name) => rankOf(name, wanted)));
    return rank < 9 ? [{ emoji, rank }] : [];
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.emoji.name.length - b.emoji.name.length)
    .slice(0, limit)
    .map(({ emoji }) => emoji);
}

function rankOf(name: string, wanted: string): number {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.split(/[_-]/).some((word) => word.startsWith(wanted))) return 2;
  return name.includes(wanted) ? 3 : 9;
}
