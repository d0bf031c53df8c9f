import { createLexer, type Token } from '../sql/lexer.ts';
import { readStatement, type Statement } from '../sql/statement.ts';
import type { BackupContents, TableContents } from '../staged.ts';
import type { ArchiveToc, TocEntry } from './toc.ts';
import type { DataBlock } from './walk.ts';

/**
 * What a restore of the archive brings and needs. Rows go to the table that the COPY statement names:
 * with `--load-via-partition-root` that is not the item's own.
 */
export function inventory({ entries }: ArchiveToc, blocks: readonly DataBlock[] = []): BackupContents {
  const found = new Map(blocks.map((block) => [block.entry.id, block]));
  const tables = new Map<string, TableContents>();
  const add = (schema: string, name: string, bytes: number | null, rows: number | null): void => {
    const key = JSON.stringify([schema, name]);
    const before = tables.get(key);
    tables.set(key, { schema, name, bytes: sum(before?.bytes, bytes), rows: sum(before?.rows, rows) });
  };
  for (const entry of entries) {
    if (entry.kind === 'TABLE') add(entry.schema ?? '', entry.tag, null, null);
    if (entry.kind !== 'TABLE DATA') continue;
    const to = copyTarget(entry);
    const block = found.get(entry.id);
    add(to.schema ?? entry.schema ?? '', to.name, block?.storedBytes ?? null, block?.rows ?? null);
  }
  return {
    tables: [...tables.values()],
    roles: rolesOf(entries),
    extensions: entries.filter(({ kind }) => kind === 'EXTENSION').map(({ tag }) => tag),
    items: entries.length,
    largeObjects: entries.some(({ kind, data }) => kind.startsWith('BLOB') && data !== 'none'),
  };
}

/** The database that `pg_dump --create` would make, as the table of contents names it. */
export function createdDatabase({ entries }: ArchiveToc): string | null {
  return entries.find(({ kind }) => kind === 'DATABASE')?.tag ?? null;
}

function sum(one: number | null | undefined, other: number | null): number | null {
  return one == null ? other : one + (other ?? 0);
}

function copyTarget(entry: TocEntry): { schema: string | null; name: string } {
  const does = entry.copy ? statementsOf(entry.copy)[0]?.does : undefined;
  return does?.kind === 'copy' ? does.table : { schema: entry.schema, name: entry.tag };
}

function rolesOf(entries: readonly TocEntry[]): string[] {
  const roles = new Set<string>();
  for (const { owner, definition } of entries) {
    if (owner) roles.add(owner);
    for (const statement of definition ? statementsOf(definition) : []) {
      for (const role of statement.roles) roles.add(role);
    }
  }
  return [...roles].sort();
}

function statementsOf(sql: string): Statement[] {
  const statements: Statement[] = [];
  let tokens: Token[] = [];
  const lexer = createLexer({
    token: (token) => tokens.push(token),
    statementEnd: () => {
      statements.push(readStatement(tokens));
      tokens = [];
      return false;
    },
    comment: () => {},
    meta: () => {},
    copyData: (_, from) => from,
  });
  lexer.push(Buffer.from(sql));
  lexer.end();
  return statements;
}
