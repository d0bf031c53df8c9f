import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { headsOfCheckout } from '../../../src/runner/verify/expected-head.ts';
import { headsAgree } from '../../../src/runner/verify/migration.ts';
import { type LadderBench, type LadderCase, ladderBench, told } from '../../support/ladder-bench.ts';

let bench: LadderBench;
let directory = '';
beforeAll(async () => {
  [bench, directory] = await Promise.all([ladderBench(), mkdtemp(join(tmpdir(), 'tk-migrations-'))]);
});
afterAll(async () => {
  await bench.stop();
  await rm(directory, { recursive: true, force: true });
});

type Expect = { readonly head?: unknown; readonly table?: string };
const migrationOf = async (made: LadderCase, { head, table }: Expect = {}) => {
  const migration = { head, ...(table ? { table } : {}) };
  return (await made.climb({ expected: head ? { migration } : {} }))('migration');
};
const migration = async (sql: string, head?: unknown, table?: string) =>
  migrationOf(await bench.make(sql), { head, ...(table ? { table } : {}) });

const ALEMBIC =
  "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('ae1027a6');";
const PRISMA = `CREATE TABLE _prisma_migrations (id text, migration_name text, started_at timestamptz, finished_at timestamptz, rolled_back_at timestamptz);
  INSERT INTO _prisma_migrations VALUES ('1', '20260101_init', now(), now(), NULL), ('2', '20260201_orders', now(), now(), NULL);`;

describe('the rung migration', () => {
  test('without an expectation it is not configured, and says what was found', async () => {
    expect(await migration(ALEMBIC)).toMatchObject({
      outcome: 'not-configured',
      summary: 'public.alembic_version is at ae1027a6',
    });
    expect(await migration('CREATE TABLE a (x int)')).toMatchObject({
      outcome: 'not-configured',
      summary: 'no migration table',
    });
  });

  test('it passes at the expected head and fails at another', async () => {
    expect(told(await migration(ALEMBIC, { value: 'ae1027a6' }))).toEqual(['pass']);
    const rung = await migration(ALEMBIC, { value: 'ffffffff' });
    expect(told(rung)).toEqual(['fail', 'error migration_differs']);
    expect(rung.findings[0]?.text).toMatch(/is at ae1027a6, the configured value expects ffffffff/);
  });

  test('it fails when there is no migration table, or nothing in it', async () => {
    expect(told(await migration('CREATE TABLE a (x int)', { value: 'x' }))).toEqual([
      'fail',
      'error migration_table_missing',
    ]);
    expect(told(await migration(`${ALEMBIC} TRUNCATE alembic_version`, { value: 'x' }))).toEqual([
      'fail',
      'error migration_none',
    ]);
  });

  test('a migration that broke off fails it, expected or not', async () => {
    const broken = `${PRISMA} INSERT INTO _prisma_migrations VALUES ('3', '20260301_half', now(), NULL, NULL)`;
    expect(told(await migration(PRISMA, { value: '20260201_orders' }))).toEqual(['pass']);
    for (const head of [undefined, { value: '20260201_orders' }]) {
      const rung = await migration(broken, head);
      expect(told(rung)).toEqual(['fail', 'error migration_unfinished']);
      expect(rung.findings[0]?.text).toContain('20260301_half');
    }
    const rolledBack = `${broken}; UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = '3'`;
    expect(told(await migration(rolledBack, { value: '20260201_orders' }))).toEqual(['pass']);
  });

  test.each([
    [
      'Rails',
      "CREATE TABLE schema_migrations (version varchar); INSERT INTO schema_migrations VALUES ('20250101000000'), ('20260101000000');",
      '20260101000000',
    ],
    [
      'golang-migrate',
      'CREATE TABLE schema_migrations (version bigint, dirty boolean); INSERT INTO schema_migrations VALUES (12, false);',
      '000012_add.up.sql',
    ],
    [
      'numbers of unlike length',
      "CREATE TABLE schema_migrations (version text); INSERT INTO schema_migrations VALUES ('9'), ('10');",
      '10',
    ],
    [
      'Flyway',
      "CREATE TABLE flyway_schema_history (installed_rank int, version text, description text, success boolean); INSERT INTO flyway_schema_history VALUES (1, '1', 'a', true), (2, '1.1', 'b', true), (3, NULL, 'repeatable', true);",
      'V1_1__b.sql',
    ],
    [
      'Django',
      "CREATE TABLE django_migrations (id serial, app text, name text, applied timestamptz); INSERT INTO django_migrations (app, name) VALUES ('auth', '0001_initial'), ('shop', '0001_initial'), ('shop', '0002_orders');",
      'shop.0002_orders',
    ],
    [
      'Knex',
      "CREATE TABLE knex_migrations (id serial, name text, batch int); INSERT INTO knex_migrations (name, batch) VALUES ('20250101_a.js', 1), ('20260101_b.js', 2);",
      '20260101_b.js',
    ],
    [
      'node-pg-migrate',
      "CREATE TABLE pgmigrations (id serial, name text, run_on timestamp); INSERT INTO pgmigrations (name) VALUES ('1_a'), ('2_b');",
      '2_b',
    ],
    [
      'Sequelize',
      `CREATE TABLE "SequelizeMeta" (name text); INSERT INTO "SequelizeMeta" VALUES ('20260101-a.js');`,
      '20260101-a.js',
    ],
    [
      'Entity Framework',
      `CREATE TABLE "__EFMigrationsHistory" ("MigrationId" text); INSERT INTO "__EFMigrationsHistory" VALUES ('20260101_A');`,
      '20260101_A',
    ],
    [
      'Drizzle in a schema of its own',
      "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text, created_at bigint); INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('aa', 1), ('bb', 2);",
      'bb',
    ],
  ])('%s is read', async (_tool, sql, head) => {
    const made = await bench.make(sql);
    expect(told(await migrationOf(made, { head: { value: head } }))).toEqual(['pass']);
    expect(told(await migrationOf(made, { head: { value: 'another' } }))).toEqual([
      'fail',
      'error migration_differs',
    ]);
  });

  test('failed and locked migrations of other tools are seen', async () => {
    const flyway =
      "CREATE TABLE flyway_schema_history (installed_rank int, version text, description text, success boolean); INSERT INTO flyway_schema_history VALUES (1, '1', 'a', true), (2, '2', 'b', false);";
    expect(told(await migration(flyway, { value: '1' }))).toEqual(['fail', 'error migration_unfinished']);
    const dirty =
      'CREATE TABLE schema_migrations (version bigint, dirty boolean); INSERT INTO schema_migrations VALUES (12, true);';
    expect(told(await migration(dirty))).toEqual(['fail', 'error migration_unfinished']);
    const locked =
      "CREATE TABLE knex_migrations (id serial, name text, batch int); INSERT INTO knex_migrations (name, batch) VALUES ('a', 1); CREATE TABLE knex_migrations_lock (is_locked int); INSERT INTO knex_migrations_lock VALUES (1);";
    expect(told(await migration(locked, { value: 'a' }))).toEqual(['pass', 'warning migration_locked']);
  });

  test('a table of nobody’s is read when it is named', async () => {
    const sql =
      "CREATE SCHEMA app; CREATE TABLE app.versions (name text); INSERT INTO app.versions VALUES ('r1'), ('r2');";
    expect(told(await migration(sql, { value: 'r2' }, 'app.versions'))).toEqual(['pass']);
    expect(told(await migration(sql, { value: 'r2' }, 'versions'))).toEqual(['pass']);
    expect(told(await migration(sql, { value: 'r2' }, 'elsewhere'))).toEqual([
      'fail',
      'error migration_table_missing',
    ]);
  });

  test('a command says the head by its last line; one that fails leaves the rung not run', async () => {
    const say = (text: string) => ({ command: ['printf', '%b', text], directory });
    expect(told(await migration(ALEMBIC, say('noise\\nae1027a6 (head)\\n')))).toEqual(['pass']);
    expect(told(await migration(ALEMBIC, say('noise\\nother\\n')))).toEqual([
      'fail',
      'error migration_differs',
    ]);
    for (const command of [['false'], ['printf', ''], ['twokey-no-such-program']]) {
      expect(told(await migration(ALEMBIC, { command }))).toEqual(['not-run', 'error migration_expectation']);
    }
  });

  test('a checkout says the head; an empty one leaves the rung not run', async () => {
    await write('app/alembic/versions/one.py', "revision = 'aaaa'\ndown_revision = None\n");
    await write(
      'app/alembic/versions/two.py',
      "revision: str = 'ae1027a6'\ndown_revision: Union[str, None] = 'aaaa'\n",
    );
    const checkout = join(directory, 'app');
    expect(told(await migration(ALEMBIC, { checkout, tool: 'alembic' }))).toEqual(['pass']);
    expect(told(await migration(ALEMBIC, { checkout, tool: 'prisma' }))).toEqual([
      'not-run',
      'error migration_expectation',
    ]);
  });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
}

describe('the heads of a checkout', () => {
  test('Alembic: branches and merges', async () => {
    await write('b/versions/1.py', "revision = 'r1'\ndown_revision = None");
    await write('b/versions/2.py', "revision = 'r2'\ndown_revision = 'r1'");
    await write('b/versions/3.py', "revision = 'r3'\ndown_revision = 'r1'");
    expect(await headsOfCheckout(join(directory, 'b'), 'alembic')).toEqual(['r2', 'r3']);
    await write('b/versions/4.py', "revision = 'r4'\ndown_revision = (\n    'r2',\n    'r3',\n)");
    expect(await headsOfCheckout(join(directory, 'b'), 'alembic')).toEqual(['r4']);
  });

  test('Prisma: the last folder that holds a migration', async () => {
    await write('p/prisma/migrations/20260101_a/migration.sql', '');
    await write('p/prisma/migrations/20260301_empty/notes.txt', '');
    await write('p/prisma/migrations/20260201_b/migration.sql', '');
    expect(await headsOfCheckout(join(directory, 'p'), 'prisma')).toEqual(['20260201_b']);
  });

  test('SQL files: by number, without the ways back', async () => {
    for (const name of ['9_a.up.sql', '10_b.up.sql', '10_b.down.sql', '2_c.up.sql'])
      await write(`s/migrations/${name}`, '');
    expect(await headsOfCheckout(join(directory, 's'), 'sql-files')).toEqual(['10_b.up.sql']);
  });
});

describe('naming the same migration', () => {
  test.each([
    [['3'], ['V3__orders.sql'], true],
    [['0003_orders'], ['0003_orders.up.sql'], true],
    [['3'], ['0003_orders.sql'], true],
    [['1.10'], ['V1_10__x.sql'], true],
    [['1.1'], ['V1_10__x.sql'], false],
    [['20260101_a'], ['20260101_b'], false],
    [['aa', 'bb'], ['bb', 'aa'], true],
    [['aa', 'bb'], ['aa'], false],
    [['aa'], ['aa', 'bb'], false],
    [['auth.0012_x', 'shop.0002_y'], ['shop.0002_y'], true],
    [['auth.0012_x', 'shop.0002_y'], ['shop.0003_z'], false],
    [['aa'], [], false],
  ])('%j and %j: %s', (found, expected, agree) => {
    expect(headsAgree(found, expected)).toBe(agree);
  });
});
