import type { Finding } from '../../actions/ladder.ts';

/**
 * Every code that the rungs `restore`, `counts`, `migration`, `sequences` and `foreign-keys` may give,
 * with what it means. `docs/verification.md` explains each; a test holds the two together.
 */
export const FINDING_CODES = {
  archive_damaged: 'pg_restore could not read the archive to its end',
  constraint_violated: 'restored rows break a constraint of their own table',
  data_invalid: 'a value could not be read as its column’s type or encoding',
  disk_full: 'the sandbox’s disk ran full',
  duplicate_rows: 'a unique index could not be built over the restored rows',
  extension_missing: 'the database needs an extension that this host does not have',
  foreign_key_violated: 'a foreign key could not be added because rows lack their parents',
  locale_missing: 'the database’s locale is not installed on this host, so text sorts otherwise here',
  memory_full: 'the throwaway server ran out of memory',
  object_exists: 'the dump creates the same thing twice',
  object_missing: 'the dump refers to something that it does not create',
  owner_not_superuser: 'an event trigger or foreign-data wrapper belongs to a role that is no superuser here',
  permission_denied: 'a statement of the dump was not allowed',
  psql_command: 'the dump holds commands of psql itself, which are not run',
  restore_error: 'an error that has no code of its own; its words are in the restore’s log on the host',
  restore_errors_uncounted: 'pg_restore counted more errors than it showed',
  restore_stopped: 'the restore program ended early without naming an error',
  role_missing: 'a role that the dump needs could not be made beforehand',
  roles_created: 'roles that the dump needs were made in the sandbox, without a login',
  schema_public_exists: 'the dump creates the schema public, which is there already; harmless',
  server_lost: 'the connection to the throwaway server broke',
  setting_unknown: 'the dump sets a parameter that this server does not know',
  statement_unknown: 'the server does not understand a statement of the dump',
  subscriptions_left_out: 'subscriptions were left out: a copy must not follow another server',
  tablespace_missing: 'the dump places something in a tablespace that a sandbox does not have',
  user_mappings_left_out: 'user mappings were left out: a copy must not log in to other servers',

  index_invalid: 'an index is marked invalid and would not be used',
  large_objects_missing: 'the backup has large objects, the restored copy has none',
  matview_unpopulated: 'a materialized view is not populated',
  rows_below_minimum: 'a table holds fewer rows than the configured minimum',
  rows_differ: 'a table holds another number of rows than the backup',
  rows_none: 'there are tables, but not one row in any of them',
  table_ambiguous: 'a configured table name exists in several schemas and not in public',
  table_missing: 'a table that the backup or the configuration names is not there',
  tables_empty: 'tables without any row',
  tables_none: 'there is no table at all',

  migration_differs: 'the newest migration is another one than expected',
  migration_expectation: 'the expected migration could not be found out',
  migration_locked: 'the migration tool’s lock is still held in the backup',
  migration_none: 'the migration table holds no applied migration',
  migration_table_missing: 'no migration table was found',
  migration_unfinished: 'a migration failed or was never finished',

  sequence_behind: 'a sequence would hand out values that its column holds already',
  sequence_unreadable: 'a sequence or its column could not be looked at',

  foreign_key_not_enforced: 'a foreign key is declared as not enforced',
  foreign_key_not_valid: 'a foreign key was never validated; its rows were checked here',
  foreign_key_orphans: 'rows refer to parents that do not exist',
  foreign_key_unchecked: 'a foreign key could not be checked',

  check_failed: 'the check itself broke',
  check_timed_out: 'the check took longer than it may',
} as const satisfies Readonly<Record<string, string>>;

export type FindingCode = keyof typeof FINDING_CODES;

export function finding(severity: Finding['severity'], code: FindingCode, text: string): Finding {
  return { severity, code, text };
}
