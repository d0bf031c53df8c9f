import { fullNameOf, nameOf } from '../people/names.ts';
import type { Workspace } from '../state/state.ts';
import { escapeText } from '../text/escape.ts';

/**
 * What a person typed, as Slack stores it: `&<>` escaped, and `@Ana Duarte`, `@db-approvers`, `@here`, `#incident`
 * turned into references. What was already a reference stays one.
 */
export function encodeText(text: string, workspace: Workspace): string {
  const names = referenceTable(workspace);
  const kept = text.split(
    /(<(?:[@#][A-Z0-9]+|![^<>\s]+|https?:[^<>\s]+)(?:\|[^<>]*)?>|```[\s\S]*?```|`[^`\n]+`)/,
  );
  return kept.map((part, index) => (index % 2 ? keep(part) : encodePart(part, names))).join('');
}

const keep = (part: string) => (part.startsWith('`') ? escapeText(part) : part);

function encodePart(text: string, names: readonly (readonly [string, string])[]): string {
  let out = '';
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    const inWord = /[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 1), at));
    const found =
      (sign === '@' || sign === '#') && !inWord
        ? names.find(([name]) => startsWithName(text.slice(at), name))
        : undefined;
    out += found ? found[1] : escapeText(text[at] ?? '');
    at += found ? found[0].length : 1;
  }
  return out;
}

const startsWithName = (text: string, name: string) =>
  text.toLowerCase().startsWith(name.toLowerCase()) && !/^[\p{L}\p{N}_-]/u.test(text.slice(name.length));

/** What can be typed → its reference, the longest first, so that `@Ana Duarte` wins over `@Ana`. */
function referenceTable({ users, channels, groups }: Workspace): (readonly [string, string])[] {
  const people = [...users.values()].flatMap((user) =>
    [nameOf(user), fullNameOf(user), user.name].map((name) => [`@${name}`, `<@${user.id}>`] as const),
  );
  const teams = [...groups.values()].map(
    ({ id, handle }) => [`@${handle}`, `<!subteam^${id}|@${handle}>`] as const,
  );
  const rooms = [...channels.values()].flatMap(({ id, name }) =>
    name ? [[`#${name}`, `<#${id}|${name}>`] as const] : [],
  );
  const all = (['here', 'channel', 'everyone'] as const).map((word) => [`@${word}`, `<!${word}>`] as const);
  return [...people, ...teams, ...rooms, ...all].sort((a, b) => b[0].length - a[0].length);
}
