import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { verifySettings } from '../../src/demo/demo-files.ts';
import { ensureHostTools, type HostTools } from '../../src/demo/host-tools.ts';
import { withClient } from '../../src/demo/postgres/connection.ts';
import { archiveDate, backdated } from '../../src/demo/shop/archive-date.ts';
import { type DemoBackups, makeBackups } from '../../src/demo/shop/backups.ts';
import { countRows } from '../../src/demo/shop/seed.ts';
import { type Shop, startShop } from '../../src/demo/shop/shop.ts';
import { climb } from '../../src/runner/verify/climb.ts';
import { serverUser } from '../support/server-user.ts';

const KEY = 'the key of these backups';
let root = '';
let tools: HostTools;
let shop: Shop;
let backups: DemoBackups;
let readers = { gid: userInfo().gid };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'twokey-t-'));
  await chmod(root, 0o755);
  const { uid, gid } = await serverUser();
  const owner = uid === undefined ? undefined : { uid, gid };
  if (owner) readers = { gid: owner.gid };
  tools = await ensureHostTools(() => {});
  shop = await startShop({ tools, directory: root, owner, scale: 0.02, say: () => {} });
  backups = await makeBackups({ tools, shop, directory: root, readers, key: KEY, say: () => {} });
});
afterAll(async () => {
  await shop.stop();
  await rm(root, { recursive: true, force: true });
});

function file(beginning: string): string {
  const [found, ...more] = backups.all.filter(({ path }) => path.startsWith(beginning));
  if (!found || more.length > 0) throw new Error(`Not one backup begins with ${beginning}`);
  return join(backups[found.source], found.path);
}
const nightly = (suffix: string) =>
  backups.all
    .filter(({ source, path }) => source === 'nightly' && path.endsWith(suffix))
    .map(({ path }) => path);

const decrypt = (path: string, into: string) =>
  execa('openssl', ['enc', '-d', '-aes-256-cbc', '-pbkdf2', '-pass', 'env:K', '-in', path, '-out', into], {
    env: { K: KEY },
    reject: false,
  });
const restore = (path: string, url: string) =>
  execa(join(tools.bin, 'pg_restore'), ['--exit-on-error', '-d', url, path], { reject: false });
const rowsOf = (url: string) => withClient(url, countRows);
async function listing(path: string): Promise<string> {
  return (await execa(join(tools.bin, 'pg_restore'), ['-l', path], { env: { TZ: 'UTC' } })).stdout;
}

describe('the good backups', () => {
  test('restore to the very rows of the shop, as they came, encrypted, and as SQL', async () => {
    const one = await shop.createDatabase('one');
    expect((await restore(join(backups.nightly, backups.latest), one)).stderr).toBe('');
    expect(await rowsOf(one)).toEqual(shop.rows);

    const [encrypted = ''] = nightly('.enc');
    const plain = join(root, 'plain');
    expect((await decrypt(join(backups.nightly, encrypted), plain)).exitCode).toBe(0);
    const two = await shop.createDatabase('two');
    expect((await restore(plain, two)).exitCode).toBe(0);
    expect(await rowsOf(two)).toEqual(shop.rows);

    const [sqlGz = ''] = nightly('.sql.gz');
    const three = await shop.createDatabase('three');
    await writeFile(join(root, 'sql'), gunzipSync(await readFile(join(backups.nightly, sqlGz))));
    await execa(join(tools.bin, 'psql'), [
      '-X',
      '-q',
      '-v',
      'ON_ERROR_STOP=1',
      '-f',
      join(root, 'sql'),
      '-d',
      three,
    ]);
    expect(await rowsOf(three)).toEqual(shop.rows);
  });

  test('are named after the moment inside, of which the newest is now', async () => {
    const dumps = nightly('.dump').sort();
    expect(dumps.at(-1)).toBe(backups.latest);
    for (const name of dumps) {
      const inside = archiveDate(await readFile(join(backups.nightly, name)));
      expect(name).toBe(
        `orders_${inside.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-')}.dump`,
      );
      const said = inside.toISOString().slice(0, 19).replace('T', ' ');
      expect(await listing(join(backups.nightly, name))).toContain(`Archive created at ${said} UTC`);
    }
    const newest = archiveDate(await readFile(join(backups.nightly, backups.latest)));
    expect(Math.abs(Date.now() - newest.getTime())).toBeLessThan(120_000);
  });

  test('can be read by their group, and changed by nobody else', async () => {
    for (const path of [backups.nightly, file('rows-missing'), join(backups.nightly, backups.latest)]) {
      const found = await stat(path);
      expect({ uid: found.uid, gid: found.gid }).toEqual({ uid: userInfo().uid, gid: readers.gid });
      expect(found.mode & 0o027).toBe(0);
    }
  });
});

/** The rungs of the real ladder that a restored copy does not pass, by the demo's own settings. */
async function unproven(url: string): Promise<string[]> {
  const rungs = await climb({
    connection: { connectionString: url },
    application: 'twokey:test',
    jobs: 2,
    expected: verifySettings(shop.rows),
    contents: null,
    environment: {},
    signal: AbortSignal.timeout(30_000),
    progress: () => {},
  });
  expect(rungs).toHaveLength(4);
  return rungs.filter(({ outcome }) => outcome !== 'pass').map(({ rung, outcome }) => `${rung}: ${outcome}`);
}

describe('the ladder', () => {
  test('finds a good copy whole, and misses the rows that a partial one lacks', async () => {
    const good = await shop.createDatabase('good');
    await restore(join(backups.nightly, backups.latest), good);
    expect(await unproven(good)).toEqual([]);
    const poor = await shop.createDatabase('poor');
    await restore(file('rows-missing'), poor);
    expect(await unproven(poor)).toEqual(['counts: fail']);
  });
});

describe('the broken backups are really broken', () => {
  test('the truncated one does not restore, and the empty one is empty', async () => {
    const url = await shop.createDatabase('cut');
    expect((await restore(file('truncated'), url)).stderr).toMatch(
      /end of file|could not read|found unexpected/,
    );
    expect((await stat(file('empty'))).size).toBe(0);
  });

  test('the one of another database says so', async () => {
    expect(await listing(file('other-database'))).toContain('dbname: warehouse');
  });

  test('the one with a lost key does not decrypt to an archive', async () => {
    const into = join(root, 'nonsense');
    const { exitCode } = await decrypt(file('wrong-key'), into);
    const magic = (await readFile(into).catch(() => Buffer.alloc(0))).subarray(0, 5).toString('latin1');
    expect(exitCode !== 0 || magic !== 'PGDMP').toBe(true);
  });

  test('the one that lacks rows restores without an error', async () => {
    const url = await shop.createDatabase('partial');
    expect((await restore(file('rows-missing'), url)).exitCode).toBe(0);
    expect(await rowsOf(url)).toEqual({ ...shop.rows, payments: 0, refunds: 0 });
  });

  test('the stale one is 40 days old, and so is the renamed one inside', async () => {
    const [stale, renamed] = [
      archiveDate(await readFile(file('stale'))),
      archiveDate(await readFile(file('renamed'))),
    ];
    expect(Math.round((Date.now() - stale.getTime()) / 86_400_000)).toBeGreaterThanOrEqual(39);
    expect(renamed).toEqual(stale);
    expect(file('stale')).toContain(stale.toISOString().slice(0, 10));
    expect(file('renamed')).not.toContain(stale.toISOString().slice(0, 10));
  });
});

test('a backdated archive differs in nothing but its date', async () => {
  const archive = await readFile(join(backups.nightly, backups.latest));
  const when = new Date('2001-02-03T04:05:06Z');
  const other = backdated(archive, when);
  expect(archiveDate(other)).toEqual(when);
  expect(backdated(other, archiveDate(archive)).equals(archive)).toBe(true);
  expect(() => backdated(Buffer.from('-- PostgreSQL database dump'), when)).toThrow(
    'Not a custom-format archive',
  );
});
