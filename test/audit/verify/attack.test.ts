import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { exportLines } from '../../../src/audit/export.ts';
import { vkeyOf } from '../../../src/audit/note.ts';
import type { SealedRecord } from '../../../src/audit/record.ts';
import { parseRecord, sealRecord } from '../../../src/audit/record.ts';
import { verifyExport } from '../../../src/audit/verify/verify.ts';
import { checkpointAt, exported, log, sampleLog, sampleRecord } from '../sample-log.ts';

const real = sampleLog(12);
const keys = [real.vkey];
const witness = { note: checkpointAt(real, 12), source: 'audit.json' };
const trust = { keys, witnesses: [witness] };

/** A log that tells another story, under the attacker's own key. */
const anew = { ...sampleLog(12), records: rewrittenFrom(0) };

describe('whoever can write to the database, but has no key,', () => {
  test('cannot change a record: its successor, else the checkpoint, shows it', async () => {
    for (let index = 0; index < 12; index += 1) {
      const { outcome, problems } = await verdict(real.records.with(index, forged(index)));
      expect(outcome).toBe('broken');
      const hasSuccessor = index + 3 < (index < 6 ? 6 : 12);
      const expected = { operation: `op-${index % 3}`, seq: Math.floor(index / 3), code: 'chain', index };
      expect(problems[0]).toMatchObject(
        hasSuccessor ? expected : { code: 'rewritten', index: index < 6 ? 0 : 6 },
      );
    }
  });

  test('cannot change a record and all that follow it in its operation', async () => {
    for (let index = 0; index < 12; index += 1) {
      const { problems, outcome } = await verdict(rewrittenFrom(index));
      const range = index < 6 ? 0 : 6;
      expect(outcome).toBe('broken');
      expect(problems[0]).toMatchObject({ code: 'rewritten', index: range });
      expect(problems[0]?.text).toContain(`among records ${range} to ${range + 5} something was changed`);
    }
  });

  test('cannot remove a record and renumber the rest', async () => {
    for (let index = 0; index < 9; index += 1) {
      const { outcome, problems } = await verdict(real.records.toSpliced(index, 1), [6, 12]);
      expect(outcome).toBe('broken');
      const first = problems[0];
      expect(first?.index).toBeLessThanOrEqual(index + 2);
      expect(['chain', 'rewritten', 'missing']).toContain(first?.code);
      expect(problems.some(({ operation }) => operation === `op-${index % 3}`)).toBe(true);
    }
  });

  test('cannot remove the newest record of an operation, which no other follows', async () => {
    const { outcome, problems } = await verdict(real.records.toSpliced(9, 1), [6]);
    expect(outcome).toBe('broken');
    expect(problems[0]).toMatchObject({ code: 'cut_off', index: 11 });
  });

  test('cannot swap two records and renumber them', async () => {
    for (let index = 0; index < 11; index += 1) {
      const { outcome, problems } = await verdict(swapped(index));
      expect(outcome).toBe('broken');
      expect(problems[0]).toMatchObject({ code: 'rewritten', index: index < 6 ? 0 : 6 });
    }
  });

  test('cannot add a record that fits its operation', async () => {
    const added = sealRecord(sampleRecord(12, real.records[9]?.leafHash ?? null));
    const { outcome, problems } = await verdict([...real.records, added]);
    expect(outcome).toBe('incomplete');
    expect(problems).toEqual([expect.objectContaining({ code: 'unsigned', index: 12 })]);
    const inside = sealRecord(sampleRecord(6, real.records[3]?.leafHash ?? null));
    const between = await verdict(real.records.toSpliced(5, 0, inside));
    expect(between.outcome).toBe('broken');
    expect(between.problems[0]?.index).toBeLessThanOrEqual(5);
  });

  test('cannot make the whole log anew under another key', async () => {
    const lines = await exported(anew, { checkpoints: [6, 12] });
    const { outcome, problems, signed } = await verifyExport(lines, trust);
    expect(outcome).toBe('broken');
    expect(signed).toBe(0);
    expect(problems.slice(0, 3).map(({ code }) => code)).toEqual([
      'rewritten',
      'bad_checkpoint',
      'bad_checkpoint',
    ]);
    expect((await verifyExport(lines, { keys })).problems[0]).toMatchObject({
      code: 'bad_checkpoint',
      text: expect.stringContaining(`Not signed by ${log}+${real.vkey.keyId}, but by ${log}+`),
    });
  });

  test('is believed by nobody who has the key, and is never called whole to those who have none', async () => {
    const lines = await exported(anew, { checkpoints: [6, 12] });
    const { outcome, problems } = await verifyExport(lines, { witnesses: [witness] });
    expect(outcome).toBe('incomplete');
    expect(problems.map(({ code }) => code)).toEqual(['no_key', 'no_witness']);
    expect(problems[0]?.text).toContain('only that the file agrees with itself');
    expect(problems[1]?.text).toContain("None of the 1 checkpoints given is this log's");
  });

  test("cannot pass off another log's export, or this one's key for another log", async () => {
    const other = vkeyOf('elsewhere.example', createPublicKey(generateKeyPairSync('ed25519').privateKey));
    const { outcome, problems } = await verifyExport(await exported(real, { checkpoints: [12] }), {
      keys: [other],
    });
    expect(outcome).toBe('broken');
    expect(problems[0]).toMatchObject({ code: 'other_log', line: 1 });
  });
});

describe('whoever has stolen the key of the log too', () => {
  test('is betrayed by a checkpoint that was kept elsewhere', async () => {
    const rewritten = { ...real, records: rewrittenFrom(4) };
    const lines = await exported(rewritten, { checkpoints: [6, 12] });
    const { outcome, problems } = await verifyExport(lines, trust);
    expect(outcome).toBe('broken');
    expect(problems[0]).toMatchObject({
      code: 'rewritten',
      index: 0,
      text: expect.stringContaining('kept in audit.json'),
    });
    const early = { note: checkpointAt(real, 3), source: 'thread.json' };
    const nearer = await verifyExport(lines, { keys, witnesses: [witness, early] });
    expect(nearer.problems[0]).toMatchObject({ code: 'rewritten', index: 3 });
    expect(nearer.witnessed).toBe(3);
  });

  test('is not seen without one, which is why the verdict is then incomplete', async () => {
    const lines = await exported({ ...real, records: rewrittenFrom(4) }, { checkpoints: [6, 12] });
    const { outcome, problems } = await verifyExport(lines, { keys });
    expect(outcome).toBe('incomplete');
    expect(problems.map(({ code }) => code)).toEqual(['no_witness']);
  });
});

/** An export of other records, with the signed checkpoints that the attacker could find. */
async function verdict(records: readonly SealedRecord[], sizes: readonly number[] = [6, 12]) {
  const size = records.length;
  const checkpoints = sizes.filter((at) => at <= size).map((at) => checkpointAt(real, at));
  const lines = exportLines({ log, vkeys: keys, size, exportedAt: new Date(0), records, checkpoints });
  return verifyExport(lines, trust);
}

function forged(index: number): SealedRecord {
  const record = parseRecord(real.records[index]?.bytes ?? '');
  return sealRecord({ ...record, actor: { kind: 'person', id: 'U0MALLORY' } });
}

function rewrittenFrom(index: number): SealedRecord[] {
  const records = real.records.with(index, forged(index));
  for (let later = index + 3; later < records.length; later += 3)
    records[later] = sealRecord(sampleRecord(later, records[later - 3]?.leafHash ?? null));
  return records;
}

function swapped(index: number): SealedRecord[] {
  const [first, second] = real.records.slice(index, index + 2);
  return first && second ? real.records.toSpliced(index, 2, second, first) : [];
}
