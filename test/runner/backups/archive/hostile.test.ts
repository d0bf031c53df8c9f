import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkEnd, dataRanges, loadToc } from '../../../../src/runner/backups/archive/ranges.ts';
import { walkArchive } from '../../../../src/runner/backups/archive/walk.ts';
import { Refusal } from '../../../../src/runner/refusal.ts';
import { inPieces } from '../dumps.ts';
import { writeArchive } from './write-archive.ts';

const data = Array.from({ length: 40 }, (_, row) => `${row}\tvalue\n`).join('');
const archives = (['none', 'gzip'] as const).map((compression) =>
  writeArchive({
    minor: 16,
    compression,
    entries: [
      { kind: 'TABLE', tag: 'a' },
      { kind: 'TABLE DATA', tag: 'a', copy: 'COPY public.a (x, y) FROM stdin;\n', data },
      { kind: 'TABLE DATA', tag: 'b', copy: 'COPY public.b (x) FROM stdin;\n', data: '' },
    ],
  }),
);

/** What both readings say: `whole`, or the code of a refusal. Any other error fails the test. */
async function verdicts(bytes: Buffer): Promise<string[]> {
  const file = {
    sizeBytes: bytes.length,
    read: async (start: number, length: number) => {
      if (start < 0 || start > bytes.length) throw new Error(`Read outside of the file, at ${start}`);
      return bytes.subarray(start, start + length);
    },
  };
  const quick = async () => {
    const toc = await loadToc(file);
    dataRanges(toc, file.sizeBytes);
    await checkEnd(file, toc);
  };
  return Promise.all(
    [walkArchive(inPieces(bytes, 512)), quick()].map((reading) =>
      reading.then(
        () => 'whole',
        (error: unknown) => {
          if (error instanceof Refusal) return error.code;
          throw error;
        },
      ),
    ),
  );
}

test('an archive cut at any byte is refused as truncated', async () => {
  for (const archive of archives) {
    expect(await verdicts(archive)).toEqual(['whole', 'whole']);
    for (let length = 0; length < archive.length; length += 1) {
      const [walked] = await verdicts(archive.subarray(0, length));
      expect([length, walked]).toEqual([length, 'backup_truncated']);
    }
  }
});

test('an archive with flipped bytes is read or refused by name, and takes neither time nor memory', async () => {
  const flips = fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), {
    minLength: 1,
    maxLength: 4,
  });
  const before = process.memoryUsage().rss;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...archives), flips, async (archive, changes) => {
      const bytes = Buffer.from(archive);
      for (const { at, value } of changes) bytes[at % bytes.length] = value;
      const found = await verdicts(bytes);
      expect(
        found.every((verdict) => /^(whole|backup_(truncated|corrupt|format_unknown))$/.test(verdict)),
      ).toBe(true);
    }),
    { numRuns: 600 },
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
});

test('noise after the magic is refused by name', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (noise) => {
      const found = await verdicts(Buffer.concat([Buffer.from('PGDMP\x01\x0e\x00'), noise]));
      expect(found.every((verdict) => verdict.startsWith('backup_'))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
