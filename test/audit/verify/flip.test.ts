import { describe, expect, test } from '@jest/globals';
import { linesOf } from '../../../src/audit/lines.ts';
import { verifyExport } from '../../../src/audit/verify/verify.ts';
import { checkpointAt, exported, sampleLog } from '../sample-log.ts';

const sample = sampleLog(4);
const lines = await exported(sample, {
  checkpoints: [2, 4],
  statements: [{ report: 'signed by the runner' }],
});
const bytes = Buffer.from(`${lines.join('\n')}\n`);
const trust = { keys: [sample.vkey], witnesses: [{ note: checkpointAt(sample, 4), source: 'slack' }] };

/** Which record each byte belongs to. */
const places = lines.flatMap((line) =>
  Array.from({ length: Buffer.byteLength(line) + 1 }, () => ({ index: recordIn(line) })),
);

describe('an export of which any one byte was changed', () => {
  test('is whole before that', async () => {
    expect(await verifyExport(linesOf([bytes]), trust)).toMatchObject({ outcome: 'whole', problems: [] });
  });

  test.each([
    ['its lowest bit', 0x01],
    ['its case', 0x20],
    ['its highest bit', 0x80],
  ])('is broken when %s was, and the first problem names the record', async (_, flip) => {
    for (let at = 0; at < bytes.length; at += 1) {
      const { outcome, problems } = await verifyExport(linesOf([flipped(at, flip)]), trust);
      const { index } = places[at] ?? { index: null };
      expect({ at, outcome }).toEqual({ at, outcome: 'broken' });
      if (index !== null) expect({ at, index: problems[0]?.index }).toEqual({ at, index });
    }
  });

  test('is never whole without a key either', async () => {
    for (let at = 0; at < bytes.length; at += 1)
      expect((await verifyExport(linesOf([flipped(at, 1)]))).outcome).toBe('broken');
  });

  test('is broken when any one byte was left out or cut off from there', async () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      const lastFeed = at === bytes.length - 1;
      expect((await verifyExport(linesOf([without]), trust)).outcome).toBe(lastFeed ? 'whole' : 'broken');
      if (!lastFeed)
        expect((await verifyExport(linesOf([bytes.subarray(0, at)]), trust)).outcome).toBe('broken');
    }
  });
});

function flipped(at: number, flip: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (bytes[at] ?? 0) ^ flip;
  return copy;
}

function recordIn(line: string): number | null {
  const [, index] = /^\{"index":(\d+),/.exec(line) ?? [];
  return index === undefined ? null : Number(index);
}
