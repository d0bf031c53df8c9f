import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signCheckpoint } from '../../../src/audit/checkpoint.ts';
import { exportLines } from '../../../src/audit/export.ts';
import { emptyRoot, rootOf } from '../../../src/audit/merkle.ts';
import { vkeyOf } from '../../../src/audit/note.ts';
import { sealRecord } from '../../../src/audit/record.ts';
import { verifyExport } from '../../../src/audit/verify/verify.ts';
import { allOf, checkpointAt, exported, log, sampleLog, sampleRecord } from '../sample-log.ts';

const sample = sampleLog(10);
const keys = [sample.vkey];
const witnesses = [{ note: checkpointAt(sample, 10), source: 'slack' }];

describe('verifying an export', () => {
  test('finds any untouched log whole, with its key and a witness', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.nat(69)),
        fc.nat(69),
        async (size, at, seen) => {
          const long = sampleLog(size);
          const sizes = [...at.filter((one) => one < size).sort((a, b) => a - b), size];
          const kept = { note: checkpointAt(long, 1 + (seen % size)), source: 'slack' };
          const verdict = await verifyExport(await exported(long, { checkpoints: sizes }), {
            keys: [long.vkey],
            witnesses: [kept],
          });
          expect(verdict).toMatchObject({
            outcome: 'whole',
            records: size,
            signed: size,
            witnessed: 1 + (seen % size),
          });
          expect(verdict.head).toEqual({ size, root: rootOf(long.records.map(({ leafHash }) => leafHash)) });
        },
      ),
      { numRuns: 40 },
    );
  });

  test('counts what it saw', async () => {
    const lines = await exported(sample, { checkpoints: [4, 10], statements: [{ report: 1 }] });
    expect(await verifyExport(lines, { keys, witnesses: [...witnesses, ...witnesses] })).toEqual({
      outcome: 'whole',
      problems: [],
      unlisted: 0,
      log,
      records: 10,
      operations: 3,
      checkpoints: 2,
      statements: 1,
      head: { size: 10, root: rootOf(sample.records.map(({ leafHash }) => leafHash)) },
      signed: 10,
      witnessed: 10,
      witnesses: { given: 2, used: 1 },
    });
  });

  test('is incomplete when no checkpoint covers the newest records, and says which', async () => {
    const lines = await exported(sample, { checkpoints: [8] });
    const { outcome, problems, signed } = await verifyExport(lines, {
      keys,
      witnesses: [{ note: checkpointAt(sample, 4), source: 'slack' }],
    });
    expect({ outcome, signed }).toEqual({ outcome: 'incomplete', signed: 8 });
    expect(problems).toEqual([expect.objectContaining({ code: 'unsigned', index: 8 })]);
    expect(problems[0]?.text).toContain('No checkpoint covers records 8 to 9 yet');
  });

  test('takes a witness as cover for records that no checkpoint of the file covers', async () => {
    const lines = await exported(sample, { checkpoints: [] });
    expect(await verifyExport(lines, { keys, witnesses })).toMatchObject({ outcome: 'whole', signed: 10 });
  });

  test('finds a log that was cut off, by a witness, and is incomplete without one', async () => {
    for (let size = 0; size < 10; size += 1) {
      const cut = { ...sample, records: sample.records.slice(0, size) };
      const lines = await exported(cut, { checkpoints: size === 0 ? [] : [size] });
      const seen = await verifyExport(lines, { keys, witnesses });
      expect(seen.outcome).toBe('broken');
      expect(seen.problems[0]).toMatchObject({ code: 'cut_off', index: size });
      const unseen = await verifyExport(lines, { keys });
      expect(unseen.outcome).toBe('incomplete');
      expect(unseen.problems.map(({ code }) => code)).toEqual(['no_witness']);
    }
  });

  test('ignores witnesses that anyone could have written', async () => {
    const stranger = sampleLog(30);
    const lines = await exported(sample, { checkpoints: [10] });
    const false1 = { note: checkpointAt(stranger, 30), source: 'slack' };
    const false2 = { note: 'hello', source: 'slack' };
    const empty = {
      note: signCheckpoint({ origin: log, size: 0, root: emptyRoot }, sample.privateKey),
      source: 'slack',
    };
    expect(await verifyExport(lines, { keys, witnesses: [false1, false2, ...witnesses] })).toMatchObject({
      outcome: 'whole',
      witnesses: { given: 3, used: 1 },
    });
    const { outcome, problems } = await verifyExport(lines, { keys, witnesses: [false1, false2, empty] });
    expect(outcome).toBe('incomplete');
    expect(problems[0]?.text).toContain("None of the 3 checkpoints given is this log's");
  });

  test('accepts checkpoints of an older key of the log, when it is trusted as well', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const newer = vkeyOf(log, createPublicKey(privateKey));
    const lines = await allOf(
      exportLines({
        log,
        vkeys: [newer, sample.vkey],
        size: 10,
        exportedAt: new Date(0),
        records: sample.records,
        checkpoints: [checkpointAt(sample, 6), checkpointAt({ ...sample, privateKey }, 10)],
      }),
    );
    expect((await verifyExport(lines, { keys: [newer, sample.vkey], witnesses })).outcome).toBe('whole');
    expect((await verifyExport(lines, { keys: [newer] })).problems[0]).toMatchObject({
      code: 'bad_checkpoint',
    });
    expect((await verifyExport(lines)).problems.map(({ code }) => code)).toEqual(['no_key', 'no_witness']);
  });

  test('names a record that was sealed for another log, or that is no record', async () => {
    const foreign = sealRecord({ ...sampleRecord(2, null), log: 'elsewhere.example' });
    const odd = {
      ...foreign,
      bytes: '{"v":1}',
      leafHash: 'ee0aaf9a4ba3ec1e96dd0ba5ce0c3a9ba1bba4c1a6c7e2f5a1f1ac8fcaa5ad9a',
    };
    const records = [...sample.records.slice(0, 2), foreign];
    const first = await verifyExport(await exported({ ...sample, records }, { checkpoints: [3] }), { keys });
    expect(first.problems[0]).toMatchObject({ code: 'other_log', index: 2, operation: 'op-2', seq: 0 });
    const second = await verifyExport(await exported({ ...sample, records: [odd] }, { checkpoints: [1] }), {
      keys,
    });
    expect(second.problems[0]).toMatchObject({ code: 'changed', index: 0 });
  });
});
