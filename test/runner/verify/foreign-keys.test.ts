import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LadderBench, ladderBench, told } from '../../support/ladder-bench.ts';

let bench: LadderBench;
beforeAll(async () => {
  bench = await ladderBench();
});
afterAll(() => bench.stop());

const foreignKeys = async (sql: string) => (await bench.climb(sql))('foreign-keys');
/** The rung on a healthy database, and again when orphans have slipped in. */
const beforeAndAfter = async (sql: string, orphans: string) => {
  const made = await bench.make(sql);
  const before = (await made.climb())('foreign-keys');
  await made.run(unguarded(orphans));
  return [before, (await made.climb())('foreign-keys')] as const;
};
const ORPHANED = ['fail', 'error foreign_key_orphans'];
const PARENT = 'CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2);';
/** Loads orphans behind the back of the constraint's triggers. */
const unguarded = (sql: string) =>
  `SET session_replication_role = replica; ${sql}; RESET session_replication_role;`;

describe('the rung foreign-keys', () => {
  test('passes when there are none, or every row has its parent', async () => {
    expect(await foreignKeys('CREATE TABLE a (x int)')).toMatchObject({
      outcome: 'pass',
      summary: 'no foreign keys',
    });
    const sql = `${PARENT} CREATE TABLE child (id int REFERENCES parent); INSERT INTO child VALUES (1), (2), (2), (NULL);`;
    expect(await foreignKeys(sql)).toMatchObject({ outcome: 'pass', summary: '1 foreign key', findings: [] });
  });

  test('counts orphans of a key that was never validated', async () => {
    const rung =
      await foreignKeys(`${PARENT} CREATE TABLE child (id int); INSERT INTO child VALUES (1), (77), (77), (78);
      ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES parent NOT VALID;`);
    expect(told(rung)).toEqual(ORPHANED);
    expect(rung.summary).toBe('1 foreign key, 1 with orphans');
    expect(rung.findings[0]?.text).toBe(
      '3 rows of public.child lack their parent in public.parent (fk) (the key is NOT VALID, so the server never checked them).',
    );
    expect(JSON.stringify(rung)).not.toMatch(/7[78]/);
  });

  test('counts orphans of a key that the server believes in', async () => {
    const sql = `${PARENT} CREATE TABLE child (id int REFERENCES parent); ${unguarded('INSERT INTO child VALUES (9)')}`;
    expect(told(await foreignKeys(sql))).toEqual(ORPHANED);
  });

  test('a key that is NOT VALID and has no orphans is only noted', async () => {
    const sql = `${PARENT} CREATE TABLE child (id int); INSERT INTO child VALUES (1);
      ALTER TABLE child ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES parent NOT VALID;`;
    expect(told(await foreignKeys(sql))).toEqual(['pass', 'note foreign_key_not_valid']);
  });

  test('a row with half a key is excused by MATCH SIMPLE and counted by MATCH FULL', async () => {
    const pair = 'CREATE TABLE parent (a int, b int, PRIMARY KEY (a, b)); INSERT INTO parent VALUES (1, 1);';
    const child = (match: string) =>
      `${pair} CREATE TABLE child (a int, b int, FOREIGN KEY (a, b) REFERENCES parent MATCH ${match});
       ${unguarded('INSERT INTO child VALUES (1, 1), (NULL, NULL), (5, NULL)')}`;
    expect(told(await foreignKeys(child('SIMPLE')))).toEqual(['pass']);
    expect(told(await foreignKeys(child('FULL')))).toEqual(ORPHANED);
  });

  test('columns are compared in the order of the key, not of the table', async () => {
    const sql = `CREATE TABLE parent (a int, b int, UNIQUE (b, a)); INSERT INTO parent VALUES (1, 2);
      CREATE TABLE child (x int, y int, FOREIGN KEY (y, x) REFERENCES parent (b, a)); INSERT INTO child VALUES (1, 2);`;
    expect((await beforeAndAfter(sql, 'INSERT INTO child VALUES (2, 1)')).map(told)).toEqual([
      ['pass'],
      ORPHANED,
    ]);
  });

  test('a table that refers to itself is held against itself', async () => {
    const sql =
      'CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree); INSERT INTO tree VALUES (1, NULL), (2, 1);';
    expect((await beforeAndAfter(sql, 'DELETE FROM tree WHERE id = 1')).map(told)).toEqual([
      ['pass'],
      ORPHANED,
    ]);
  });

  test('partitions on either side count once, through their parent', async () => {
    const sql = `
      CREATE TABLE parent (id int PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE parent1 PARTITION OF parent FOR VALUES FROM (0) TO (10);
      CREATE TABLE parent2 PARTITION OF parent FOR VALUES FROM (10) TO (20);
      INSERT INTO parent VALUES (1), (11);
      CREATE TABLE child (id int REFERENCES parent, k int) PARTITION BY LIST (k);
      CREATE TABLE child1 PARTITION OF child FOR VALUES IN (1); CREATE TABLE child2 PARTITION OF child DEFAULT;
      INSERT INTO child VALUES (1, 1), (11, 2);`;
    const [before, after] = await beforeAndAfter(sql, 'INSERT INTO child VALUES (12, 2)');
    expect(before).toMatchObject({ outcome: 'pass', summary: '1 foreign key' });
    expect(told(after)).toEqual(ORPHANED);
    expect(after.findings[0]?.text).toMatch(/^1 row of public\.child lack/);
  });

  test('an heir of the parent is no parent, and an heir of the child is not bound', async () => {
    const sql = `${PARENT} CREATE TABLE heir () INHERITS (parent); INSERT INTO heir VALUES (3);
      CREATE TABLE child (id int REFERENCES parent); CREATE TABLE grandchild () INHERITS (child);
      INSERT INTO grandchild VALUES (99);`;
    expect((await beforeAndAfter(sql, 'INSERT INTO child VALUES (3)')).map(told)).toEqual([
      ['pass'],
      ORPHANED,
    ]);
  });

  test('odd names and unlike types are compared exactly', async () => {
    const sql = `CREATE SCHEMA "S;"; CREATE TABLE "S;"."P""" ("i d" bigint PRIMARY KEY); INSERT INTO "S;"."P""" VALUES (1);
      CREATE TABLE "c'" ("sel""ect" smallint CONSTRAINT "f ""k" REFERENCES "S;"."P"""); INSERT INTO "c'" VALUES (1);`;
    expect((await beforeAndAfter(sql, `INSERT INTO "c'" VALUES (2)`)).map(told)).toEqual([
      ['pass'],
      ORPHANED,
    ]);
  });
});
