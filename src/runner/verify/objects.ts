import type { Finding } from '../../actions/ladder.ts';
import type { Copy } from './check.ts';
import { finding } from './findings.ts';
import { counted, listed } from './wording.ts';

const LARGE_OBJECTS = 'SELECT count(*) AS count FROM pg_largeobject_metadata';
const UNPOPULATED = `
  SELECT schemaname || '.' || matviewname AS name FROM pg_matviews WHERE NOT ispopulated ORDER BY 1`;
const INVALID_INDEXES = `
  SELECT n.nspname || '.' || c.relname AS name, c.relkind = 'I' AS partitioned
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND n.nspname !~ '^pg_' ORDER BY 1`;

/** What is not a table and can still be missing or unusable. */
export async function checkObjects({ pool, contents }: Copy): Promise<Finding[]> {
  const [objects, views, indexes] = await Promise.all([
    pool.query<{ count: string }>(LARGE_OBJECTS),
    pool.query<{ name: string }>(UNPOPULATED),
    pool.query<{ name: string; partitioned: boolean }>(INVALID_INDEXES),
  ]);
  const findings: Finding[] = [];
  if (contents?.largeObjects && Number(objects.rows[0]?.count) === 0) {
    const text = 'The backup has large objects, the restored copy has none.';
    findings.push(finding('error', 'large_objects_missing', text));
  }
  if (views.rows.length > 0) {
    const names = views.rows.map(({ name }) => name);
    // pg_dump writes no REFRESH for a view that was not populated when it ran, so this may be the source's state.
    const text = `${counted(names.length, 'materialized view')} not populated: ${listed(names)}. Refresh before use.`;
    findings.push(finding('warning', 'matview_unpopulated', text));
  }
  for (const partitioned of [false, true]) {
    const names = indexes.rows.filter((index) => index.partitioned === partitioned).map(({ name }) => name);
    if (names.length === 0) continue;
    // A partitioned index is also invalid while some partition has none: production may well be like that.
    const severity = partitioned ? 'warning' : 'error';
    const text = `${counted(names.length, 'index', 'indexes')} not valid: ${listed(names)}. Queries do not use them, unique ones do not protect.`;
    findings.push(finding(severity, 'index_invalid', text));
  }
  return findings;
}
