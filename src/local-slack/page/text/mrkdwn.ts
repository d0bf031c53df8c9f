import { unescapeText } from './escape.ts';
import type { Inline, Part } from './nodes.ts';

/**
 * Reads Slack's mrkdwn (`*bold*`, `_italic_`, `~strike~`, `code`, fences, `>` quotes, `<…>` references, `:emoji:`).
 * The input is escaped as Slack sends it (`&amp; &lt; &gt;`). Lists have no syntax in mrkdwn: a line that brings its own
 * bullet keeps it.
 */
export function parseMrkdwn(text: string): Part[] {
  const parts: Part[] = [];
  const pieces = text.split('```');
  for (const [index, piece] of pieces.entries()) {
    const closed = index < pieces.length - 1;
    if (index % 2 === 1 && closed)
      parts.push({ type: 'pre', text: unescapeText(piece.replace(/^\n|\n$/g, '')) });
    else parts.push(...lines(index % 2 === 1 ? `\`\`\`${piece}` : trimAround(piece, index > 0, closed)));
  }
  return parts;
}

/** Reads mrkdwn within one line, as in a field's label or a button's confirmation. */
export function parseInline(text: string): Inline[] {
  const nodes: Inline[] = [];
  let rest = 0;
  const flush = (until: number) => {
    if (until > rest) nodes.push(...autolinks(text.slice(rest, until)));
  };
  for (let at = 0; at < text.length; ) {
    const found = tokenAt(text, at);
    if (!found) {
      at += 1;
      continue;
    }
    flush(at);
    nodes.push(found.node);
    at += found.length;
    rest = at;
  }
  flush(text.length);
  return nodes;
}

const trimAround = (text: string, after: boolean, before: boolean) =>
  text.slice(after && text.startsWith('\n') ? 1 : 0, before && text.endsWith('\n') ? -1 : undefined);

function lines(text: string): Part[] {
  if (text === '') return [];
  const parts: Part[] = [];
  let quoted: string[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (quoted.length > 0) parts.push({ type: 'quote', parts: lines(quoted.join('\n')) });
    if (paragraph.length > 0) parts.push({ type: 'paragraph', children: withBreaks(paragraph) });
    quoted = [];
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const item = /^(\s*(?:[•◦▪-]|\d{1,2}[.)]))\s+(.*)$/.exec(line);
    if (quote) {
      if (quoted.length === 0) flush();
      quoted.push(quote[1] ?? '');
    } else if (item) {
      flush();
      parts.push({ type: 'item', marker: item[1] ?? '', children: parseInline(item[2] ?? '') });
    } else {
      if (quoted.length > 0) flush();
      paragraph.push(line);
    }
  }
  flush();
  return parts;
}

function withBreaks(all: readonly string[]): Inline[] {
  return parseInline(all.join('\n')).flatMap(function split(node): Inline[] {
    if ('children' in node) return [{ ...node, children: node.children.flatMap(split) }];
    if (node.type !== 'text') return [node];
    return node.text
      .split('\n')
      .flatMap((piece, index): Inline[] => [
        ...(index > 0 ? [{ type: 'break' } as const] : []),
        ...(piece ? [{ type: 'text', text: piece } as const] : []),
      ]);
  });
}

interface Token {
  readonly node: Inline;
  readonly length: number;
}

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

function tokenAt(text: string, at: number): Token | undefined {
  const sign = text[at];
  const before = text[at - 1];
  if (sign === '<') return referenceAt(text, at);
  if (sign === ':') return emojiAt(text, at);
  if (before !== undefined && /[\p{L}\p{N}]/u.test(before)) return undefined;
  if (sign === '`') {
    const found = /^`([^`\n]+)`/.exec(text.slice(at));
    return found?.[1]
      ? { node: { type: 'code', text: unescapeText(found[1]) }, length: found[0].length }
      : undefined;
  }
  if (sign !== '*' && sign !== '_' && sign !== '~') return undefined;
  const end = closing(text, at, sign);
  if (end === undefined) return undefined;
  const children = parseInline(text.slice(at + 1, end));
  return { node: { type: STYLES[sign], children }, length: end + 1 - at };
}

/** The index of the sign that ends a style: on the same line, not after a space, not before a letter or digit. */
function closing(text: string, at: number, sign: string): number | undefined {
  if (/\s|^$/.test(text[at + 1] ?? '') || text[at + 1] === sign) return undefined;
  for (let end = at + 2; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '`') {
      const code = /^`[^`\n]+`/.exec(text.slice(end));
      if (code) end += code[0].length - 1;
      continue;
    }
    const fits =
      text[end] === sign && !/\s/.test(text[end - 1] ?? '') && !/[\p{L}\p{N}]/u.test(text[end + 1] ?? '');
    if (fits) return end;
  }
  return undefined;
}

function emojiAt(text: string, at: number): Token | undefined {
  const found = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):(?::(skin-tone-[2-6]):)?/.exec(
    text.slice(at, at + 80),
  );
  if (!found?.[1] || !/[a-z]|^[+-]1|^100$/.test(found[1])) return undefined;
  const name = found[2] ? `${found[1]}::${found[2]}` : found[1];
  return { node: { type: 'emoji', name }, length: found[0].length };
}

function referenceAt(text: string, at: number): Token | undefined {
  const found = /^<([^<>\n]+)>/.exec(text.slice(at));
  if (!found?.[1]) return undefined;
  const [target = '', ...labels] = found[1].split('|');
  const label = labels.join('|');
  const node = reference(target, label);
  return node && { node, length: found[0].length };
}

function reference(target: string, label: string): Inline | undefined {
  const labelled = label ? { label: unescapeText(label) } : {};
  if (/^@[UW]/.test(target)) return { type: 'user', id: target.slice(1), ...labelled };
  if (/^#[CGD]/.test(target)) return { type: 'channel', id: target.slice(1), ...labelled };
  const group = /^!subteam\^([A-Z0-9]+)$/.exec(target);
  if (group?.[1]) return { type: 'group', id: group[1], ...labelled };
  const date = /^!date\^(-?\d+)\^([^^]*)(?:\^(.+))?$/.exec(target);
  if (date?.[1] && date[2] !== undefined)
    return {
      type: 'date',
      at: Number(date[1]),
      format: unescapeText(date[2]),
      fallback: unescapeText(label),
      ...(date[3] ? { url: unescapeText(date[3]) } : {}),
    };
  if (target.startsWith('!'))
    return { type: 'broadcast', range: label ? unescapeText(label) : target.slice(1) };
  if (!/^(https?|mailto|tel|ftp):/.test(target)) return undefined;
  const url = unescapeText(target);
  const shown = label || target.replace(/^(mailto|tel):/, '');
  return {
    type: 'link',
    url,
    children: label ? parseStyles(shown) : [{ type: 'text', text: unescapeText(shown) }],
  };
}

/** A link's label may be styled but holds no further link. */
const parseStyles = (label: string): Inline[] => parseInline(label).filter((node) => node.type !== 'link');

function autolinks(text: string): Inline[] {
  const nodes: Inline[] = [];
  let rest = 0;
  for (const found of text.matchAll(/\bhttps?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]'"]/g)) {
    if (found.index > rest) nodes.push({ type: 'text', text: unescapeText(text.slice(rest, found.index)) });
    nodes.push({
      type: 'link',
      url: unescapeText(found[0]),
      children: [{ type: 'text', text: unescapeText(found[0]) }],
    });
    rest = found.index + found[0].length;
  }
  if (rest < text.length) nodes.push({ type: 'text', text: unescapeText(text.slice(rest)) });
  return nodes;
}
