import { describe, expect, test } from '@jest/globals';
import { exportLines, exportName, parseExportHeader, parseExportLine } from '../../src/audit/export.ts';
import { linesOf } from '../../src/audit/lines.ts';
import { formatVkey } from '../../src/audit/note.ts';
import { allOf, checkpointAt, exported, log, sampleLog } from './sample-log.ts';

describe('an export', () => {
  test('has a header, the records in order with each checkpoint behind its last one, statements, and an end', async () => {
    const sample = sampleLog(4);
    const lines = await exported(sample, { checkpoints: [2, 2, 4], statements: [{ report: 'signed' }] });
    expect(parseExportHeader(lines[0] ?? '')).toEqual({
      twokey: 'audit-export',
      v: 1,
      log,
      vkeys: [formatVkey(sample.vkey)],
      size: 4,
      exportedAt: '2026-11-21T07:00:00.000Z',
    });
    const rest = lines.slice(1).map(parseExportLine);
    expect(rest.map((line) => (line.kind === 'record' ? line.index : line.kind))).toEqual([
      0,
      1,
      'checkpoint',
      'checkpoint',
      2,
      3,
      'checkpoint',
      'statement',
      'end',
    ]);
    expect(rest[2]).toEqual({ kind: 'checkpoint', checkpoint: checkpointAt(sample, 2) });
    expect(rest[7]).toMatchObject({ statement: '{"report":"signed"}' });
    expect(rest[8]).toMatchObject({ lines: 9 });
  });

  test('of an empty log is a header, its checkpoint and an end', async () => {
    const lines = await exported(sampleLog(0), { checkpoints: [0] });
    expect(lines.slice(1).map((line) => parseExportLine(line).kind)).toEqual(['checkpoint', 'end']);
  });

  test('is not finished when the log had more or fewer records than it was said to have', async () => {
    await expect(exported(sampleLog(3), { checkpoints: [], size: 4 })).rejects.toThrow(
      'said to have 4 records, 3 were read',
    );
    await expect(exported(sampleLog(3), { checkpoints: [], size: 2 })).rejects.toThrow(
      'said to have 2 records, 3 were read',
    );
  });

  test('is not finished when a checkpoint covers more than the log', async () => {
    const longer = sampleLog(5);
    const lines = exportLines({
      log,
      vkeys: [longer.vkey],
      size: 3,
      exportedAt: new Date(0),
      records: longer.records.slice(0, 3),
      checkpoints: [checkpointAt(longer, 5)],
    });
    await expect(allOf(lines)).rejects.toThrow('A checkpoint covers more than the 3 records of the log');
  });

  test('is named by its day', () => {
    expect(exportName(new Date('2026-11-21T23:59:59.999Z'))).toBe('twokey-audit-2026-11-21.ndjson');
  });

  test.each([
    ['{}', /"end"/],
    ['[', /JSON/],
    ['{"index":0,"leaf":"AB","record":""}', /leaf: |64 lower-case/],
    ['{"checkpoint":"a" }', /written by another program, or altered/],
    ['{"checkpoint":"a","more":1}', /more/],
    [`{"sha256":"${'0'.repeat(64)}","statement":"{}"}`, /altered/],
  ])('has no line %s', (line, why) => {
    expect(() => parseExportLine(line)).toThrow(why);
  });
});

describe('lines', () => {
  test.each([1, 2, 3, 7, 1000])('are the same however the bytes arrive (%p at a time)', async (step) => {
    const bytes = Buffer.from('one\n\ntwo é 😀 \u2028 \u0085\r\nthree');
    const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
      bytes.subarray(i * step, i * step + step),
    );
    expect(await allOf(linesOf(chunks))).toEqual(['one', '', 'two é 😀 \u2028 \u0085\r', 'three']);
  });

  test('need no last line feed, and none are made of nothing', async () => {
    expect(await allOf(linesOf([Buffer.from('a\n')]))).toEqual(['a']);
    expect(await allOf(linesOf([]))).toEqual([]);
  });

  test('do not grow beyond 64 MiB', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    await expect(allOf(linesOf(Array(65).fill(chunk)))).rejects.toThrow('longer than 64 MiB');
  });
});
