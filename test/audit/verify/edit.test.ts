import { describe, expect, test } from '@jest/globals';
import { verifyExport } from '../../../src/audit/verify/verify.ts';
import { checkpointAt, exported, sampleLog } from '../sample-log.ts';

const sample = sampleLog(10);
const lines = await exported(sample, { checkpoints: [4, 10], statements: [{ report: 1 }, { report: 2 }] });
const trust = { keys: [sample.vkey], witnesses: [{ note: checkpointAt(sample, 10), source: 'slack' }] };
const lineOf = Array.from({ length: 10 }, (_, index) =>
  lines.findIndex((line) => line.startsWith(`{"index":${index},`)),
);

describe('an export whose lines were edited', () => {
  test('names each record that was left out', async () => {
    for (const [index, at] of lineOf.entries()) {
      const { outcome, problems } = await verifyExport(lines.toSpliced(at, 1), trust);
      expect(outcome).toBe('broken');
      expect(problems[0]).toMatchObject({ code: 'missing', index });
    }
  });

  test('names the first of several records that were left out', async () => {
    const { problems } = await verifyExport(lines.toSpliced(lineOf[5] ?? 0, 3), trust);
    expect(problems[0]).toMatchObject({ code: 'missing', index: 5 });
    expect(problems[0]?.text).toBe('Missing here: records 5 to 7. Record 8 follows directly');
  });

  test('names the place of each record that stands twice', async () => {
    for (const [index, at] of lineOf.entries()) {
      const { outcome, problems } = await verifyExport(lines.toSpliced(at, 0, lines[at] ?? ''), trust);
      expect(outcome).toBe('broken');
      expect(problems[0]).toMatchObject({ code: 'moved', index: index + 1 });
      expect(problems[0]?.text).toContain(`Record ${index} stands a second time or too late`);
    }
  });

  test('names the first of two records that changed places', async () => {
    for (let index = 0; index < 9; index += 1) {
      const [at = 0, next = 0] = lineOf.slice(index);
      const edited = lines.with(at, lines[next] ?? '').with(next, lines[at] ?? '');
      const { outcome, problems } = await verifyExport(edited, trust);
      expect(outcome).toBe('broken');
      expect(problems[0]).toMatchObject({ code: 'missing', index });
    }
  });

  test('is broken when cut off after any line', async () => {
    for (let length = 0; length < lines.length; length += 1) {
      const { outcome, problems } = await verifyExport(lines.slice(0, length), trust);
      const firstLost = lineOf.findIndex((at) => at >= length);
      expect(outcome).toBe('broken');
      if (length > 0 && firstLost !== -1) expect(problems[0]).toMatchObject({ index: firstLost });
      if (firstLost === -1) expect(problems[0]).toMatchObject({ code: 'file_cut', line: length });
    }
  });

  test('is broken when a checkpoint or statement was left out, doubled or moved', async () => {
    for (const [at, line] of lines.entries()) {
      if (lineOf.includes(at) || at === 0 || at === lines.length - 1) continue;
      const without = lines.toSpliced(at, 1);
      for (const edited of [without, lines.toSpliced(at, 0, line), without.toSpliced(3, 0, line)])
        expect((await verifyExport(edited, trust)).outcome).toBe('broken');
    }
  });

  test('is broken by an empty line, a foreign line, and anything after its end', async () => {
    for (const foreign of ['', '{}', '{"x":1}', 'hello', '\ufeff', lines[0] ?? ''])
      for (let at = 0; at <= lines.length; at += 1)
        expect((await verifyExport(lines.toSpliced(at, 0, foreign), trust)).outcome).toBe('broken');
    expect((await verifyExport([...lines, '{}'], trust)).problems[0]).toMatchObject({
      code: 'bad_line',
      line: 17,
    });
  });

  test('lists the first twenty problems and counts the others', async () => {
    const long = sampleLog(90);
    const all = await exported(long, { checkpoints: [90] });
    const sparse = all.filter((_, at) => at === 0 || at % 2 === 1);
    const { problems, unlisted } = await verifyExport(sparse, { ...trust, keys: [long.vkey] });
    expect(problems[0]).toMatchObject({ code: 'missing', index: 1 });
    expect(problems.length).toBeLessThan(24);
    expect(unlisted).toBeGreaterThan(40);
  });
});

describe('what is no export', () => {
  test.each([
    ['nothing', [], 'The file is empty'],
    ['an empty line', [''], 'it is not JSON'],
    ['another file', ['{"name":"twokey"}'], 'twokey: '],
    ['an export without its header', lines.slice(1), 'twokey: '],
  ])('%s is called broken, saying so', async (_, given, why) => {
    const { outcome, problems, log } = await verifyExport(given, trust);
    expect({ outcome, log }).toEqual({ outcome: 'broken', log: null });
    expect(problems[0]?.code).toBe('not_an_export');
    expect(problems[0]?.text).toContain(why);
  });
});
