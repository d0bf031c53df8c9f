import type { Canonical } from '../audit/canonical.ts';
import type { Command } from '../config/command.ts';
import { type Refused, refused } from '../operation/move.ts';

/** What was typed, as a value: nothing downstream sees Slack's text. */
export interface Parsed {
  readonly kind: 'parsed';
  readonly command: Command;
  readonly target: string;
  readonly args: Readonly<Record<string, { readonly type: string; readonly value: Canonical }>>;
  readonly reason: string | null;
}

/** Arguments that every command takes. */
const RESERVED = ['dry-run', 'break-glass'] as const;

/**
 * Reads `/restore` and `test orders backup=latest`. The target is the first bare word; the rest is
 * `name=value`, or the bare name of a flag.
 */
export function parse(slash: string, text: string, commands: readonly Command[]): Parsed | Refused {
  const tokens = tokenise(text);
  const command = longestMatch(slash, tokens, commands);
  if (command === undefined) {
    return refused('unknown_command', {
      typed: `${slash} ${text}`.trim(),
      commands: commands.map(({ title }) => `\`${title}\``).join(', '),
    });
  }
  return readArguments(command, tokens.slice(command.words.length));
}

function longestMatch(
  slash: string,
  tokens: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  return commands
    .filter(
      ({ name, words }) => name === slash && words.every((word, n) => tokens[n]?.toLowerCase() === word),
    )
    .sort((a, b) => b.words.length - a.words.length)[0];
}

function readArguments(command: Command, tokens: readonly string[]): Parsed | Refused {
  const given = new Map<string, string>();
  const about = { command: command.title, example: command.examples[0] ?? command.title };
  for (const token of tokens) {
    const { name, value } = nameAndValue(command, token, given);
    if (RESERVED.some((word) => word === name))
      return refused('not_supported_yet', { ...about, argument: name });
    if (name !== 'reason' && name !== 'ticket' && !command.args.some((arg) => arg.name === name)) {
      const known = command.args.map((arg) => `\`${arg.name}\``).join(', ');
      return refused('unknown_argument', { ...about, typed: token, arguments: known });
    }
    if (given.has(name)) return refused('argument_twice', { ...about, argument: name });
    given.set(name, value);
  }
  const missing = command.args.find(
    (arg) => !given.has(arg.name) && arg.default === null && arg.type !== 'flag',
  );
  if (missing !== undefined) return refused('missing_argument', { ...about, argument: missing.name });
  return {
    kind: 'parsed',
    command,
    target: given.get(targetName(command)) ?? '',
    args: Object.fromEntries(
      command.args.map(({ name, type, default: fallback }) => [
        name,
        { type, value: type === 'flag' ? given.has(name) : (given.get(name) ?? fallback) },
      ]),
    ),
    reason: given.get('reason') ?? null,
  };
}

function targetName(command: Command): string {
  return command.args.find(({ type }) => type === 'target')?.name ?? 'target';
}

function nameAndValue(
  command: Command,
  token: string,
  given: ReadonlyMap<string, string>,
): { name: string; value: string } {
  const equals = token.indexOf('=');
  if (equals > 0) return { name: token.slice(0, equals).toLowerCase(), value: token.slice(equals + 1) };
  const flag = command.args.find(({ name, type }) => type === 'flag' && name === token.toLowerCase());
  if (flag !== undefined) return { name: flag.name, value: 'true' };
  const target = targetName(command);
  return given.has(target) || RESERVED.some((word) => word === token)
    ? { name: token, value: 'true' }
    : { name: target, value: token };
}

/** Splits at blanks outside quotes, after undoing what Slack and phones do to typed text. */
function tokenise(text: string): string[] {
  const plain = text
    .replace(/<([^>|]+)(\|[^>]*)?>/g, '$1')
    .replace(/[\u201c\u201d\u201e]/g, '"')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u2013\u2014]/g, '--')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
  const tokens = plain.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
  return tokens.map((token) => token.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
