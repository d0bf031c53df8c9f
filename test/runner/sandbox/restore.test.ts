import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HEALTHY_DATABASE, HEALTHY_ROLES } from '../../support/healthy-database.ts';
import { type RestoreBench, restoreBench, said } from '../../support/restore-bench.ts';

let bench: RestoreBench;
beforeAll(async () => {
  bench = await restoreBench();
  await bench.source.query('postgres', HEALTHY_ROLES);
  await bench.make('healthy', HEALTHY_DATABASE);
});
afterAll(() => bench.cleanUp());

const HEALTHY = [
  'counts pass note:tables_empty',
  'migration not-configured',
  'sequences pass',
  'foreign-keys pass',
];

describe('restoring a healthy backup', () => {
  test('a custom archive comes back whole, with owners, policies and large objects', async () => {
    const restored = await bench.restore(await bench.dump('healthy', '-Fc'));
    expect(said([restored.rung])).toEqual(['restore pass note:roles_created']);
    expect(restored.rung.findings[0]?.text).toContain('Odd "role", reader, shop_owner, the boss');
    expect(said(await restored.climb())).toEqual(HEALTHY);
    expect(
      await restored.query(`
        SELECT (SELECT count(*)::int FROM shop.orders) AS orders,
               (SELECT count(*)::int FROM pg_policies) AS policies,
               (SELECT count(*)::int FROM pg_largeobject_metadata) AS objects,
               (SELECT count(*)::int FROM shop.per_customer) AS refreshed,
               (SELECT count(*)::int FROM shop.log) AS fired,
               (SELECT tableowner FROM pg_tables WHERE tablename LIKE 'Tab%') AS owner`),
    ).toEqual([{ orders: 100, policies: 1, objects: 1, refreshed: 50, fired: 0, owner: 'Odd "role"' }]);
  });

  test.each([
    ['plain SQL', []],
    ['with --create, which makes and enters a database of its own', ['--create']],
    ['with --clean, which drops what an empty database does not have', ['--clean']],
    ['with both', ['--clean', '--create', '--if-exists']],
    ['as INSERT statements', ['--inserts', '--rows-per-insert=10']],
  ])('SQL text comes back whole: %s', async (_name, args) => {
    const restored = await bench.restore(await bench.dump('healthy', ...args));
    expect(said([restored.rung])).toEqual(['restore pass']);
    expect(said(await restored.climb())).toEqual(HEALTHY);
    expect(
      await restored.query('SELECT lomowner::regrole::text AS owner FROM pg_largeobject_metadata'),
    ).toEqual([{ owner: 'postgres' }]);
  });

  test('roles of SQL text are superusers only until it is restored', async () => {
    const restored = await bench.restore(await bench.dump('healthy'));
    expect(await restored.query('SELECT rolname FROM pg_roles WHERE rolsuper')).toEqual([
      { rolname: 'postgres' },
    ]);
    expect(await restored.query('SELECT evtowner::regrole::text AS owner FROM pg_event_trigger')).toEqual([
      { owner: '"the boss"' },
    ]);
  });

  test('gzipped SQL comes back whole', async () => {
    const text = await readFile(await bench.dump('healthy'));
    const restored = await bench.restore(await bench.gzip('healthy.sql.gz', text));
    expect(said([restored.rung])).toEqual(['restore pass']);
    const rungs = await restored.climb({ tables: { 'shop.customers': 50, log: 0 } });
    expect(said(rungs)).toEqual(HEALTHY);
    expect(rungs[0]?.summary).toMatch(/^10 tables, 262 rows, 9 compared with the backup$/);
  });

  test.each(['LATIN1', 'SQL_ASCII'])(
    'a database in %s keeps its encoding and its bytes',
    async (encoding) => {
      const name = `old_${encoding.toLowerCase()}`;
      await bench.make(name, '', `ENCODING '${encoding}' LOCALE 'C'`);
      const write =
        encoding === 'SQL_ASCII' ? "convert_from('\\xc3fc', 'SQL_ASCII')" : "convert_from('\\xfc', 'LATIN1')";
      await bench.source.query(name, `CREATE TABLE t AS SELECT ${write} AS x`);
      for (const args of [['-Fc'], []]) {
        const restored = await bench.restore(await bench.dump(name, ...args));
        expect(said([restored.rung])).toEqual(['restore pass']);
        expect(await restored.query("SELECT current_setting('server_encoding') AS encoding")).toEqual([
          { encoding },
        ]);
        const [row] = await restored
          .query('SELECT encode(x::bytea, $$hex$$) AS bytes FROM t')
          .catch(() => []);
        expect(row ?? {}).toEqual(encoding === 'LATIN1' ? { bytes: 'fc' } : { bytes: 'c3fc' });
      }
    },
  );

  test('a locale that this host lacks is reported and the data comes all the same', async () => {
    const path = await bench.dump('healthy', '--create');
    const text = (await readFile(path, 'utf8')).replace(/LOCALE = 'C.UTF-8'/, "LOCALE = 'xx_YY.UTF-8'");
    const restored = await bench.restore(await bench.file('elsewhere.sql', text));
    expect(said([restored.rung])).toEqual(['restore pass warning:locale_missing']);
    expect(restored.rung.findings[0]?.text).toContain('xx_YY.UTF-8');
  });

  test('a setting that only newer servers know is a warning', async () => {
    const text = await readFile(await bench.dump('healthy'), 'utf8');
    const newer = text.replace(
      'SET lock_timeout = 0;',
      'SET lock_timeout = 0;\nSET transaction_timeout = 0;',
    );
    const restored = await bench.restore(await bench.file('newer.sql', newer));
    expect(said([restored.rung])).toEqual(['restore pass warning:setting_unknown']);
  });
});
