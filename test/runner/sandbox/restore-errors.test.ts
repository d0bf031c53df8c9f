import { describe, expect, test } from '@jest/globals';
import { collectErrors, readPgRestoreLine } from '../../../src/runner/sandbox/pg-restore-output.ts';
import { classifyRestoreError, summarise } from '../../../src/runner/sandbox/restore-errors.ts';
import { readPsqlLine } from '../../../src/runner/sandbox/restore-sql.ts';

const classify = (message: string) => classifyRestoreError({ message, at: null });

describe('what an error of a restore means', () => {
  test.each([
    ['unrecognized configuration parameter "transaction_timeout"', 'setting_unknown', 'harmless'],
    ['unrecognized configuration parameter "idle_session_timeout"', 'setting_unknown', 'harmless'],
    ['unrecognized configuration parameter "pgroonga.log_path"', 'setting_unknown', 'backup'],
    ['schema "public" already exists', 'schema_public_exists', 'harmless'],
    ['schema "shop" already exists', 'object_exists', 'backup'],
    ['relation "orders" already exists', 'object_exists', 'backup'],
    ['constraint "a" for relation "b" already exists', 'object_exists', 'backup'],
    ['multiple primary keys for table "orders" are not allowed', 'object_exists', 'backup'],
    ['relation "public.orders" does not exist', 'object_missing', 'backup'],
    ['function public.total(integer, text[]) does not exist', 'object_missing', 'backup'],
    ['type "public.geometry" does not exist', 'object_missing', 'backup'],
    ['column "x" of relation "y" does not exist', 'object_missing', 'backup'],
    ['role "app" does not exist', 'role_missing', 'backup'],
    ['extension "postgis" is not available', 'extension_missing', 'host'],
    ['could not access file "$libdir/postgis-3": No such file or directory', 'extension_missing', 'host'],
    [
      'could not open extension control file "/usr/share/x/extension/vector.control": No such file',
      'extension_missing',
      'host',
    ],
    ['could not extend file "base/1/2": No space left on device', 'disk_full', 'host'],
    ['could not extend file "base/1/2": wrote only 4096 of 8192 bytes at block 7', 'disk_full', 'host'],
    ['out of memory', 'memory_full', 'host'],
    ['server closed the connection unexpectedly', 'server_lost', 'host'],
    ['canceling statement due to statement timeout', 'server_lost', 'host'],
    ['a worker process died unexpectedly', 'restore_stopped', 'host'],
    ['permission denied to change owner of event trigger "watch"', 'owner_not_superuser', 'backup'],
    ['permission denied for schema x', 'permission_denied', 'backup'],
    ['insert or update on table "a" violates foreign key constraint "b"', 'foreign_key_violated', 'backup'],
    ['could not create unique index "a_pkey"', 'duplicate_rows', 'backup'],
    ['duplicate key value violates unique constraint "a_pkey"', 'duplicate_rows', 'backup'],
    ['check constraint "c" of relation "a" is violated by some row', 'constraint_violated', 'backup'],
    ['new row for relation "a" violates check constraint "c"', 'constraint_violated', 'backup'],
    [
      'null value in column "c" of relation "a" violates not-null constraint',
      'constraint_violated',
      'backup',
    ],
    ['invalid byte sequence for encoding "UTF8": 0xff', 'data_invalid', 'backup'],
    ['syntax error at or near "TABEL"', 'statement_unknown', 'backup'],
    ['could not read from input file: end of file', 'archive_damaged', 'backup'],
    ['unsupported version (1.16) in file header', 'archive_damaged', 'backup'],
    ['backslash commands are restricted; only \\unrestrict is allowed', 'psql_command', 'backup'],
  ])('%s', (message, code, cause) => {
    const { finding, cause: seen } = classify(message);
    expect([finding.code, seen]).toEqual([code, cause]);
    expect(finding.severity).toBe(cause === 'harmless' ? 'warning' : 'error');
  });

  test.each([
    'invalid input syntax for type integer: "alice@example.org"',
    'value too long for type character varying(10): alice@example.org',
    'date/time field value out of range: "alice@example.org"',
    'malformed array literal: "alice@example.org"',
    'no customer called alice@example.org',
    'extra data after last expected column: alice@example.org',
  ])('no value is repeated: %s', (message) => {
    expect(classify(message).finding.text).not.toContain('alice');
  });

  test('an unknown error names its place only', () => {
    const { finding, cause } = classifyRestoreError({ message: 'whatever', at: 'TABLE DATA orders' });
    expect(cause).toBe('backup');
    expect(finding).toMatchObject({
      code: 'restore_error',
      text: expect.stringContaining('at TABLE DATA orders;'),
    });
  });

  test('errors that say the same become one finding with their number', () => {
    const role = classify('role "app" does not exist');
    expect(summarise([role, classify('role "other" does not exist'), role, role])).toEqual([
      { ...role.finding, text: `${role.finding.text} (3 times)` },
      expect.objectContaining({ text: expect.stringContaining('The role other') }),
    ]);
  });
});

describe('reading pg_restore', () => {
  test('errors get their item, details and SQL are passed over, the count is read', () => {
    const errors = collectErrors();
    const lines = [
      'pg_restore: connecting to database for restore',
      'pg_restore: while PROCESSING TOC:',
      'pg_restore: from TOC entry 215; 1259 16397 TABLE users bob',
      'pg_restore: error: could not execute query: ERROR:  role "bob" does not exist',
      'Command was: ALTER TABLE public.users OWNER TO bob;',
      'pg_restore: from TOC entry 3344; 0 16397 TABLE DATA users bob',
      'pg_restore: error: COPY failed for table "users": ERROR:  invalid input syntax for type integer: "x"',
      'CONTEXT:  COPY users, line 1, column id: "x"',
      'DETAIL:  ERROR:  not an error of pg_restore',
      'pg_restore: warning: errors ignored on restore: 2',
    ];
    for (const line of lines) errors.add(readPgRestoreLine(line));
    expect(errors.errors).toEqual([
      { message: 'role "bob" does not exist', at: 'TABLE users' },
      { message: 'invalid input syntax for type integer: "x"', at: 'TABLE DATA users' },
    ]);
    expect(errors.unseen()).toBe(0);
    errors.add({ kind: 'ignored', count: 3 });
    expect(errors.unseen()).toBe(1);
  });

  test('an item that fails in a worker is counted once more by pg_restore itself', () => {
    const errors = collectErrors();
    const lines = [
      'pg_restore: error: could not execute query: ERROR:  relation "t" already exists',
      'pg_restore: entering main parallel loop',
      'pg_restore: from TOC entry 3344; 0 16397 TABLE DATA users bob',
      'pg_restore: error: COPY failed for table "users": ERROR:  out of memory',
      'pg_restore: warning: errors ignored on restore: 3',
    ];
    for (const line of lines) errors.add(readPgRestoreLine(line));
    expect(errors.unseen()).toBe(0);
    errors.add({ kind: 'ignored', count: 4 });
    expect(errors.unseen()).toBe(1);
  });

  test('items are followed by their beginning and end', () => {
    expect(readPgRestoreLine('pg_restore: launching item 3344 TABLE DATA users')).toEqual({
      kind: 'begun',
      item: 'TABLE DATA users',
    });
    expect(readPgRestoreLine('pg_restore: finished item 3350 INDEX users_mail')).toEqual({
      kind: 'finished',
      item: 'INDEX users_mail',
    });
    expect(readPgRestoreLine('pg_restore: implied data-only restore')).toEqual({ kind: 'other' });
  });
});

describe('reading psql', () => {
  test('errors are read, everything that may quote a row is not', () => {
    expect(readPsqlLine('psql:<stdin>:120: ERROR:  relation "a" already exists')).toEqual({
      message: 'relation "a" already exists',
      at: 'line 120',
    });
    expect(readPsqlLine('psql:<stdin>:7: error: backslash commands are restricted')).toEqual({
      message: 'backslash commands are restricted',
      at: 'line 7',
    });
    expect(readPsqlLine('psql: error: connection to server on socket "x" failed')).toEqual({
      message: 'connection to server on socket "x" failed',
      at: null,
    });
    for (const line of [
      'DETAIL:  Key (mail)=(a@b) exists.',
      'psql:<stdin>:3: WARNING:  there is no transaction',
      '',
    ]) {
      expect(readPsqlLine(line)).toBeNull();
    }
  });
});
