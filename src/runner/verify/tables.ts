import pg from 'pg';
import type { Copy } from './check.ts';

/** One table of the restored copy, with its exact rows. */
export interface CountedTable {
  readonly schema: string;
  readonly name: string;
  /** Of a partitioned table the sum of its partitions. */
  readonly rows: number;
  /** A partitioned table holds no rows itself. */
  readonly partitioned: boolean;
  /** Made by an extension, not by the application. */
  readonly ofExtension: boolean;
}

interface CatalogRow {
  readonly schema: string;
  readonly name: string;
  readonly partitioned: boolean;
  readonly of_extension: boolean;
}

const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned,
         EXISTS (SELECT FROM pg_depend d
                 WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') AS of_extension
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  ORDER BY pg_relation_size(c.oid) DESC, 1, 2`;

/** Counts the rows of every table, the largest first, as many at a time as there are connections. */
export async function countTables({ pool, work }: Copy): Promise<CountedTable[]> {
  const { rows } = await pool.query<CatalogRow>(TABLES);
  work.plan(rows.length);
  return Promise.all(
    rows.map(async ({ schema, name, partitioned, of_extension: ofExtension }) => {
      // A table's heirs are tables of their own and are counted there; a partitioned one is its partitions.
      const from = `${partitioned ? '' : 'ONLY '}${qualified(schema, name)}`;
      const counted = await pool.query<{ count: string }>(`SELECT count(*) AS count FROM ${from}`);
      work.done(`rows of ${schema}.${name}`);
      return { schema, name, partitioned, ofExtension, rows: Number(counted.rows[0]?.count ?? 0) };
    }),
  );
}

/** `"public"."Order"`, exact whatever the names hold. */
export function qualified(schema: string, name: string): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

/** The table of a name with or without a schema; `ambiguous` when public has none and several others do. */
export function findTable<Table extends { readonly schema: string; readonly name: string }>(
  tables: readonly Table[],
  wanted: string,
): Table | 'ambiguous' | null {
  const exact = tables.find(({ schema, name }) => `${schema}.${name}` === wanted);
  if (exact) return exact;
  const named = tables.filter(({ name }) => name === wanted);
  const inPublic = named.find(({ schema }) => schema === 'public');
  if (inPublic) return inPublic;
  return named.length > 1 ? 'ambiguous' : (named[0] ?? null);
}
