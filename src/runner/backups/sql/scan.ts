import { type CopyData, countCopyData } from './copy-data.ts';
import { createLexer, type Token } from './lexer.ts';
import { readRemark, type SqlHeader } from './remarks.ts';
import { type QualifiedName, readStatement } from './statement.ts';

export interface ScannedTable {
  readonly schema: string;
  readonly name: string;
  /** Null for a table that the text makes but has no COPY data for. */
  rows: number | null;
  bytes: number | null;
}

/** All that a plain-SQL dump says about itself, read from its first byte to its last. */
export interface SqlScan extends SqlHeader {
  /** How often `PostgreSQL database dump` and `… dump complete` stand in it. */
  readonly headers: number;
  readonly trailers: number;
  /** It is the output of pg_dumpall. */
  readonly cluster: boolean;
  readonly tables: readonly ScannedTable[];
  readonly roles: readonly string[];
  readonly extensions: readonly string[];
  /** Databases that it makes or connects to. */
  readonly databases: readonly string[];
  readonly restrictKeys: readonly string[];
  readonly unrestrictKeys: readonly string[];
  /** Other psql commands, and COPY to or from a program: they would run on this host. */
  readonly commands: readonly string[];
  readonly largeObjects: boolean;
  readonly statements: number;
  readonly sizeBytes: number;
  /** What the text was in the middle of when it ended; null when it was in the middle of nothing. */
  readonly endedInside: string | null;
}

/** Statements longer than this in tokens are views and functions, whose beginning says enough. */
const TOKENS_KEPT = 4096;

/** A scanner of plain SQL that keeps no row and no literal: push chunks of any size, then end. */
export function createSqlScanner(): { push(chunk: Buffer): void; end(): SqlScan; seen(): SqlHeader } {
  const header: { -readonly [Key in keyof SqlHeader]: SqlHeader[Key] } = {
    serverVersion: null,
    dumpVersion: null,
    startedAt: null,
    database: null,
  };
  const counts = { headers: 0, trailers: 0, statements: 0, sizeBytes: 0 };
  const flags = { cluster: false, largeObjects: false };
  const tables = new Map<string, ScannedTable>();
  const roles = new Set<string>();
  const extensions = new Set<string>();
  const databases = new Set<string>();
  const commands = new Set<string>();
  const restrictKeys: string[] = [];
  const unrestrictKeys: string[] = [];
  let tokens: Token[] = [];
  let searchPath = 'public';
  let copying: { readonly table: ScannedTable; readonly data: CopyData } | null = null;

  const tableOf = (table: QualifiedName): ScannedTable => {
    const schema = table.schema ?? searchPath;
    const key = JSON.stringify([schema, table.name]);
    const found = tables.get(key) ?? { schema, name: table.name, rows: null, bytes: null };
    tables.set(key, found);
    return found;
  };

  const sawDatabase = (name: string): void => {
    databases.add(name);
    header.database ??= name;
  };

  const lexer = createLexer({
    token: (token) => {
      // The values of INSERT statements are many, and data.
      if (tokens.length < TOKENS_KEPT && !(tokens.length > 4 && /^insert$/i.test(tokens[0]?.text ?? ''))) {
        tokens.push(token);
      }
    },
    statementEnd: () => {
      const statement = readStatement(tokens);
      tokens = [];
      counts.statements += 1;
      for (const role of statement.roles) roles.add(role);
      const { does } = statement;
      if (does.kind === 'extension') extensions.add(does.name);
      if (does.kind === 'database') sawDatabase(does.name);
      if (does.kind === 'program') commands.add('COPY … PROGRAM');
      if (does.kind === 'large-object') flags.largeObjects = true;
      if (does.kind === 'search-path') searchPath = does.schema;
      if (does.kind === 'standard-strings') lexer.setStandardStrings(does.on);
      if (does.kind === 'table') tableOf(does.table);
      if (does.kind !== 'copy') return false;
      copying = { table: tableOf(does.table), data: countCopyData() };
      return true;
    },
    comment: (text) => {
      const remark = readRemark(text);
      if (remark === 'header') counts.headers += 1;
      else if (remark === 'trailer') counts.trailers += 1;
      else if (remark === 'cluster') flags.cluster = true;
      else if (remark)
        for (const [key, value] of Object.entries(remark)) Object.assign(header, { [key]: value });
    },
    meta: (text) => {
      const [command = '', argument = ''] = text.split(/\s+/, 2);
      if (command === '\\restrict') restrictKeys.push(argument);
      else if (command === '\\unrestrict') unrestrictKeys.push(argument);
      else if (command === '\\connect' || command === '\\c') sawDatabase(databaseOf(text, argument));
      else commands.add(command.slice(0, 20));
    },
    copyData: (buffer, from) => {
      if (!copying) return from;
      const { table, data } = copying;
      const end = data.push(buffer, from);
      if (end >= 0) {
        table.rows = (table.rows ?? 0) + data.rows;
        table.bytes = (table.bytes ?? 0) + data.bytes;
        copying = null;
      }
      return end;
    },
  });

  return {
    push: (chunk) => {
      counts.sizeBytes += chunk.length;
      lexer.push(chunk);
    },
    seen: () => header,
    end: () => {
      const state = lexer.end();
      return {
        ...header,
        ...counts,
        ...flags,
        tables: [...tables.values()],
        roles: [...roles].sort(),
        extensions: [...extensions],
        databases: [...databases],
        commands: [...commands],
        restrictKeys,
        unrestrictKeys,
        endedInside: copying
          ? inCopy(copying)
          : (INSIDE[state] ?? (tokens.length > 0 ? 'inside a statement' : null)),
      };
    },
  };
}

const INSIDE: Readonly<Record<string, string>> = {
  string: 'inside a string',
  dollar: 'inside the body of a function',
  'block-comment': 'inside a comment',
  copy: 'inside the data of a table',
  'copy-line': 'before the data of a table',
};

function inCopy({ table, data }: { table: ScannedTable; data: CopyData }): string {
  return `inside the data of table ${table.schema}.${table.name}, after ${data.rows} rows`;
}

/** pg_dump writes `\connect orders`, or `\connect -reuse-previous=on "dbname='orders'"` for odd names. */
function databaseOf(text: string, argument: string): string {
  return (
    /dbname='((?:[^'\\]|\\.)*)'/.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? argument.replaceAll('"', '')
  );
}
