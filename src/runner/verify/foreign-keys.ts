import pg from 'pg';
import type { Finding } from '../../actions/ladder.ts';
import { type Check, type Copy, outcomeOf } from './check.ts';
import { finding } from './findings.ts';
import { qualified } from './tables.ts';
import { counted, listed } from './wording.ts';

/** A foreign key as the catalog has it; columns and operators in the same order. */
export interface ForeignKey {
  readonly name: string;
  readonly child_schema: string;
  readonly child: string;
  readonly child_partitioned: boolean;
  readonly child_columns: readonly string[];
  readonly parent_schema: string;
  readonly parent: string;
  readonly parent_partitioned: boolean;
  readonly parent_columns: readonly string[];
  /** Each compares a parent's column with a child's: what the key itself uses. */
  readonly operators: readonly string[];
  readonly match_full: boolean;
  readonly validated: boolean;
  /** False only from PostgreSQL 18 on, for `NOT ENFORCED`. */
  readonly enforced: boolean;
  /** `PERIOD` keys, from PostgreSQL 18 on, compare ranges. */
  readonly temporal: boolean;
}

const columns = (relation: string, numbers: string): string =>
  `ARRAY(SELECT a.attname::text FROM unnest(${numbers}) WITH ORDINALITY AS k(number, place)
         JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number ORDER BY k.place)`;

/** Keys that partitions have from their parents are left out: the parent's query sees their rows. */
const KEYS = `
  SELECT f.conname AS name, cn.nspname AS child_schema, c.relname AS child, c.relkind = 'p' AS child_partitioned,
         pn.nspname AS parent_schema, p.relname AS parent, p.relkind = 'p' AS parent_partitioned,
         ${columns('f.conrelid', 'f.conkey')} AS child_columns,
         ${columns('f.confrelid', 'f.confkey')} AS parent_columns,
         ARRAY(SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
               FROM unnest(f.conpfeqop) WITH ORDINALITY AS e(operator, place)
               JOIN pg_operator o ON o.oid = e.operator JOIN pg_namespace n ON n.oid = o.oprnamespace
               ORDER BY e.place) AS operators,
         f.confmatchtype = 'f' AS match_full, f.convalidated AS validated,
         COALESCE((to_jsonb(f) ->> 'conenforced')::boolean, true) AS enforced,
         COALESCE((to_jsonb(f) ->> 'conperiod')::boolean, false) AS temporal
  FROM pg_constraint f
  JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
  JOIN pg_class p ON p.oid = f.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
  WHERE f.contype = 'f' AND f.conparentid = 0
  ORDER BY 2, 3, 1`;

/** The rung `foreign-keys`: no row refers to a parent that is not there, whether its key was validated or not. */
export const checkForeignKeys: Check = async (copy) => {
  const { rows: keys } = await copy.pool.query<ForeignKey>(KEYS);
  if (keys.length === 0) return { outcome: 'pass', summary: 'no foreign keys', findings: [] };
  copy.work.plan(keys.length);
  const findings = (await Promise.all(keys.map((key) => checkKey(copy, key)))).flat();
  const unchecked = findings.filter(({ code }) => code === 'foreign_key_unchecked').length;
  const orphaned = findings.filter(({ code }) => code === 'foreign_key_orphans').length;
  const outcome = outcomeOf(findings.filter(({ code }) => code !== 'foreign_key_unchecked'));
  const parts = [
    counted(keys.length, 'foreign key'),
    ...(orphaned > 0 ? [`${orphaned} with orphans`] : []),
    ...(unchecked > 0 ? [`${unchecked} not checked`] : []),
  ];
  return {
    outcome: outcome === 'pass' && unchecked > 0 ? 'not-run' : outcome,
    summary: parts.join(', '),
    findings: [...findings, ...neverValidated(keys, findings)],
  };
};

async function checkKey({ pool, work }: Copy, key: ForeignKey): Promise<Finding[]> {
  const what = `${key.name} of ${key.child_schema}.${key.child}`;
  if (!key.enforced) {
    const text = `${what} is declared NOT ENFORCED; its rows are not checked.`;
    return [finding('note', 'foreign_key_not_enforced', text)];
  }
  if (key.temporal) return [unchecked(what, 'it compares periods')];
  try {
    const { rows } = await pool.query<{ orphans: string }>(orphanQuery(key));
    work.done(`foreign key ${what}`);
    const orphans = Number(rows[0]?.orphans ?? 0);
    if (orphans === 0) return [];
    const unvalidated = key.validated ? '' : ' (the key is NOT VALID, so the server never checked them)';
    const text = `${counted(orphans, 'row')} of ${key.child_schema}.${key.child} lack their parent in ${key.parent_schema}.${key.parent} (${key.name})${unvalidated}.`;
    return [finding('error', 'foreign_key_orphans', text)];
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const timedOut = error.code === '57014';
    return [unchecked(what, timedOut ? 'the query took too long' : `SQLSTATE ${error.code ?? 'unknown'}`)];
  }
}

/**
 * Counts child rows without a parent, by the key's own rule: with MATCH SIMPLE a row with any null is
 * excused, with MATCH FULL only one whose columns are all null. Heirs of a plain table are not bound by it.
 */
export function orphanQuery(key: ForeignKey): string {
  const child = (name: string) => `c.${pg.escapeIdentifier(name)}`;
  const bound = key.child_columns.map((name) => `${child(name)} IS NOT NULL`);
  const equal = key.child_columns.map((name, index) => {
    const parent = pg.escapeIdentifier(key.parent_columns[index] ?? '');
    return `p.${parent} ${key.operators[index] ?? '='} ${child(name)}`;
  });
  const from = (schema: string, name: string, partitioned: boolean) =>
    `${partitioned ? '' : 'ONLY '}${qualified(schema, name)}`;
  return `
    SELECT count(*) AS orphans FROM ${from(key.child_schema, key.child, key.child_partitioned)} c
    WHERE (${bound.join(key.match_full ? ' OR ' : ' AND ')})
      AND NOT EXISTS (SELECT FROM ${from(key.parent_schema, key.parent, key.parent_partitioned)} p
                      WHERE ${equal.join(' AND ')})`;
}

function unchecked(what: string, why: string): Finding {
  return finding('error', 'foreign_key_unchecked', `${what} could not be checked: ${why}.`);
}

function neverValidated(keys: readonly ForeignKey[], findings: readonly Finding[]): Finding[] {
  const names = keys.filter(({ validated, enforced }) => !validated && enforced).map(({ name }) => name);
  if (names.length === 0 || findings.some(({ code }) => code === 'foreign_key_orphans')) return [];
  const text = `Declared NOT VALID and never validated, though no orphans were found: ${listed(names)}.`;
  return [finding('note', 'foreign_key_not_valid', text)];
}
