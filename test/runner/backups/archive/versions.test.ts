import { describe, expect, test } from '@jest/globals';
import { inventory } from '../../../../src/runner/backups/archive/inventory.ts';
import { walkArchive } from '../../../../src/runner/backups/archive/walk.ts';
import { inPieces, refusalOf } from '../dumps.ts';
import { int, writeArchive } from './write-archive.ts';

const entries = [
  { kind: 'TABLE', tag: 'orders' },
  { kind: 'TABLE DATA', tag: 'orders', copy: 'COPY public.orders (id) FROM stdin;\n', data: '1\n2\n3\n' },
  { kind: 'ACL', tag: 'TABLE orders', definition: 'GRANT ALL ON TABLE public.orders TO reader;\n' },
];
const walk = (bytes: Buffer) => walkArchive(inPieces(bytes, 1000));

describe('archives of every version', () => {
  test.each([10, 11, 12, 13, 14, 15, 16])('1.%i is read', async (minor) => {
    const { toc, blocks } = await walk(writeArchive({ minor, entries }));
    expect(toc.header).toMatchObject({
      minor,
      compression: 'gzip',
      startedAt: { year: 2026, month: 11, day: 20, hour: 3, minute: 15, second: 7 },
      serverVersion: `${minor}.1`,
      dumpVersion: `${minor}.2`,
    });
    expect(inventory(toc, blocks)).toMatchObject({
      tables: [{ schema: 'public', name: 'orders', rows: 3 }],
      roles: ['reader', 'shop_owner'],
    });
  });

  test.each(['lz4', 'zstd'] as const)(
    'one compressed with %s is walked, and its content is left open',
    async (compression) => {
      const { blocks } = await walk(writeArchive({ minor: 16, compression, entries }));
      expect(blocks).toEqual([expect.objectContaining({ decodedBytes: null, rows: null })]);
    },
  );

  test.each([
    ['a newer version', 6, 17, 'backup_format_unknown'],
    ['another major version', 5, 2, 'backup_format_unknown'],
    ['an older version', 6, 9, 'backup_format_unknown'],
    ['the directory format', 10, 5, 'backup_format_unknown'],
    ['an unknown format', 10, 9, 'backup_corrupt'],
    ['numbers of impossible size', 8, 200, 'backup_corrupt'],
    ['an unknown compression', 11, 9, 'backup_corrupt'],
  ])('%s is refused', async (_, at, value, code) => {
    const bytes = writeArchive({ minor: 16, entries });
    bytes[at] = value;
    expect(await refusalOf(walk(bytes))).toMatchObject({ code });
  });
});

describe('an archive that lies', () => {
  test('with more items than bytes is refused without making room for them', async () => {
    const bytes = writeArchive({ minor: 16, entries });
    const count = bytes.indexOf(Buffer.concat([int(entries.length), int(1)]));
    int(0x7fff_fff0).copy(bytes, count);
    expect((await refusalOf(walk(bytes))).code).toMatch(/backup_(corrupt|truncated)/);
  });

  test('with bytes after its end is read, and the bytes are counted', async () => {
    const bytes = Buffer.concat([writeArchive({ minor: 16, entries }), Buffer.from('rest')]);
    expect((await walk(bytes)).trailingBytes).toBe(4);
  });

  test('with bytes after a compressed stream is refused at once', async () => {
    const bytes = writeArchive({ minor: 16, entries });
    const more = Buffer.concat([bytes.subarray(0, -5), int(300_000), Buffer.alloc(300_000), int(0)]);
    expect(await refusalOf(walk(more))).toMatchObject({ code: 'backup_corrupt' });
  });

  test('with the wrong block in a place is refused', async () => {
    const bytes = writeArchive({ minor: 16, entries });
    const block = bytes.lastIndexOf(Buffer.concat([Buffer.from([1]), int(2)]));
    int(7).copy(bytes, block + 1);
    expect(await refusalOf(walk(bytes))).toMatchObject({ code: 'backup_corrupt' });
  });
});
