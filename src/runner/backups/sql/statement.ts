import type { Token } from './lexer.ts';

export interface QualifiedName {
  readonly schema: string | null;
  readonly name: string;
}

/** What a statement of a dump is about, as far as a restore must know it before it starts. */
export interface Statement {
  readonly does:
    | { readonly kind: 'copy' | 'table'; readonly table: QualifiedName }
    | { readonly kind: 'extension'; readonly name: string }
    | { readonly kind: 'database'; readonly name: string }
    | { readonly kind: 'standard-strings'; readonly on: boolean }
    /** pg_dump before 2018 set it, and then wrote names without their schema. */
    | { readonly kind: 'search-path'; readonly schema: string }
    | { readonly kind: 'program' | 'large-object' | 'other' };
  /** Roles that must exist for it to work. */
  readonly roles: readonly string[];
}

/** Reads one statement's tokens, without its semicolon. */
export function readStatement(tokens: readonly Token[]): Statement {
  return { does: whatItDoes(tokens), roles: rolesNamed(tokens) };
}

function whatItDoes(tokens: readonly Token[]): Statement['does'] {
  const other = { kind: 'other' } as const;
  switch (keyword(tokens[0])) {
    case 'COPY': {
      if (has(tokens, 'PROGRAM')) return { kind: 'program' };
      const table = qualifiedName(tokens, 1);
      const from = tokens.findIndex((token) => keyword(token) === 'FROM');
      return table && from > 0 && keyword(tokens[from + 1]) === 'STDIN' ? { kind: 'copy', table } : other;
    }
    case 'CREATE':
      return whatItCreates(tokens) ?? other;
    case 'ALTER':
      return has(tokens.slice(1, 3), 'LARGE') ? { kind: 'large-object' } : other;
    case 'SELECT':
      return tokens.slice(1, 4).some(({ text }) => text === 'lo_create' || text === 'lo_open')
        ? { kind: 'large-object' }
        : other;
    case 'SET':
      return whatItSets(tokens) ?? other;
    default:
      return other;
  }
}

function whatItSets(tokens: readonly Token[]): Statement['does'] | null {
  const [, setting, , value] = tokens;
  if (keyword(setting) === 'STANDARD_CONFORMING_STRINGS') {
    return { kind: 'standard-strings', on: keyword(value) !== 'OFF' };
  }
  return keyword(setting) === 'SEARCH_PATH' && isName(value)
    ? { kind: 'search-path', schema: value.text }
    : null;
}

const MODIFIERS = new Set(['UNLOGGED', 'GLOBAL', 'LOCAL', 'OR', 'REPLACE']);

function whatItCreates(tokens: readonly Token[]): Statement['does'] | null {
  let at = 1;
  while (MODIFIERS.has(keyword(tokens[at]))) at += 1;
  const made = keyword(tokens[at]);
  at += 1;
  if (keyword(tokens[at]) === 'IF') at += 3;
  const name = qualifiedName(tokens, at);
  if (!name) return null;
  if (made === 'TABLE') return { kind: 'table', table: name };
  if (made === 'EXTENSION') return { kind: 'extension', name: name.name };
  return made === 'DATABASE' ? { kind: 'database', name: name.name } : null;
}

/** Where role names follow: after these words, in statements that begin with one of those. */
const ROLE_AFTER: Readonly<Record<string, readonly string[]>> = {
  ALTER: ['OWNER TO', 'FOR ROLE', 'GRANT TO', 'REVOKE FROM'],
  GRANT: ['TO'],
  REVOKE: ['FROM'],
  CREATE: ['AUTHORIZATION', 'POLICY TO'],
  SET: ['AUTHORIZATION'],
};
const NOT_ROLES = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER', 'DEFAULT']);

function rolesNamed(tokens: readonly Token[]): string[] {
  const places = ROLE_AFTER[keyword(tokens[0])];
  if (!places) return [];
  const roles: string[] = [];
  tokens.forEach((token, index) => {
    const word = keyword(token);
    const fits = places.some((place) => {
      const [first = '', second] = place.split(' ');
      if (!second) return word === first;
      if (word !== second) return false;
      const before = tokens.slice(0, index);
      return first === 'OWNER' || first === 'FOR' ? keyword(before.at(-1)) === first : has(before, first);
    });
    if (fits) roles.push(...roleList(tokens, index + 1));
  });
  return roles;
}

function roleList(tokens: readonly Token[], from: number): string[] {
  const roles: string[] = [];
  for (let at = from; at < tokens.length; at += 2) {
    const token = tokens[at];
    if (!token || (token.kind !== 'word' && token.kind !== 'quoted')) break;
    if (token.kind === 'quoted' || !NOT_ROLES.has(keyword(token))) roles.push(token.text);
    if (tokens[at + 1]?.text !== ',') break;
  }
  return roles;
}

function qualifiedName(tokens: readonly Token[], at: number): QualifiedName | null {
  const [first, dot, second] = tokens.slice(at, at + 3);
  if (!isName(first)) return null;
  if (dot?.kind === 'symbol' && dot.text === '.' && isName(second)) {
    return { schema: first.text, name: second.text };
  }
  return { schema: null, name: first.text };
}

function isName(token: Token | undefined): token is Token {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

/** The word in capitals; empty for anything that is no bare word. */
function keyword(token: Token | undefined): string {
  return token?.kind === 'word' ? token.text.toUpperCase() : '';
}

function has(tokens: readonly Token[], word: string): boolean {
  return tokens.some((token) => keyword(token) === word);
}
