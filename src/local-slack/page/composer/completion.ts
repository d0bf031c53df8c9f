import { type Emoji, searchEmoji } from '../emoji/find.ts';
import { fullNameOf, groupsOf, nameOf } from '../people/names.ts';
import type { Workspace } from '../state/state.ts';

/** One thing that the composer offers to write. */
export interface Suggestion {
  readonly key: string;
  /** Replaces the text from `from` to the caret. */
  readonly insert: string;
  readonly label: string;
  readonly hint: string;
  readonly detail: string;
  readonly glyph?: string;
  readonly person?: { readonly color: string | null; readonly app: boolean };
}

export interface Completion {
  readonly kind: 'command' | 'mention' | 'channel' | 'emoji';
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
}

const MOST = 8;

/** What can complete the text before the caret. Undefined when nothing fits. Pure. */
export function complete(
  text: string,
  caret: number,
  workspace: Workspace,
  emoji: readonly Emoji[],
): Completion | undefined {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/.exec(before);
  if (command) return found('command', 0, commands(workspace, command[1] ?? ''));
  const mention = /(?:^|[\s(])@([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]*)?)$/u.exec(before);
  if (mention)
    return found('mention', caret - (mention[1] ?? '').length - 1, mentions(workspace, mention[1] ?? ''));
  const channel = /(?:^|[\s(])#([\p{L}\p{N}_-]*)$/u.exec(before);
  if (channel)
    return found('channel', caret - (channel[1] ?? '').length - 1, rooms(workspace, channel[1] ?? ''));
  const name = /(?:^|[\s(]):([a-z0-9_+-]{2,})$/i.exec(before);
  if (name?.[1]) return found('emoji', caret - name[1].length - 1, glyphs(emoji, name[1]));
  return undefined;
}

/** The command that the text begins with, for showing its arguments while they are typed. */
export function commandBeing(text: string, workspace: Workspace) {
  const word = /^(\/\S+)\s/.exec(text)?.[1];
  return workspace.apps.flatMap(({ commands }) => commands).find(({ command }) => command === word);
}

const found = (kind: Completion['kind'], from: number, suggestions: Suggestion[]): Completion | undefined =>
  suggestions.length > 0 ? { kind, from, suggestions: suggestions.slice(0, MOST) } : undefined;

function commands({ apps }: Workspace, typed: string): Suggestion[] {
  return apps
    .flatMap((app) => app.commands.map((command) => ({ app, command })))
    .filter(({ command }) => command.command.slice(1).startsWith(typed.toLowerCase()))
    .sort((a, b) => a.command.command.localeCompare(b.command.command))
    .map(({ app, command }) => ({
      key: `${app.id}${command.command}`,
      insert: `${command.command} `,
      label: command.command,
      hint: command.usage_hint ?? '',
      detail: [command.description, app.name].filter(Boolean).join(' · '),
    }));
}

function mentions(workspace: Workspace, typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  const fits = (...names: string[]) =>
    names.some((name) =>
      name
        .toLowerCase()
        .split(/[\s._-]+/)
        .some((_, index, words) => words.slice(index).join(' ').startsWith(wanted)),
    );
  const people = [...workspace.users.values()]
    .filter((user) => !user.deleted && fits(nameOf(user), fullNameOf(user), user.name))
    .map((user) => ({
      key: user.id,
      insert: `@${nameOf(user)} `,
      label: nameOf(user),
      hint: user.profile.title ?? '',
      detail: groupsOf(user, workspace).join(' '),
      person: { color: user.color ?? null, app: Boolean(user.is_bot) },
    }));
  const groups = [...workspace.groups.values()]
    .filter(({ handle, name }) => fits(handle.replaceAll('-', ' '), name) || handle.startsWith(wanted))
    .map(({ id, handle, name, users }) => ({
      key: id,
      insert: `@${handle} `,
      label: `@${handle}`,
      hint: name,
      detail: `${users?.length ?? 0} people`,
      glyph: 'busts_in_silhouette',
    }));
  const everyone = ['here', 'channel']
    .filter((word) => wanted && word.startsWith(wanted))
    .map((word) => ({
      key: word,
      insert: `@${word} `,
      label: `@${word}`,
      hint: word === 'here' ? 'Everyone online in this channel' : 'Everyone in this channel',
      detail: '',
      glyph: 'loudspeaker',
    }));
  return [...people, ...groups, ...everyone];
}

const rooms = ({ channels }: Workspace, typed: string): Suggestion[] =>
  [...channels.values()].flatMap(({ id, name, topic }) =>
    name?.startsWith(typed.toLowerCase())
      ? [{ key: id, insert: `#${name} `, label: `#${name}`, hint: topic?.value ?? '', detail: '' }]
      : [],
  );

const glyphs = (emoji: readonly Emoji[], typed: string): Suggestion[] =>
  searchEmoji(emoji, typed, MOST).map(({ name }) => ({
    key: name,
    insert: `:${name}: `,
    label: `:${name}:`,
    hint: '',
    detail: '',
    glyph: name,
  }));
