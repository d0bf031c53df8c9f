import { describe, expect, test } from '@jest/globals';
import { linesOf } from '../../../src/audit/lines.ts';
import { verifyExport } from '../../../src/audit/verify/verify.ts';
import { checkpointAt, exported, sampleLog } from '../sample-log.ts';

const sample = sampleLog(3);
const lines = await exported(sample, {
  checkpoints: [2, 3],
  statements: [{ report: 'signed by the runner' }],
});
const bytes = Buffer.from(`${lines.join('\n')}\n`);
const trust = { keys: [sample.vkey] };
const witnesses = [{ note: checkpointAt(sample, 3), source: 'slack' }];

/** Which record each byte belongs to. */
const places = lines.flatMap((line) =>
  Array.from({ length: Buffer.byteLength(line) + 1 }, () => ({ index: recordIn(line) })),
);

describe('an export of which any one byte was changed', () => {
  test('is whole before that', async () => {
    const verdict = await verifyExport(linesOf([bytes]), { ...trust, witnesses });
    expect(verdict).toMatchObject({ outcome: 'whole', problems: [] });
  });

  test.each([
    ['its lowest bit', () => 0x01],
    ['any other bit', (at: number) => 2 ** (1 + (at % 7))],
  ])('is broken when %s was, and the first problem names the record', async (_, bit) => {
    for (let at = 0; at < bytes.length; at += 1) {
      const { outcome, problems } = await verifyExport(linesOf([flipped(at, bit(at))]), trust);
      const { index } = places[at] ?? { index: null };
      expect({ at, outcome }).toEqual({ at, outcome: 'broken' });
      if (index !== null) expect({ at, index: problems[0]?.index }).toEqual({ at, index });
    }
  });

  test('is broken without a key just as well', async () => {
    for (let at = 0; at < bytes.length; at += 3)
      expect((await verifyExport(linesOf([flipped(at, 1)]))).outcome).toBe('broken');
  });

  test('is broken when any one byte was left out', async () => {
    for (let at = 0; at < bytes.length - 1; at += 1) {
      const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      expect((await verifyExport(linesOf([without]), trust)).outcome).toBe('broken');
    }
  });

  test('is broken when it was cut off anywhere, and whole without its last line feed', async () => {
    for (let at = 0; at < bytes.length - 1; at += 7)
      expect((await verifyExport(linesOf([bytes.subarray(0, at)]), trust)).outcome).toBe('broken');
    const unfed = linesOf([bytes.subarray(0, -1)]);
    expect((await verifyExport(unfed, { ...trust, witnesses })).outcome).toBe('whole');
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
