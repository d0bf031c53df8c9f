import { fullNameOf, nameOf } from '../people/names.ts';
import type { Workspace } from '../state/state.ts';
import { unescapeText } from '../text/escape.ts';

type Names = readonly (readonly [typed: string, stored: string])[];

/**
 * What a person typed, with `@Ana Duarte`, `@db-approvers`, `@here` and `#incident` turned into Slack's references.
 * Escaping and plain addresses are left to the server, as in Slack.
 */
export function withReferences(text: string, workspace: Workspace): string {
  const groups = [...workspace.groups.values()].map(
    ({ id, handle }) => [`@${handle}`, `<!subteam^${id}|@${handle}>`] as const,
  );
  const rooms = [...workspace.channels.values()].flatMap(({ id, name }) =>
    name ? [[`#${name}`, `<#${id}|${name}>`] as const] : [],
  );
  const all = ['here', 'channel', 'everyone'].map((word) => [`@${word}`, `<!${word}>`] as const);
  return replaceNames(text, [...peopleNames(workspace, (id) => `<@${id}>`), ...groups, ...rooms, ...all]);
}

/** A slash command's text, with people by their handles (`@ana`): the app's setting decides what becomes of them. */
export function withHandles(text: string, workspace: Workspace): string {
  return replaceNames(
    text,
    peopleNames(workspace, (_, name) => `@${name}`),
  );
}

/** A stored text as it was typed, for editing it. */
export function asTyped(text: string, { users, groups }: Workspace): string {
  const typed = text.replace(/<([^<>]+)>/g, (whole, inner: string) => {
    const [target = '', label = ''] = inner.split('|');
    if (target.startsWith('@')) return `@${nameOf(users.get(target.slice(1)), target.slice(1))}`;
    if (target.startsWith('#')) return `#${label || target.slice(1)}`;
    const group = /^!subteam\^(.+)$/.exec(target)?.[1];
    if (group) return `@${groups.get(group)?.handle ?? group}`;
    if (target.startsWith('!')) return `@${target.slice(1)}`;
    return label === '' ? target : whole;
  });
  return unescapeText(typed);
}

function peopleNames({ users }: Workspace, stored: (id: string, name: string) => string): Names {
  return [...users.values()].flatMap((user) =>
    [nameOf(user), fullNameOf(user), user.name].map(
      (name) => [`@${name}`, stored(user.id, user.name)] as const,
    ),
  );
}

/** Replaces every name that stands alone, the longest first, but nothing inside code. */
function replaceNames(text: string, names: Names): string {
  const longestFirst = names.toSorted((a, b) => b[0].length - a[0].length);
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : replaceIn(part, longestFirst)))
    .join('');
}

function replaceIn(text: string, names: Names): string {
  return text.replace(/(?<![\p{L}\p{N}<|])[@#][^@#]*/gu, (rest) => {
    const name = names.find(([typed]) => startsWithName(rest, typed));
    return name ? name[1] + rest.slice(name[0].length) : rest;
  });
}

const startsWithName = (text: string, name: string) =>
  text.toLowerCase().startsWith(name.toLowerCase()) && !/^[\p{L}\p{N}_-]/u.test(text.slice(name.length));
