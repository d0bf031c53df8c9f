/** Where a migration tool keeps what it has applied, and how to ask. `$table` stands for the quoted table. */
export interface MigrationTool {
  readonly tool: string;
  readonly table: string;
  /** Columns by which its table is told from another tool's of the same name. */
  readonly columns: readonly string[];
  /** Rows of one column `head`: the newest applied migration, or each branch's. */
  readonly heads: string;
  /** Rows of one column `name`: migrations that failed or never finished. */
  readonly unfinished?: string;
  /** A row of one column `locked`. */
  readonly lock?: { readonly table: string; readonly query: string };
}

/** The highest version: as a number where all are numbers (`9` before `10`), else as text. */
const highest = (column: string) => `
  SELECT ${column}::text AS head FROM $table
  ORDER BY CASE WHEN ${column}::text ~ '^[0-9]+$' THEN ${column}::text::numeric END DESC NULLS LAST, ${column}::text DESC
  LIMIT 1`;
const last = (column: string, order: string, where = '') =>
  `SELECT ${column}::text AS head FROM $table ${where} ORDER BY ${order} DESC LIMIT 1`;

/** More telling tables before less telling ones of the same name. */
export const MIGRATION_TOOLS: readonly MigrationTool[] = [
  {
    tool: 'Alembic',
    table: 'alembic_version',
    columns: ['version_num'],
    heads: 'SELECT version_num AS head FROM $table ORDER BY 1',
  },
  {
    tool: 'Prisma',
    table: '_prisma_migrations',
    columns: ['migration_name', 'finished_at', 'rolled_back_at'],
    heads: last(
      'migration_name',
      'migration_name',
      'WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    ),
    unfinished:
      'SELECT migration_name AS name FROM $table WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY 1',
  },
  {
    tool: 'golang-migrate',
    table: 'schema_migrations',
    columns: ['version', 'dirty'],
    heads: highest('version'),
    unfinished: 'SELECT version::text AS name FROM $table WHERE dirty ORDER BY 1',
  },
  { tool: 'schema_migrations', table: 'schema_migrations', columns: ['version'], heads: highest('version') },
  {
    tool: 'Flyway',
    table: 'flyway_schema_history',
    columns: ['installed_rank', 'version', 'success'],
    heads: last('version', 'installed_rank', 'WHERE success AND version IS NOT NULL'),
    unfinished:
      'SELECT COALESCE(version, description) AS name FROM $table WHERE NOT success ORDER BY installed_rank',
  },
  {
    tool: 'Django',
    table: 'django_migrations',
    columns: ['app', 'name', 'applied'],
    heads: "SELECT app || '.' || max(name) AS head FROM $table GROUP BY app ORDER BY 1",
  },
  {
    tool: 'Knex',
    table: 'knex_migrations',
    columns: ['name', 'batch'],
    heads: last('name', 'id'),
    lock: { table: 'knex_migrations_lock', query: 'SELECT bool_or(is_locked = 1) AS locked FROM $table' },
  },
  { tool: 'node-pg-migrate', table: 'pgmigrations', columns: ['name', 'run_on'], heads: last('name', 'id') },
  { tool: 'Sequelize', table: 'SequelizeMeta', columns: ['name'], heads: last('name', 'name') },
  {
    tool: 'TypeORM',
    table: 'migrations',
    columns: ['timestamp', 'name'],
    heads: last('name', '"timestamp"'),
  },
  { tool: 'Laravel', table: 'migrations', columns: ['migration', 'batch'], heads: last('migration', 'id') },
  {
    tool: 'Liquibase',
    table: 'databasechangelog',
    columns: ['id', 'orderexecuted'],
    heads: last('id', 'orderexecuted'),
    lock: { table: 'databasechangeloglock', query: 'SELECT bool_or(locked) AS locked FROM $table' },
  },
  {
    tool: 'sqlx',
    table: '_sqlx_migrations',
    columns: ['version', 'success'],
    heads: highest('version'),
    unfinished: 'SELECT version::text AS name FROM $table WHERE NOT success ORDER BY 1',
  },
  { tool: 'Diesel', table: '__diesel_schema_migrations', columns: ['version'], heads: highest('version') },
  {
    tool: 'goose',
    table: 'goose_db_version',
    columns: ['version_id', 'is_applied'],
    heads: last('version_id', 'id', 'WHERE is_applied'),
  },
  {
    tool: 'Drizzle',
    table: '__drizzle_migrations',
    columns: ['hash', 'created_at'],
    heads: last('hash', 'created_at'),
  },
  {
    tool: 'Entity Framework',
    table: '__EFMigrationsHistory',
    columns: ['MigrationId'],
    heads: last('"MigrationId"', '"MigrationId"'),
  },
];

/** For a configured table of no known tool: one of these columns holds the version. */
export const VERSION_COLUMNS = [
  'version',
  'version_num',
  'version_id',
  'migration_name',
  'migration',
  'name',
  'id',
];

/** A tool of nobody's: the highest value of one column. */
export function plainTool(table: string, column: string): MigrationTool {
  const quoted = `"${column.replaceAll('"', '""')}"`;
  return { tool: table, table, columns: [column], heads: highest(quoted) };
}
