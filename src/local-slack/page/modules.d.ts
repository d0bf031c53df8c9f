declare module '*.css';

/** Made by emoji/build.js from emoji-datasource. */
declare module 'virtual:emoji' {
  /** [short names, the character, index of its category, 1 when it takes a skin tone] in Slack's order. */
  type Row = [names: string[], char: string, category: number, toned: 0 | 1];
  const data: { categories: string[]; rows: Row[] };
  export default data;
}
