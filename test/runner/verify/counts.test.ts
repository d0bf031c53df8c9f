import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { BackupContents } from '../../../src/runner/backups/staged.ts';
import { type LadderBench, type LadderCase, ladderBench, told } from '../../support/ladder-bench.ts';

let bench: LadderBench;
beforeAll(async () => {
  bench = await ladderBench();
});
afterAll(() => bench.stop());

const TWO = 'CREATE TABLE a AS SELECT generate_series(1, 3) AS x; CREATE TABLE b (x int);';
const contents = (tables: BackupContents['tables'], largeObjects = false): BackupContents => ({
  tables,
  roles: [],
  extensions: [],
  items: tables.length,
  largeObjects,
});
const table = (name: string, rows: number | null, schema = 'public') => ({ schema, name, rows, bytes: null });

describe('the rung counts', () => {
  test('passes when every table has the rows of the backup', async () => {
    const rung = (await bench.climb(TWO, { contents: contents([table('a', 3), table('b', 0)]) }))('counts');
    expect(told(rung)).toEqual(['pass', 'note tables_empty']);
    expect(rung.summary).toBe('2 tables, 3 rows, 2 compared with the backup');
    expect(rung.findings[0]?.text).toBe('Without any row: public.b.');
  });

  test('fails when a table has other rows than the backup, more or fewer', async () => {
    const backup = contents([table('a', 4), table('b', 0)]);
    const rung = (await bench.climb(TWO, { contents: backup }))('counts');
    expect(told(rung)).toEqual(['fail', 'error rows_differ', 'note tables_empty']);
    expect(rung.findings[0]?.text).toBe('public.a has 3 rows, the backup has 4.');
  });

  test('fails when a table of the backup is not there', async () => {
    const rung = (await bench.climb(TWO, { contents: contents([table('c', null)]) }))('counts');
    expect(told(rung)).toEqual(['fail', 'error table_missing', 'note tables_empty']);
  });

  test('fails when there is no table, or no row at all', async () => {
    expect(told((await bench.climb(''))('counts'))).toEqual(['fail', 'error tables_none']);
    expect(told((await bench.climb('CREATE TABLE a (x int)'))('counts'))).toEqual([
      'fail',
      'error rows_none',
    ]);
  });

  test.each([
    [{ a: 3 }, ['pass', 'note tables_empty']],
    [{ 'public.a': 3 }, ['pass', 'note tables_empty']],
    [{ a: 4 }, ['fail', 'note tables_empty', 'error rows_below_minimum']],
    [{ users: 0 }, ['fail', 'note tables_empty', 'error table_missing']],
    [{ 'other.a': 0 }, ['fail', 'note tables_empty', 'error table_missing']],
  ])('holds the copy to the configured minimums %j', async (tables, expected) => {
    expect(told((await bench.climb(TWO, { expected: { tables } }))('counts'))).toEqual(expected);
  });

  test('finds a required table in the one schema that has it, and asks when several do', async () => {
    const sql = 'CREATE SCHEMA s; CREATE TABLE s.users AS SELECT 1 AS x;';
    expect(told((await bench.climb(sql, { expected: { tables: { users: 1 } } }))('counts'))).toEqual([
      'pass',
    ]);
    const both = `${sql} CREATE SCHEMA t; CREATE TABLE t.users AS SELECT 1 AS x;`;
    expect(told((await bench.climb(both, { expected: { tables: { users: 1 } } }))('counts'))).toEqual([
      'fail',
      'error table_ambiguous',
    ]);
  });

  test('counts partitions once, heirs for themselves, and a partitioned table by its partitions', async () => {
    const sql = `
      CREATE TABLE p (x int) PARTITION BY LIST (x);
      CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
      INSERT INTO p VALUES (1), (1), (2);
      CREATE TABLE old (x int); CREATE TABLE heir () INHERITS (old);
      INSERT INTO old VALUES (1); INSERT INTO heir VALUES (2), (3);`;
    const rows = [table('p1', 2), table('p2', 1), table('old', 1), table('heir', 2)];
    const climbed = await bench.climb(sql, { contents: contents(rows), expected: { tables: { p: 3 } } });
    expect(told(climbed('counts'))).toEqual(['pass']);
    expect(climbed('counts').summary).toBe('5 tables, 6 rows, 4 compared with the backup');
  });

  test('misses large objects that the backup has', async () => {
    const backup = contents([table('a', 3)], true);
    const rung = (await bench.climb(TWO, { contents: backup }))('counts');
    expect(told(rung)).toEqual(['fail', 'note tables_empty', 'error large_objects_missing']);
    const whole = `${TWO} SELECT lo_create(0);`;
    expect(told((await bench.climb(whole, { contents: backup }))('counts'))).toEqual([
      'pass',
      'note tables_empty',
    ]);
  });

  test('finds an invalid index, and warns of a partitioned one that is not whole', async () => {
    const broken = `${TWO} CREATE UNIQUE INDEX a_x ON a (x);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'a_x'::regclass;`;
    const rung = (await bench.climb(broken))('counts');
    expect(told(rung)).toEqual(['fail', 'note tables_empty', 'error index_invalid']);
    expect(rung.findings[1]?.text).toContain('public.a_x');
    const partial = `${TWO} CREATE TABLE p (x int) PARTITION BY LIST (x);
      CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE INDEX p_x ON ONLY p (x);`;
    expect(told((await bench.climb(partial))('counts'))).toEqual([
      'pass',
      'note tables_empty',
      'warning index_invalid',
    ]);
  });

  test('warns of a materialized view that nobody filled', async () => {
    const sql = `${TWO} CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA; DROP TABLE b;`;
    expect(told((await bench.climb(sql))('counts'))).toEqual(['pass', 'warning matview_unpopulated']);
  });
});

describe('a check that cannot be carried out', () => {
  /** Holds a lock that every count waits for. */
  async function whileLocked<Result>(work: (made: LadderCase) => Promise<Result>): Promise<Result> {
    const made = await bench.make('CREATE TABLE held AS SELECT 1 AS x; CREATE TABLE free AS SELECT 1 AS x;');
    const holder = new pg.Client({ connectionString: bench.cluster.connectionString('postgres') });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
      return await work(made);
    } finally {
      await holder.end();
    }
  }

  test('is not run when a query takes too long, and that is never a pass', async () => {
    const rung = await whileLocked(async (made) => (await made.climb({ statementTimeoutMs: 100 }))('counts'));
    expect(told(rung)).toEqual(['not-run', 'error check_timed_out']);
  });

  test('an abort ends all queries and rejects', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('cancelled')), 100);
    await expect(whileLocked((made) => made.climb({ signal: abort.signal }))).rejects.toThrow('cancelled');
    const sessions = () =>
      bench.cluster.query(
        'postgres',
        "SELECT count(*)::int AS left FROM pg_stat_activity WHERE application_name = 'twokey:OP-TEST:verify'",
      );
    // A session leaves the list a moment after its connection has gone.
    for (
      const deadline = Date.now() + 5_000;
      (await sessions())[0]?.['left'] !== 0 && Date.now() < deadline;
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await sessions()).toEqual([{ left: 0 }]);
  });

  test('an abort before the beginning starts nothing', async () => {
    const made = await bench.make('CREATE TABLE a (x int);');
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(made.climb({ signal })).rejects.toThrow('too late');
  });
});
