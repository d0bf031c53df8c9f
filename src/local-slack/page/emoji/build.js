// Trims emoji-datasource to what the page needs, so that the bundle carries no images and no other vendor's data.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const name = 'virtual:emoji';
const CATEGORIES = [
  'Smileys & Emotion',
  'People & Body',
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Activities',
  'Objects',
  'Symbols',
  'Flags',
];

/** A Vite plugin that serves `virtual:emoji`: Slack's short names, the Unicode character, category, skin tones. */
export function emojiTable() {
  return {
    name: 'emoji-table',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: async (id) => (id === `\0${name}` ? `export default ${JSON.stringify(await table())}` : undefined),
  };
}

async function table() {
  const path = createRequire(import.meta.url).resolve('emoji-datasource/emoji.json');
  const emoji = JSON.parse(await readFile(path, 'utf8'));
  const rows = emoji
    .filter((one) => CATEGORIES.includes(one.category))
    .sort((a, b) => a.sort_order - b.sort_order)
    .map((one) => [
      one.short_names,
      one.unified
        .split('-')
        .map((hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
        .join(''),
      CATEGORIES.indexOf(one.category),
      one.skin_variations ? 1 : 0,
    ]);
  return { categories: CATEGORIES, rows };
}
