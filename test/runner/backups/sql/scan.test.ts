import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeSql } from '../../../../src/runner/backups/sql/judge.ts';
import { createSqlScanner, type SqlScan } from '../../../../src/runner/backups/sql/scan.ts';
import { type Dumps, ROWS, refusalOf, startDumps } from '../dumps.ts';

let dumps: Dumps;
let sql: Buffer;
beforeAll(async () => {
  dumps = await startDumps();
  sql = await readFile(await dumps.dump('shop.sql'));
});
afterAll(() => dumps.stop());

function scan(bytes: Buffer, size = bytes.length): SqlScan {
  const scanner = createSqlScanner();
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  return scanner.end();
}

const judged = async (bytes: Buffer | string) => judgeSql(scan(Buffer.from(bytes)));
const framed = (body: string) =>
  `--\n-- PostgreSQL database dump\n--\n${body}\n--\n-- PostgreSQL database dump complete\n--\n`;

describe('a plain dump', () => {
  test('is read to its end, its rows are counted and no literal fools it', async () => {
    const found = scan(sql);
    judgeSql(found);
    expect(found).toMatchObject({ headers: 1, trailers: 1, endedInside: null, databases: [], commands: [] });
    expect(found.serverVersion).toMatch(/^15\.\d+$/);
    const counted = found.tables.filter(({ rows }) => rows !== null);
    expect(Object.fromEntries(counted.map(({ name, rows }) => [name, rows]))).toEqual(ROWS);
    expect(found.roles).toEqual(['Odd "Role', 'postgres', 'reader', 'shop_owner']);
    expect(found.extensions).toEqual(['pg_trgm']);
    expect(found.largeObjects).toBe(true);
  });

  test('is the same in chunks of any size', () => {
    const small = sql.subarray(0, 40_000);
    const whole = scan(small);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (size) => {
        expect(scan(small, size)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('made with --inserts, --create and --clean is whole, and names its database', async () => {
    const made = await readFile(
      await dumps.dump('made.sql', '--inserts', '--create', '--clean', '--if-exists'),
    );
    const found = scan(made);
    judgeSql(found);
    expect(found.databases).toEqual(['shop']);
    expect(found.tables.every(({ rows }) => rows === null)).toBe(true);
  });
});

describe('a plain dump that was cut', () => {
  test('at any line is refused, inside COPY with the table and its rows so far', async () => {
    const lines: number[] = [];
    for (let at = sql.indexOf(10); at >= 0; at = sql.indexOf(10, at + 1)) lines.push(at + 1);
    const trailer = sql.indexOf('-- PostgreSQL database dump complete');
    const before = lines.filter((at) => at > 60 && at <= trailer);
    const step = Math.ceil(before.length / 40);
    for (const at of before.filter((_, index) => index % step === 0)) {
      expect(await refusalOf(judged(sql.subarray(0, at)))).toMatchObject({ code: 'backup_truncated' });
    }
    const copy = sql.indexOf('COPY public.orders');
    const tenth = lines.filter((at) => at > copy)[10];
    expect((await refusalOf(judged(sql.subarray(0, tenth)))).message).toMatch(
      /inside the data of table public\.orders, after 10 rows/,
    );
  });

  test('between its last line and `\\unrestrict` is refused where pg_dump writes one', async () => {
    const found = scan(sql);
    const trailer = sql.indexOf('dump complete') + 'dump complete\n'.length;
    const judge = judged(sql.subarray(0, trailer));
    if (found.restrictKeys.length === 0) await expect(judge).resolves.toBeUndefined();
    else expect(await refusalOf(judge)).toMatchObject({ code: 'backup_truncated' });
  });
});

describe('text that only looks like a dump', () => {
  test.each([
    ['nothing', '', 'backup_empty'],
    ['any SQL', 'create table t ();\n', 'backup_format_unknown'],
    ['pg_dumpall', '-- PostgreSQL database cluster dump\n', 'backup_format_unknown'],
    [
      'a trailer in a string',
      `-- PostgreSQL database dump\nselect '\n-- PostgreSQL database dump complete\n';\n`,
      'backup_truncated',
    ],
    ['an open string', framed("select 'a"), 'backup_truncated'],
    ['an open function body', framed('create function f() as $x$ begin $y$'), 'backup_truncated'],
    ['an open comment', framed('/* /* */ '), 'backup_truncated'],
    ['a shell command', framed('\\! rm -rf /\n'), 'backup_runs_commands'],
    ['a shell command after a statement', framed('select 1 \\g |sh\n'), 'backup_runs_commands'],
    ['a program', framed("copy t from program 'id';"), 'backup_runs_commands'],
    ['several databases', framed('\\connect a\n\\connect b\n'), 'backup_format_unknown'],
    ['other keys', framed('\\restrict a\n\\unrestrict b\n'), 'backup_corrupt'],
  ])('is refused: %s', async (_, text, code) => {
    expect(await refusalOf(judged(text))).toMatchObject({ code });
  });

  test.each([
    ['a backslash that escapes nothing in a standard string', `select 'a\\'; select 1;`],
    ['an escaped quote in an escape string', `select E'it\\'s; \\\\';`],
    ['old strings', `set standard_conforming_strings = off; select 'it\\'s';`],
    ['a dollar in a name', `select a$b$c;`],
    ['a quoted name with quotes', `select "a""; b";`],
    ['a body that holds another', `select $a$ $b$ ' $b$ ; $a$;`],
  ])('is not refused for %s', async (_, text) => {
    await expect(judged(framed(text))).resolves.toBeUndefined();
  });

  test('names without a schema belong to the search path of the time', () => {
    const text = framed(
      'SET search_path = sales, pg_catalog;\nCREATE TABLE t (a int);\nCOPY t (a) FROM stdin;\n1\n\\.\n',
    );
    expect(scan(Buffer.from(text)).tables).toEqual([{ schema: 'sales', name: 't', rows: 1, bytes: 2 }]);
  });

  test('a name without end is refused before it fills the memory', () => {
    const scanner = createSqlScanner();
    expect(() => {
      for (let count = 0; count < 200; count += 1)
        scanner.push(Buffer.alloc(1024, '"a'.slice(count > 0 ? 1 : 0)));
    }).toThrow(/more than 64 KB/);
  });
});
