import data from 'virtual:emoji';
import { recall, remember } from '../state/memory.ts';
import { type Emoji, splitTone, toneChar } from './find.ts';

export const categories = data.categories;

export const allEmoji: readonly Emoji[] = data.rows.map(([names, char, category, toned]) => ({
  name: names[0] ?? '',
  aliases: names.slice(1),
  char,
  category,
  toned: toned === 1,
}));

const byName = new Map(
  allEmoji.flatMap((emoji) => [emoji.name, ...emoji.aliases].map((name) => [name, emoji])),
);

/** What an operations channel uses most, before this browser has habits of its own. */
const COMMON = [
  'white_check_mark',
  'no_entry',
  '+1',
  '-1',
  'eyes',
  'rotating_light',
  'tada',
  'raised_hands',
  'key',
  'hourglass_flowing_sand',
  'warning',
  'heavy_plus_sign',
  'rocket',
  'thinking_face',
  'pray',
  'heart',
  'joy',
  'wave',
];

/** Undefined for a custom emoji, of which this workspace has no picture. */
export function charOf(name: string): string | undefined {
  const { name: base, tone } = splitTone(name);
  const emoji = byName.get(base);
  return emoji && (emoji.toned ? toneChar(emoji.char, tone) : emoji.char);
}

export const emojiNamed = (name: string) => byName.get(splitTone(name).name);

/** Frequently used, the most used first. */
export function frequent(): Emoji[] {
  const { emojiUse } = recall();
  const used = Object.keys(emojiUse).sort((a, b) => (emojiUse[b] ?? 0) - (emojiUse[a] ?? 0));
  const names = [...new Set([...used.filter((name) => (emojiUse[name] ?? 0) > 2), ...COMMON, ...used])];
  return names.flatMap((name) => byName.get(name) ?? []).slice(0, 18);
}

export function noteUse(name: string): void {
  const { name: base } = splitTone(name);
  const { emojiUse } = recall();
  remember({ emojiUse: { ...emojiUse, [base]: (emojiUse[base] ?? 0) + 1 } });
}
