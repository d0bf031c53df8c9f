import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { inventory } from '../../../../src/runner/backups/archive/inventory.ts';
import { checkWithPgRestore } from '../../../../src/runner/backups/archive/pg-restore.ts';
import {
  checkEnd,
  dataRanges,
  loadToc,
  type RandomAccess,
} from '../../../../src/runner/backups/archive/ranges.ts';
import { walkArchive } from '../../../../src/runner/backups/archive/walk.ts';
import { postgresProgram } from '../../../support/postgres-cluster.ts';
import { cutFile, type Dumps, inPieces, ROWS, refusalOf, startDumps } from '../dumps.ts';

let dumps: Dumps;
beforeAll(async () => {
  dumps = await startDumps();
  await dumps.dump('gzip.dump', '-Fc');
  await dumps.dump('plain.dump', '-Fc', '-Z0');
  await dumps.dump('inserts.dump', '-Fc', '--inserts');
  await dumps.dump('root.dump', '-Fc', '--load-via-partition-root');
  // A pipe cannot be rewound, so pg_dump leaves the offsets out.
  const uri = dumps.cluster.connectionString('shop');
  const piped = execa(postgresProgram('pg_dump'), ['-Fc', '-d', uri], { encoding: 'buffer', stdout: 'pipe' });
  await piped.pipe('tee', [dumps.path('piped.dump')], { stdout: 'ignore' });
});
afterAll(() => dumps.stop());

const walk = (name: string) => walkArchive(createReadStream(dumps.path(name)));

async function randomAccess(name: string): Promise<RandomAccess> {
  const bytes = await readFile(dumps.path(name));
  return { sizeBytes: bytes.length, read: async (start, length) => bytes.subarray(start, start + length) };
}

describe('a custom archive of pg_dump', () => {
  test.each(['gzip.dump', 'plain.dump', 'piped.dump'])(
    '%s is read to its end, and its rows are counted',
    async (name) => {
      const { toc, blocks, trailingBytes } = await walk(name);
      expect(toc.header).toMatchObject({ database: 'shop', minor: 14 });
      expect(toc.header.serverVersion).toMatch(/^15\.\d+$/);
      expect(trailingBytes).toBe(0);
      const counted = inventory(toc, blocks).tables.filter(({ rows }) => rows !== null);
      expect(Object.fromEntries(counted.map(({ name: table, rows }) => [table, rows]))).toEqual(ROWS);
    },
  );

  test('names the roles, extensions and large objects that a restore needs', async () => {
    const { toc, blocks } = await walk('gzip.dump');
    const contents = inventory(toc, blocks);
    expect(contents.roles).toEqual(['Odd "Role', 'postgres', 'reader', 'shop_owner']);
    expect(contents.extensions).toEqual(['pg_trgm']);
    expect(contents.largeObjects).toBe(true);
    expect(contents.tables).toContainEqual(
      expect.objectContaining({ schema: 'we;ird', name: 'COPY x FROM stdin; --' }),
    );
    expect(contents.tables).toContainEqual({ schema: 'public', name: 'events', bytes: null, rows: null });
  });

  test('has no counts where data was written as INSERTs, and counts under the root where it is loaded there', async () => {
    const inserts = await walk('inserts.dump');
    expect(inventory(inserts.toc, inserts.blocks).tables.every(({ rows }) => rows === null)).toBe(true);
    const root = await walk('root.dump');
    const events = inventory(root.toc, root.blocks).tables.filter(({ name }) => name.startsWith('events'));
    expect(events.map(({ name, rows }) => [name, rows])).toEqual(
      expect.arrayContaining([
        ['events', 500],
        ['events_25', null],
      ]),
    );
  });

  test('tells the same bytes per item from its offsets as from its blocks', async () => {
    const { toc, blocks, sizeBytes } = await walk('gzip.dump');
    const ranges = dataRanges(toc, sizeBytes);
    expect(ranges?.map(({ entry, at, bytes }) => [entry.id, at, bytes])).toEqual(
      blocks.map(({ entry, at, storedBytes }) => [entry.id, at, storedBytes]),
    );
    expect(dataRanges((await walk('piped.dump')).toc, sizeBytes)).toBeNull();
  });

  test('is the same however its bytes arrive', async () => {
    const bytes = await readFile(dumps.path('plain.dump'));
    const [whole, small] = await Promise.all([1 << 20, 37].map((size) => walkArchive(inPieces(bytes, size))));
    expect(small).toEqual(whole);
  });
});

describe('a cut archive', () => {
  test('is refused from its end alone, without being read', async () => {
    const { size } = await stat(dumps.path('gzip.dump'));
    const whole = await randomAccess('gzip.dump');
    await expect(checkEnd(whole, await loadToc(whole))).resolves.toBeUndefined();
    for (const length of [size - 1, size - 7, Math.floor(size / 2)]) {
      await cutFile(dumps.path('gzip.dump'), dumps.path('cut.dump'), length);
      const cut = await randomAccess('cut.dump');
      expect(await refusalOf(loadToc(cut).then((toc) => checkEnd(cut, toc)))).toMatchObject({
        code: 'backup_truncated',
      });
    }
  });

  test.each(['gzip.dump', 'plain.dump', 'piped.dump'])(
    '%s is refused wherever it was cut, as pg_restore does',
    async (name) => {
      const { blocks, sizeBytes } = await walk(name);
      const ends = blocks.map(({ at }) => at);
      for (const length of [100, ...ends.slice(0, 3), sizeBytes - 30, sizeBytes - 1]) {
        await cutFile(dumps.path(name), dumps.path('cut.dump'), length);
        expect(await refusalOf(walk('cut.dump'))).toMatchObject({ code: 'backup_truncated' });
      }
    },
  );
});

describe('our own reading and that of pg_restore', () => {
  const never = new AbortController().signal;
  const ask = (path: string) => checkWithPgRestore(postgresProgram('pg_restore'), path, never);

  test('agree on what is whole and on what is damaged inside', async () => {
    const path = dumps.path('gzip.dump');
    expect(await ask(path)).toBeNull();
    const { blocks } = await walk('gzip.dump');
    const orders = blocks.find(({ entry }) => entry.tag === 'orders');
    const file = await open(path, 'r+');
    const at = (orders?.at ?? 0) + Math.floor((orders?.storedBytes ?? 0) / 2);
    await file.write(Buffer.from([0xff, 0x00, 0xff, 0x00]), 0, 4, at);
    await file.close();
    expect(await ask(path)).toMatchObject({ code: 'backup_corrupt' });
    expect(await refusalOf(walk('gzip.dump'))).toMatchObject({
      code: 'backup_corrupt',
      message: expect.stringContaining('public.orders'),
    });
  });
});
