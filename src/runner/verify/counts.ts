import type { Finding } from '../../actions/ladder.ts';
import type { VerifyConfig } from '../../config/runner-config.ts';
import type { BackupContents } from '../backups/staged.ts';
import { type Check, outcomeOf } from './check.ts';
import { finding } from './findings.ts';
import { checkObjects } from './objects.ts';
import { type CountedTable, countTables, findTable } from './tables.ts';
import { counted, grouped, listed } from './wording.ts';

/**
 * The rung `counts`: every table is there with exactly the rows that decoding saw, none of the configured
 * ones is too empty, and large objects, materialized views and indexes are whole.
 */
export const checkCounts: Check = async (copy) => {
  const tables = await countTables(copy);
  const findings = [
    ...judgeTables(tables, copy.contents),
    ...judgeMinimums(tables, copy.expected.tables),
    ...(await checkObjects(copy)),
  ];
  const rows = tables.reduce((sum, table) => sum + (table.partitioned ? 0 : table.rows), 0);
  const compared = countCompared(tables, copy.contents);
  const exact = compared > 0 ? `, ${grouped(compared)} compared with the backup` : '';
  const summary = `${counted(tables.length, 'table')}, ${counted(rows, 'row')}${exact}`;
  return { outcome: outcomeOf(findings), summary, findings };
};

/** Emptiness, and every difference between what the backup held and what was restored. */
export function judgeTables(tables: readonly CountedTable[], contents: BackupContents | null): Finding[] {
  const own = tables.filter(({ partitioned, ofExtension }) => !partitioned && !ofExtension);
  if (own.length === 0) {
    return [
      finding(
        'error',
        'tables_none',
        'There is not one table: the backup is of an empty database, or nothing was restored.',
      ),
    ];
  }
  const empty = own.filter(({ rows }) => rows === 0).map(label);
  const findings = (contents?.tables ?? []).flatMap((table) => compare(tables, table));
  if (empty.length === own.length) {
    const text = `All ${counted(own.length, 'table')} are empty: the backup holds a schema and no data.`;
    return [...findings, finding('error', 'rows_none', text)];
  }
  if (empty.length === 0) return findings;
  return [...findings, finding('note', 'tables_empty', `Without any row: ${listed(empty)}.`)];
}

/** The fewest rows that the configuration wants in a table. */
export function judgeMinimums(tables: readonly CountedTable[], minimums: VerifyConfig['tables']): Finding[] {
  return Object.entries(minimums).flatMap(([wanted, minimum]) => {
    const table = findTable(tables, wanted);
    if (table === 'ambiguous') {
      const text = `${wanted} exists in several schemas: write schema.${wanted} under verify.tables.`;
      return [finding('error', 'table_ambiguous', text)];
    }
    if (table === null)
      return [finding('error', 'table_missing', `The required table ${wanted} is not there.`)];
    if (table.rows >= minimum) return [];
    const text = `${label(table)} has ${counted(table.rows, 'row')}, at least ${grouped(minimum)} are required.`;
    return [finding('error', 'rows_below_minimum', text)];
  });
}

function compare(
  tables: readonly CountedTable[],
  { schema, name, rows }: BackupContents['tables'][number],
): Finding[] {
  const table = tables.find((table) => table.name === name && (table.schema === schema || !schema));
  if (!table) {
    return [
      finding(
        'error',
        'table_missing',
        `The backup has the table ${label({ schema, name })}, the restored copy does not.`,
      ),
    ];
  }
  if (rows === null || rows === table.rows) return [];
  const text = `${label(table)} has ${counted(table.rows, 'row')}, the backup has ${grouped(rows)}.`;
  return [finding('error', 'rows_differ', text)];
}

function countCompared(tables: readonly CountedTable[], contents: BackupContents | null): number {
  const known = (contents?.tables ?? []).filter(({ rows }) => rows !== null);
  return known.filter(({ schema, name }) =>
    tables.some((table) => table.name === name && (table.schema === schema || !schema)),
  ).length;
}

function label({ schema, name }: { readonly schema: string | null; readonly name: string }): string {
  return schema ? `${schema}.${name}` : name;
}
