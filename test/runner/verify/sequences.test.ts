import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LadderBench, ladderBench, told } from '../../support/ladder-bench.ts';

let bench: LadderBench;
beforeAll(async () => {
  bench = await ladderBench();
});
afterAll(() => bench.stop());

const sequences = async (sql: string) => told((await bench.climb(sql))('sequences'));
const TEN = 'INSERT INTO t (name) SELECT md5(n::text) FROM generate_series(1, 10) n;';

describe('the rung sequences', () => {
  test.each([
    ['serial', 'CREATE TABLE t (id serial PRIMARY KEY, name text);'],
    ['identity', 'CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);'],
    [
      'by hand',
      "CREATE SEQUENCE s; CREATE TABLE t (id numeric DEFAULT nextval('s') PRIMARY KEY, name text);",
    ],
    [
      'downwards',
      "CREATE SEQUENCE s INCREMENT -1; CREATE TABLE t (id int DEFAULT nextval('s') PRIMARY KEY, name text);",
    ],
    [
      'in tens',
      "CREATE SEQUENCE s INCREMENT 10; CREATE TABLE t (id int DEFAULT nextval('s') PRIMARY KEY, name text);",
    ],
    [
      'a domain',
      "CREATE DOMAIN key AS bigint; CREATE SEQUENCE s; CREATE TABLE t (id key DEFAULT nextval('s') PRIMARY KEY, name text);",
    ],
    [
      'odd names',
      `CREATE SEQUENCE "S ""'x"; CREATE TABLE t ("I ""d" int DEFAULT nextval('"S ""''x"') PRIMARY KEY, name text);`,
    ],
    [
      'partitioned',
      'CREATE TABLE t (id serial, name text, PRIMARY KEY (id, name)) PARTITION BY LIST (name); CREATE TABLE t1 PARTITION OF t DEFAULT;',
    ],
  ])('passes when a sequence is where its column is, and fails when it is lost: %s', async (kind, sql) => {
    const made = await bench.make(sql + TEN);
    expect(told((await made.climb())('sequences'))).toEqual(['pass']);
    await made.run(`SELECT setval(oid::regclass, CASE WHEN seqincrement > 0 THEN 1 ELSE -1 END, false)
      FROM pg_class JOIN pg_sequence ON seqrelid = oid WHERE relkind = 'S'`);
    // Only a unique column of its own makes a repeated value an error.
    const severity = kind === 'partitioned' ? 'warning' : 'error';
    expect(told((await made.climb())('sequences'))).toEqual([
      severity === 'error' ? 'fail' : 'pass',
      `${severity} sequence_behind`,
    ]);
  });

  test('one behind is told from one just right', async () => {
    const made = await bench.make(`CREATE TABLE t (id serial PRIMARY KEY, name text); ${TEN}`);
    const at = async (value: number, called: boolean) => {
      await made.run(`SELECT setval('t_id_seq', ${value}, ${called})`);
      return told((await made.climb())('sequences'));
    };
    expect(await at(10, false)).toEqual(['fail', 'error sequence_behind']);
    expect(await at(9, true)).toEqual(['fail', 'error sequence_behind']);
    expect(await at(11, false)).toEqual(['pass']);
  });

  test('a sequence that two tables share is held against both', async () => {
    const sql = `
      CREATE SEQUENCE shared;
      CREATE TABLE a (id int DEFAULT nextval('shared') PRIMARY KEY);
      CREATE TABLE b (id int DEFAULT nextval('shared') PRIMARY KEY);
      INSERT INTO a DEFAULT VALUES; INSERT INTO b VALUES (7);`;
    const rung = (await bench.climb(sql))('sequences');
    expect(told(rung)).toEqual(['fail', 'error sequence_behind']);
    expect(rung.findings[0]?.text).toContain('public.shared is behind public.b.id');
    expect(rung.summary).toBe('1 sequence over 2 columns');
  });

  test.each([
    ['no rows yet', 'CREATE TABLE t (id serial PRIMARY KEY);'],
    [
      'a cycling one',
      "CREATE SEQUENCE s MAXVALUE 3 CYCLE; CREATE TABLE t (id int DEFAULT nextval('s')); INSERT INTO t SELECT nextval('s') FROM generate_series(1, 4);",
    ],
    [
      'one inside an expression',
      "CREATE SEQUENCE s; CREATE TABLE t (id text DEFAULT 'A' || nextval('s')); INSERT INTO t VALUES ('A99');",
    ],
  ])('is not misled by %s', async (_name, sql) => {
    expect(await sequences(sql)).toEqual(['pass']);
  });

  test('no value of a column is told', async () => {
    const sql = 'CREATE TABLE t (id bigserial PRIMARY KEY); INSERT INTO t VALUES (8765432109);';
    const rung = (await bench.climb(sql))('sequences');
    expect(JSON.stringify(rung)).not.toContain('8765432109');
  });
});
