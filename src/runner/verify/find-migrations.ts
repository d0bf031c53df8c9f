import type { Copy } from './check.ts';
import { MIGRATION_TOOLS, type MigrationTool, plainTool, VERSION_COLUMNS } from './migration-tools.ts';
import { findTable, qualified } from './tables.ts';

/** What one migration table of the restored copy says. */
export interface FoundMigrations {
  readonly tool: string;
  /** `public.alembic_version`. */
  readonly table: string;
  readonly heads: readonly string[];
  readonly unfinished: readonly string[];
  readonly locked: boolean;
}

interface TableColumns {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

const CANDIDATES = `
  SELECT n.nspname AS schema, c.relname AS name, array_agg(a.attname::text) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND (c.relname = ANY ($1) OR c.relname = $2 OR n.nspname || '.' || c.relname = $2)
  GROUP BY 1, 2 ORDER BY 1, 2`;

/** Reads every migration table that is known by name and shape, or the one that the configuration names. */
export async function findMigrations(copy: Copy): Promise<FoundMigrations[]> {
  const wanted = copy.expected.migration?.table;
  const names = MIGRATION_TOOLS.flatMap(({ table, lock }) => [table, ...(lock ? [lock.table] : [])]);
  const { rows } = await copy.pool.query<TableColumns>(CANDIDATES, [names, wanted ?? '']);
  const chosen = wanted === undefined ? rows : [findTable(rows, wanted)].filter(isTable);
  const found = chosen.flatMap((table) => {
    const tool = toolOf(table) ?? (wanted === undefined ? null : unknownTool(table));
    return tool ? [read(copy, table, tool, rows)] : [];
  });
  return Promise.all(found);
}

function isTable(found: TableColumns | 'ambiguous' | null): found is TableColumns {
  return found !== null && found !== 'ambiguous';
}

function toolOf({ name, columns }: TableColumns): MigrationTool | null {
  const fits = (tool: MigrationTool) =>
    tool.table === name && tool.columns.every((column) => columns.includes(column));
  return MIGRATION_TOOLS.find(fits) ?? null;
}

function unknownTool({ name, columns }: TableColumns): MigrationTool | null {
  const column = VERSION_COLUMNS.find((candidate) => columns.includes(candidate));
  return column === undefined ? null : plainTool(name, column);
}

async function read(
  { pool }: Copy,
  { schema, name }: TableColumns,
  tool: MigrationTool,
  tables: readonly TableColumns[],
): Promise<FoundMigrations> {
  const ask = async <Row extends Record<string, unknown>>(query: string, table: string): Promise<Row[]> =>
    (await pool.query<Row>(query.replaceAll('$table', () => qualified(schema, table)))).rows;
  const lock =
    tool.lock && tables.some((table) => table.schema === schema && table.name === tool.lock?.table);
  const [heads, unfinished, locks] = await Promise.all([
    ask<{ head: string | null }>(tool.heads, name),
    tool.unfinished ? ask<{ name: string }>(tool.unfinished, name) : [],
    lock && tool.lock ? ask<{ locked: boolean | null }>(tool.lock.query, tool.lock.table) : [],
  ]);
  return {
    tool: tool.tool,
    table: `${schema}.${name}`,
    heads: heads.flatMap(({ head }) => (head === null ? [] : [head])),
    unfinished: unfinished.map((row) => row.name),
    locked: locks.some(({ locked }) => locked === true),
  };
}
