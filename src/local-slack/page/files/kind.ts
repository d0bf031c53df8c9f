import type { SlackFile } from '../state/model.ts';

const NAMES: Readonly<Record<string, string>> = {
  json: 'JSON',
  text: 'Plain text',
  txt: 'Plain text',
  markdown: 'Markdown',
  yaml: 'YAML',
  sql: 'SQL',
  csv: 'CSV',
  pdf: 'PDF',
  gzip: 'Gzip archive',
};

export const kindOf = ({ filetype, mimetype }: SlackFile): string =>
  NAMES[filetype ?? ''] ?? ((filetype ?? '') || (mimetype ?? '') || 'File').toUpperCase();

export const isImage = ({ mimetype }: SlackFile): boolean =>
  /^image\/(png|jpe?g|gif|webp|avif)$/.test(mimetype ?? '');

export const isText = ({ mimetype, filetype, mode }: SlackFile): boolean =>
  mode === 'snippet' ||
  /^text\/|json|yaml|xml|javascript|sql/.test(mimetype ?? '') ||
  /^(json|text|txt|log|sql|ya?ml|csv|markdown|md)$/.test(filetype ?? '');

/** Bytes as a person reads them, in steps of 1,000 as Slack has it. */
export function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, '')} ${units[step]}`;
}
