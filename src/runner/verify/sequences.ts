import pg from 'pg';
import type { Finding } from '../../actions/ladder.ts';
import { type Check, type Copy, outcomeOf } from './check.ts';
import { finding } from './findings.ts';
import { qualified } from './tables.ts';
import { counted } from './wording.ts';

interface Link {
  readonly sequence_schema: string;
  readonly sequence: string;
  readonly table_schema: string;
  readonly table: string;
  readonly column: string;
  readonly ascending: boolean;
  /** A repeated value would be refused, not just ugly. */
  readonly unique: boolean;
}

/**
 * Sequences and the integer columns that they fill: by ownership (serial, identity) and by column defaults,
 * which is how sequences that several tables share, or that were made by hand, are found. Partitions are
 * seen through their parents; sequences that cycle repeat on purpose.
 */
const LINKS = `
  WITH linked AS (
    SELECT d.objid AS sequence, d.refobjid AS "table", d.refobjsubid AS "column"
    FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    SELECT d.refobjid, a.adrelid, a.adnum
    FROM pg_attrdef a
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
      AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
    WHERE pg_get_expr(a.adbin, a.adrelid) ~ '^nextval\\(''([^'']|'''')*''::regclass\\)$'
  )
  SELECT sn.nspname AS sequence_schema, s.relname AS sequence, tn.nspname AS table_schema,
         t.relname AS "table", a.attname AS "column", q.seqincrement > 0 AS ascending,
         EXISTS (SELECT FROM pg_index i
                 WHERE i.indrelid = t.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
                   AND i.indpred IS NULL) AS "unique"
  FROM linked l
  JOIN pg_class s ON s.oid = l.sequence AND s.relkind = 'S'
  JOIN pg_sequence q ON q.seqrelid = s.oid AND NOT q.seqcycle
  JOIN pg_namespace sn ON sn.oid = s.relnamespace
  JOIN pg_class t ON t.oid = l."table" AND t.relkind IN ('r', 'p') AND NOT t.relispartition
  JOIN pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = l."column" AND NOT a.attisdropped
  JOIN pg_type y ON y.oid = a.atttypid
  WHERE COALESCE(NULLIF(y.typbasetype, 0), y.oid) IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
  ORDER BY 1, 2, 3, 4, 5`;

/** The rung `sequences`: no sequence would next hand out a value that its column holds already. */
export const checkSequences: Check = async (copy) => {
  const { rows: links } = await copy.pool.query<Link>(LINKS);
  if (links.length === 0) return { outcome: 'pass', summary: 'no sequence fills a column', findings: [] };
  copy.work.plan(links.length);
  const findings = (await Promise.all(links.map((link) => checkLink(copy, link)))).flat();
  const sequences = new Set(links.map((link) => qualified(link.sequence_schema, link.sequence)));
  const unread = findings.some(({ code }) => code === 'sequence_unreadable');
  const outcome = outcomeOf(findings.filter(({ code }) => code !== 'sequence_unreadable'));
  return {
    outcome: outcome === 'pass' && unread ? 'not-run' : outcome,
    summary: `${counted(sequences.size, 'sequence')} over ${counted(links.length, 'column')}`,
    findings,
  };
};

async function checkLink({ pool, work }: Copy, link: Link): Promise<Finding[]> {
  const sequence = `${link.sequence_schema}.${link.sequence}`;
  const column = `${link.table_schema}.${link.table}.${link.column}`;
  try {
    const { rows } = await pool.query<{ behind: boolean | null }>(behindQuery(link));
    work.done(`sequence ${sequence}`);
    if (!rows[0]?.behind) return [];
    const what = link.unique
      ? 'the next insert takes a value that is there already and fails'
      : 'the next inserts repeat values that are there already';
    const text = `${sequence} is behind ${column}: ${what}. Set it with setval before use.`;
    return [finding(link.unique ? 'error' : 'warning', 'sequence_behind', text)];
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const text = `${sequence} and ${column} could not be compared (SQLSTATE ${error.code ?? 'unknown'}).`;
    return [finding('error', 'sequence_unreadable', text)];
  }
}

function behindQuery(link: Link): string {
  const column = pg.escapeIdentifier(link.column);
  const [extreme, comparison] = link.ascending ? ['max', '>='] : ['min', '<='];
  return `
    SELECT (SELECT ${extreme}(${column})::numeric FROM ${qualified(link.table_schema, link.table)})
           ${comparison} CASE WHEN s.is_called THEN s.last_value + q.seqincrement ELSE s.last_value END AS behind
    FROM ${qualified(link.sequence_schema, link.sequence)} s, pg_sequence q
    WHERE q.seqrelid = ${pg.escapeLiteral(qualified(link.sequence_schema, link.sequence))}::regclass`;
}
