import type { FindingCode } from '../verify/findings.ts';
import { missingExtension } from './extensions.ts';
import type { Cause } from './restore-errors.ts';

/** What one kind of message means. */
export interface Rule {
  readonly pattern: RegExp;
  readonly code: FindingCode;
  readonly cause: Cause;
  /** What to say, from names only: `groups` never hold a row's value. */
  readonly say: (groups: readonly string[]) => string;
}

/** Preambles of newer clients that set nothing a restore depends on. */
const HARMLESS_SETTINGS =
  'transaction_timeout|idle_in_transaction_session_timeout|idle_session_timeout|default_table_access_method|row_security';
const KIND =
  'relation|table|view|materialized view|index|sequence|schema|type|domain|function|procedure|aggregate|operator|operator class|operator family|language|collation|conversion|text search (?:configuration|dictionary|parser|template)|trigger|rule|policy|constraint|column|publication|subscription|server|foreign-data wrapper|event trigger|statistics object|cast|access method|user mapping';

/** In this order the first that fits speaks. */
export const RULES: readonly Rule[] = [
  rule(
    new RegExp(`^unrecognized configuration parameter "(${HARMLESS_SETTINGS})"$`),
    'setting_unknown',
    'harmless',
    ([name]) =>
      `This server does not know the setting ${name}, which newer client programs always send; the data does not depend on it.`,
  ),
  rule(
    /^unrecognized configuration parameter "([\w.]+)"$/,
    'setting_unknown',
    'backup',
    ([name]) =>
      `The dump sets ${name}, which this server does not know: restore with the PostgreSQL version and extensions it was made with.`,
  ),
  rule(
    /^schema "public" already exists$/,
    'schema_public_exists',
    'harmless',
    () => 'The dump creates the schema public, which every new database has.',
  ),
  rule(/^extension "([\w-]+)" is not available$/, 'extension_missing', 'host', ([name]) =>
    missingExtension(name),
  ),
  rule(
    /^could not open extension control file ".*\/([\w-]+)\.control"/,
    'extension_missing',
    'host',
    ([name]) => missingExtension(name),
  ),
  rule(/^could not access file "(?:\$libdir\/)?([\w./-]+)"/, 'extension_missing', 'host', ([name]) =>
    missingExtension(name),
  ),
  rule(
    /^extension "([\w-]+)" has no installation script/,
    'extension_missing',
    'host',
    ([name]) => `${missingExtension(name)} Another version of it is installed than the dump asks for.`,
  ),
  rule(
    /No space left on device|disk quota exceeded|wrote only \d+ of \d+ bytes/i,
    'disk_full',
    'host',
    () =>
      'The sandbox’s disk ran full. Make room, or set sandbox.directory to a larger disk, and restore again.',
  ),
  rule(
    /^(?:out of memory|out of shared memory|could not resize shared memory|cannot allocate memory)/i,
    'memory_full',
    'host',
    () => 'The throwaway server ran out of memory. Free memory, or set fewer jobs, and restore again.',
  ),
  rule(
    /^a worker process died unexpectedly/,
    'restore_stopped',
    'host',
    () =>
      'A worker of pg_restore was killed: most often the host ran out of memory. Restore again with fewer jobs.',
  ),
  rule(
    /server closed the connection|terminating connection|connection to server (?:.*failed|was lost)|no connection to the server|the database system is |could not receive data from|could not send data to|SSL SYSCALL|canceling statement/i,
    'server_lost',
    'host',
    () =>
      'The connection to the throwaway server broke. Its log is beside the sandbox on the host; restore again.',
  ),
  rule(
    /^permission denied to (?:change owner of|create) (event trigger|foreign-data wrapper) "(.+)"$/,
    'owner_not_superuser',
    'backup',
    ([kind, name]) => `The ${kind} ${name} belongs to a role that must be a superuser and is not one here.`,
  ),
  rule(
    /^role "(.+)" does not exist$/,
    'role_missing',
    'backup',
    ([name]) =>
      `The role ${name} could not be made beforehand: what belongs to it, or is granted to it, is lost.`,
  ),
  rule(
    /^tablespace "(.+)" does not exist$/,
    'tablespace_missing',
    'backup',
    ([name]) => `The dump wants the tablespace ${name}. Dump with --no-tablespaces.`,
  ),
  rule(
    /^invalid value for parameter "default_tablespace"/,
    'tablespace_missing',
    'backup',
    () => 'The dump wants a tablespace that a sandbox does not have. Dump with --no-tablespaces.',
  ),
  rule(
    new RegExp(`^(${KIND}) "(.+)" (?:for (?:relation|table|domain) "(.+)" )?already exists`),
    'object_exists',
    'backup',
    ([kind, name]) => `The dump creates the ${kind} ${name} twice.`,
  ),
  rule(
    /^multiple primary keys for table "(.+)" are not allowed$/,
    'object_exists',
    'backup',
    ([name]) => `The dump gives ${name} two primary keys.`,
  ),
  rule(
    /^column "(.+)" of relation "(.+)" does not exist$/,
    'object_missing',
    'backup',
    ([column, table]) => `The dump needs the column ${column} of ${table}, which it does not create.`,
  ),
  rule(
    new RegExp(`^(${KIND}) "(.+)" does not exist$`),
    'object_missing',
    'backup',
    ([kind, name]) => `The dump needs the ${kind} ${name}, which it does not create.`,
  ),
  rule(
    /^(function|procedure|aggregate|operator) ([\w."]+(?:\([\w\s.,"[\]]*\))?) does not exist$/,
    'object_missing',
    'backup',
    ([kind, name]) => `The dump needs the ${kind} ${name}, which it does not create.`,
  ),
  rule(
    /^insert or update on table "(.+)" violates foreign key constraint "(.+)"$/,
    'foreign_key_violated',
    'backup',
    ([table, key]) =>
      `Rows of ${table} lack the parents that ${key} asks for: rows are missing from the backup, or the source held orphans.`,
  ),
  rule(
    /^(?:could not create unique index|duplicate key value violates unique constraint) "(.+)"$/,
    'duplicate_rows',
    'backup',
    ([name]) => `Rows are there twice: the unique index ${name} does not hold.`,
  ),
  rule(
    /^null value in column "(.+)" of relation "(.+)" violates not-null constraint$/,
    'constraint_violated',
    'backup',
    ([column, table]) => `The column ${column} of ${table} holds nulls that it must not.`,
  ),
  rule(
    /^(?:check constraint|new row for relation) "(.+)" (?:of relation "(?:.+)" is violated by some row|violates (?:check|partition) constraint.*)$/,
    'constraint_violated',
    'backup',
    ([name]) => `Rows break a constraint: ${name}.`,
  ),
  rule(
    /^invalid byte sequence for encoding "([\w-]+)"/,
    'data_invalid',
    'backup',
    ([encoding]) => `The backup holds bytes that are no ${encoding}.`,
  ),
  rule(
    /^(?:invalid input syntax for|value too long for|date\/time field value|numeric field overflow|malformed \w+ literal|missing data for column|extra data after last expected column|character with byte sequence|unterminated|.* out of range)/,
    'data_invalid',
    'backup',
    () =>
      'A value of the backup does not fit its column: the dump is damaged, or was changed by hand. The restore’s log on the host names the table.',
  ),
  rule(
    /^backslash commands are restricted/,
    'psql_command',
    'backup',
    () =>
      'The dump holds commands of psql itself, such as \\connect, \\copy or \\!, which pg_dump does not write and which are not run here.',
  ),
  rule(
    /^syntax error at or near/,
    'statement_unknown',
    'backup',
    () =>
      'The server does not understand a statement of the dump: it is damaged, or made for another version.',
  ),
  rule(
    /^(?:permission denied|must be (?:superuser|owner|member))/,
    'permission_denied',
    'backup',
    () => 'A statement of the dump was not allowed; the restore’s log on the host names it.',
  ),
  rule(
    /could not (?:read from input file|uncompress|find block|read|seek)|unexpected (?:end of file|section header|data offset|block ID)|corrupt|magic string|input file (?:does not appear|is too short)|unsupported version/i,
    'archive_damaged',
    'backup',
    () => 'pg_restore could not read the archive to its end: it is cut off or damaged.',
  ),
];

function rule(pattern: RegExp, code: FindingCode, cause: Cause, say: Rule['say']): Rule {
  return { pattern, code, cause, say };
}
