import type { Inline, Part } from './nodes.ts';

/** Reads the common Markdown of the `markdown` block: headings, lists, fences, quotes, tables, rules, inline styles. */
export function parseMarkdown(text: string): Part[] {
  const parts: Part[] = [];
  const lines = text.split('\n');
  while (lines.length > 0) {
    const part = nextPart(lines);
    if (part) parts.push(part);
  }
  return parts;
}

/** Takes the lines of one part off the front. */
function nextPart(lines: string[]): Part | undefined {
  const line = lines.shift() ?? '';
  if (line.trim() === '') return undefined;
  if (/^\s*```/.test(line)) {
    const body = takeWhile(lines, (one) => !/^\s*```/.test(one));
    lines.shift();
    return { type: 'pre', text: body.join('\n') };
  }
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return { type: 'heading', level: heading[1]?.length ?? 1, children: inline(heading[2] ?? '') };
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return { type: 'rule' };
  if (/^\s*>/.test(line)) {
    const quoted = [line, ...takeWhile(lines, (one) => /^\s*>/.test(one))];
    return {
      type: 'quote',
      parts: parseMarkdown(quoted.map((one) => one.replace(/^\s*> ?/, '')).join('\n')),
    };
  }
  const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(line);
  if (item) {
    const marker = (item[1] ?? '') + (/\d/.test(item[2] ?? '') ? item[2] : '•');
    return { type: 'item', marker, children: inline(item[3] ?? '') };
  }
  if (line.includes('|') && /^\s*\|?\s*:?-{2,}/.test(lines[0] ?? '')) {
    lines.shift();
    const rows = [line, ...takeWhile(lines, (one) => one.includes('|'))];
    return { type: 'table', rows: rows.map((row) => cells(row).map(inline)) };
  }
  const more = takeWhile(
    lines,
    (one) => one.trim() !== '' && !/^\s*(```|#{1,6}\s|>|[-*+]\s|\d+[.)]\s)/.test(one),
  );
  const children = [line, ...more].flatMap((one, index): Inline[] => [
    ...(index > 0 ? [{ type: 'break' } as const] : []),
    ...inline(one.trim()),
  ]);
  return { type: 'paragraph', children };
}

function takeWhile(lines: string[], fits: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

const cells = (row: string) =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

const RULES: readonly (readonly [RegExp, (found: RegExpExecArray) => Inline])[] = [
  [/^`([^`]+)`/, ([, text = '']) => ({ type: 'code', text })],
  [/^\*\*(?=\S)(.+?)(?<=\S)\*\*/, ([, text = '']) => ({ type: 'bold', children: inline(text) })],
  [/^__(?=\S)(.+?)(?<=\S)__/, ([, text = '']) => ({ type: 'bold', children: inline(text) })],
  [/^~~(?=\S)(.+?)(?<=\S)~~/, ([, text = '']) => ({ type: 'strike', children: inline(text) })],
  [/^\*(?=\S)([^*]+?)(?<=\S)\*/, ([, text = '']) => ({ type: 'italic', children: inline(text) })],
  [/^_(?=\S)([^_]+?)(?<=\S)_(?!\w)/, ([, text = '']) => ({ type: 'italic', children: inline(text) })],
  [/^!?\[([^\]]*)\]\((\S+?)\)/, ([, text = '', url = '']) => link(url, text)],
  [/^<(https?:[^>\s]+)>/, ([, url = '']) => link(url, url)],
  [/^<@([UW][A-Z0-9]+)>/, ([, id = '']) => ({ type: 'user', id })],
  [/^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>/, ([, id = '']) => ({ type: 'channel', id })],
  [/^https?:\/\/[^\s<>)]+[^\s<>).,;:!?]/, ([url]) => link(url, url)],
  [
    /^:([a-z0-9_+'-]*[a-z1][a-z0-9_+'-]*(?:::skin-tone-[2-6])?):/,
    ([, name = '']) => ({ type: 'emoji', name }),
  ],
];

const link = (url: string, text: string): Inline =>
  /^(https?|mailto):/.test(url)
    ? { type: 'link', url, children: [{ type: 'text', text: text || url }] }
    : { type: 'text', text };

function inline(text: string): Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  const flush = () => {
    if (plain) nodes.push({ type: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const inWord = /\w$/.test(plain);
    const rule = RULES.map(([pattern, make]) => ({ found: pattern.exec(rest), make })).find(
      ({ found }) => found && !(inWord && /^[_*:h]/.test(found[0])),
    );
    if (rule?.found) {
      flush();
      nodes.push(rule.make(rule.found));
      at += rule.found[0].length;
    } else {
      plain += rest[0];
      at += 1;
    }
  }
  flush();
  return nodes;
}
