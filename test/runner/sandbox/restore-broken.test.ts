import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Rung } from '../../../src/actions/ladder.ts';
import { processesIn } from '../../../src/runner/sandbox/processes.ts';
import { type RestoreBench, restoreBench, said } from '../../support/restore-bench.ts';
import { stagedDump } from '../../support/staged.ts';

const SHOP = `
  CREATE ROLE clerk NOLOGIN;
  CREATE TABLE customers (id serial PRIMARY KEY, mail text UNIQUE, age int);
  CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers, note text);
  ALTER TABLE orders OWNER TO clerk;
  INSERT INTO customers (mail, age) SELECT 'c' || n || '@example.org', 30 FROM generate_series(1, 200) n;
  INSERT INTO orders (customer, note) SELECT n % 200 + 1, repeat(md5(n::text), 20) FROM generate_series(1, 4000) n;`;

let bench: RestoreBench;
let archive = '';
let sql = '';
beforeAll(async () => {
  bench = await restoreBench();
  await bench.make('shop', SHOP);
  archive = await bench.dump('shop', '-Fc');
  sql = await readFile(await bench.dump('shop'), 'utf8');
});
afterAll(() => bench.cleanUp());

const restoreText = async (name: string, text: string) => bench.restore(await bench.file(name, text));
const texts = ({ findings }: Rung) => findings.map(({ text }) => text).join('\n');

describe('a damaged archive', () => {
  test('cut in the middle of its data fails, whatever its table of contents promises', async () => {
    const bytes = await readFile(archive);
    const { contents: listed } = await stagedDump(archive);
    const rows = new Map([
      ['customers', 200],
      ['orders', 4000],
    ]);
    const tables = listed.tables.map((table) => ({ ...table, rows: rows.get(table.name) ?? null }));
    const contents = { ...listed, tables };
    const path = await bench.file('cut.dump', bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const staged = { path, format: 'custom', compression: 'none', rungs: [], contents } as const;
    const { rung, climb } = await bench.restore(path, { staged });
    expect(rung.outcome).toBe('fail');
    expect(rung.findings.map(({ code }) => code)).toContain('archive_damaged');
    expect(said(await climb())[0]).toMatch(/^counts fail error:rows_differ /);
  });

  test('one wrong thing in it is reported, and the rest is restored all the same', async () => {
    await bench.source.query('postgres', 'CREATE ROLE ghost NOLOGIN');
    await bench.make('haunted', 'CREATE TABLE t AS SELECT 1 AS x; ALTER TABLE t OWNER TO ghost');
    const path = await bench.dump('haunted', '-Fc');
    const staged = await stagedDump(path);
    const { rung, query } = await bench.restore(path, {
      staged: { ...staged, contents: { ...staged.contents, roles: [] } },
    });
    expect(said([rung])).toEqual(['restore fail error:role_missing']);
    expect(rung.findings[0]?.text).toContain('The role ghost');
    expect(await query('SELECT x FROM t')).toEqual([{ x: 1 }]);
  });
});

describe('a damaged SQL dump', () => {
  test('rows whose parents are gone fail the restore, and nothing of it stays', async () => {
    const { rung, climb } = await restoreText('orphans.sql', sql.replace(/^17\tc17@.*\n/m, ''));
    expect(said([rung])).toEqual(['restore fail error:foreign_key_violated']);
    expect(rung.findings[0]?.text).toContain('orders_customer_fkey');
    expect(said(await climb())[0]).toBe('counts fail error:tables_none');
  });

  test('the same rows twice fail the restore', async () => {
    const { rung } = await restoreText('twice.sql', sql.replace(/^(17\tc17@.*\n)/m, '$1$1'));
    expect(said([rung])).toEqual(['restore fail error:duplicate_rows']);
  });

  test('a value that is no number fails the restore, and is not repeated to anyone', async () => {
    const { rung } = await restoreText('value.sql', sql.replace(/^(17\tc17@[^\t]*\t)30$/m, '$1hunter2'));
    expect(said([rung])).toEqual(['restore fail error:data_invalid']);
    expect(texts(rung)).not.toMatch(/hunter2|c17@/);
    expect(await readFile(join(bench.sandbox.directory, 'restore.log'), 'utf8')).toContain('hunter2');
  });

  test('an error that nobody knows is reported by its place, without its words', async () => {
    const raise =
      "DO $$ BEGIN RAISE EXCEPTION 'secret of %', 'alice'; END $$;\nALTER TABLE ONLY public.orders";
    const { rung } = await restoreText(
      'raise.sql',
      sql.replace('ALTER TABLE ONLY public.orders', () => raise),
    );
    expect(said([rung])).toEqual(['restore fail error:restore_error']);
    expect(texts(rung)).not.toMatch(/secret|alice/);
    expect(texts(rung)).toMatch(/at line \d+;/);
  });

  test.each([
    ['a table that is missing', /CREATE TABLE public\.customers \([^;]*;/, '', 'object_missing'],
    ['a table made twice', /(CREATE TABLE public\.customers \([^;]*;)/, '$1\n$1', 'object_exists'],
    ['a role without a name', /OWNER TO clerk/, 'OWNER TO nobody_ever', 'role_missing'],
    [
      'a broken statement',
      /CREATE TABLE public\.customers/,
      'CREATE TABEL public.customers',
      'statement_unknown',
    ],
    [
      'a tablespace',
      /SET default_tablespace = '';/,
      "SET default_tablespace = 'fast_disk';",
      'tablespace_missing',
    ],
    ['a setting of an extension', /SET lock_timeout = 0;/, 'SET lock_timeuot = 0;', 'setting_unknown'],
  ])('%s fails the restore', async (name, pattern, by, code) => {
    const changed = sql.replace(pattern, by);
    expect(changed).not.toBe(sql);
    const { contents } = await stagedDump(await bench.file('whole.sql', sql));
    const path = await bench.file(`${name}.sql`, changed);
    const staged = { ...(await stagedDump(path)), contents };
    const { rung } = await bench.restore(path, { staged });
    // Which roles had to be made depends on the cases before.
    const errors = { ...rung, findings: rung.findings.filter(({ severity }) => severity === 'error') };
    expect(said([errors])).toEqual([`restore fail error:${code}`]);
  });

  test('psql’s own commands are not run', async () => {
    const witness = join(bench.directory, 'witness');
    const unlocked = sql
      .replaceAll(/^\\(un)?restrict .*\n/gm, '')
      .replace(/^CREATE TABLE/m, `\\! touch ${witness}\nCREATE TABLE`);
    const { rung } = await restoreText('commands.sql', unlocked);
    expect(said([rung])).toEqual(['restore fail error:psql_command']);
    await expect(stat(witness)).rejects.toThrow('ENOENT');
  });

  test('gzip that ends too early fails the restore', async () => {
    const whole = await bench.gzip('whole.sql.gz', Buffer.from(sql));
    const bytes = await readFile(whole);
    const staged = {
      ...(await stagedDump(whole)),
      path: await bench.file('cut.sql.gz', bytes.subarray(0, -2000)),
    };
    const { rung } = await bench.restore(staged.path, { staged });
    expect(rung.outcome).toBe('fail');
  });
});

describe('a host that lacks something', () => {
  test('an extension is missed before anything is restored, and condemns nobody', async () => {
    const text = sql.replace(/^CREATE TABLE/m, 'CREATE EXTENSION postgis;\nCREATE TABLE');
    const { rung } = await restoreText('postgis.sql', text);
    expect(said([rung])).toEqual(['restore not-run error:extension_missing']);
    expect(rung.findings[0]?.text).toContain('postgresql-15-postgis-3');
  });
});

describe('cancelling a restore', () => {
  test('ends psql and what it was doing', async () => {
    const before = (await processesIn(bench.sandbox.directory)).length;
    const path = await bench.file(
      'slow.sql',
      sql.replace(/^ALTER TABLE/m, 'SELECT pg_sleep(60);\nALTER TABLE'),
    );
    const abort = new AbortController();
    const restoring = bench.restore(path, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('cancelled by a person')), 700);
    await expect(restoring).rejects.toThrow('cancelled by a person');
    const deadline = Date.now() + 10_000;
    while ((await processesIn(bench.sandbox.directory)).length > before && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await processesIn(bench.sandbox.directory)).length).toBeLessThanOrEqual(before);
  });

  test('before it begins starts nothing', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(bench.restore(archive, { signal })).rejects.toThrow('too late');
  });
});

describe('a server that dies under the restore', () => {
  test('condemns nobody', async () => {
    const path = await bench.file(
      'dying.sql',
      sql.replace(/^ALTER TABLE/m, 'SELECT pg_sleep(60);\nALTER TABLE'),
    );
    const restoring = bench.restore(path);
    setTimeout(() => process.kill(bench.sandbox.record.postmaster?.pid ?? 0, 'SIGQUIT'), 700);
    expect(said([(await restoring).rung])).toEqual(['restore not-run error:server_lost']);
  });
});
