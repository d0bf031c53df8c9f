import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { HostTools } from '../host-tools.ts';
import { withClient } from '../postgres/connection.ts';
import { patiently, type Say } from '../say.ts';
import { dumpCustom, dumpSqlGz, encrypt } from './dump.ts';
import { type Dumps, type Fixture, fixturesOf } from './fixtures.ts';
import { DATABASE } from './schema.ts';
import type { Shop } from './shop.ts';

export interface BackupOptions {
  readonly tools: HostTools;
  readonly shop: Shop;
  /** The folders `backups` and `broken` are made in it. */
  readonly directory: string;
  /** The group that may read the backups; nobody but this program's user can change or remove them. */
  readonly readers: { readonly gid: number };
  /** What the encrypted ones are encrypted with: BACKUP_ENCRYPTION_KEY. */
  readonly key: string;
  readonly say: Say;
}

export interface DemoBackups {
  /** The folder of the good ones. */
  readonly nightly: string;
  /** The folder of the others. */
  readonly broken: string;
  /** The name of the newest good one: what `latest` must become. */
  readonly latest: string;
  readonly all: readonly DemoBackup[];
}

export type DemoBackup = Omit<Fixture, 'content' | 'modifiedAt'> & { readonly bytes: number };

const OTHER_DATABASE = 'warehouse';

/** Makes the demo's backups with this host's `pg_dump` and `openssl`: good, old, encrypted and broken ones. */
export async function makeBackups(options: BackupOptions): Promise<DemoBackups> {
  return patiently(options.say, 'Making backups of the example shop', make(options));
}

async function make(options: BackupOptions): Promise<DemoBackups> {
  const { directory, readers } = options;
  const folders = { nightly: join(directory, 'backups'), broken: join(directory, 'broken') };
  const work = await mkdtemp(join(directory, 'making-'));
  try {
    const { latest, fixtures } = await fixturesOf(await dumpAll(options, work));
    for (const folder of Object.values(folders)) {
      await mkdir(folder);
      await share(folder, 0o750, readers.gid);
    }
    for (const { source, path, content, modifiedAt } of fixtures) {
      const file = join(folders[source], path);
      await writeFile(file, content, { mode: 0o600 });
      await utimes(file, modifiedAt, modifiedAt);
      await share(file, 0o640, readers.gid);
    }
    const all = fixtures.map(({ content, modifiedAt, ...rest }) => ({ ...rest, bytes: content.length }));
    return { ...folders, latest, all };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Lets a group read, and this user alone write. */
async function share(path: string, mode: number, gid: number): Promise<void> {
  await chown(path, userInfo().uid, gid);
  await chmod(path, mode);
}

async function dumpAll({ tools, shop, key }: BackupOptions, work: string): Promise<Dumps> {
  const at = (name: string): string => join(work, name);
  const url = shop.connectionString(DATABASE);
  const withoutRows = ['payments', 'refunds'].map((table) => `--exclude-table-data=public.${table}`);
  await Promise.all([
    dumpCustom(tools, url, at('whole')),
    dumpCustom(tools, url, at('partial'), withoutRows),
    dumpSqlGz(tools, url, at('sql')),
    makeWarehouse(shop).then((other) => dumpCustom(tools, other, at('other'))),
  ]);
  const encryptedWith = (secret: string) => async (archive: Buffer) => {
    await writeFile(at('plain'), archive, { mode: 0o600 });
    await encrypt(at('plain'), at('encrypted'), secret);
    return readFile(at('encrypted'));
  };
  return {
    whole: await readFile(at('whole')),
    partial: await readFile(at('partial')),
    sqlGz: await readFile(at('sql')),
    other: await readFile(at('other')),
    encrypt: encryptedWith(key),
    encryptWithAnotherKey: encryptedWith(randomBytes(16).toString('hex')),
  };
}

/** A second, small database on the same server, whose backups are easily taken for the shop's. */
async function makeWarehouse(shop: Shop): Promise<string> {
  const url = await shop.createDatabase(OTHER_DATABASE);
  await withClient(url, (client) =>
    client.query(`
      create table shelves (id serial primary key, name text not null, articles integer not null);
      insert into shelves (name, articles) select 'Shelf ' || i, i * 7 % 90 from generate_series(1, 500) i;
    `),
  );
  return url;
}
