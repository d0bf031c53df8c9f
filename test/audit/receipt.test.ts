import { describe, expect, test } from '@jest/globals';
import { formatReceipt, makeReceipt, type Receipt, verifyReceipt } from '../../src/audit/receipt.ts';
import { sealRecord } from '../../src/audit/record.ts';
import { checkpointAt, log, sampleLog, sampleRecord } from './sample-log.ts';

const sample = sampleLog(14);
const leaves = sample.records.map(({ leafHash }) => leafHash);
const keys = [sample.vkey];
const receipt = receiptOf(1, 13);
const line = formatReceipt(receipt);

describe('a receipt', () => {
  test('verifies alone, by the key of the log', () => {
    const { records, ...verdict } = verifyReceipt(line, keys);
    expect(verdict).toEqual({ outcome: 'whole', problems: [], log, operation: 'op-1' });
    expect(records.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  });

  test('is made for each operation at each later checkpoint', () => {
    for (let operation = 0; operation < 3; operation += 1)
      for (let size = 12; size <= 14; size += 1)
        expect(verifyReceipt(formatReceipt(receiptOf(operation, size)), keys).outcome).toBe('whole');
  });

  test('cannot be made by a checkpoint that does not cover its records', () => {
    expect(() => receiptOf(1, 10)).toThrow('A log of 10 records has no record 10');
  });

  test('is incomplete, not whole, without a key', () => {
    const { outcome, problems } = verifyReceipt(line, []);
    expect(outcome).toBe('incomplete');
    expect(problems.map(({ code }) => code)).toEqual(['no_key']);
  });

  test('is refused by the key of another log', () => {
    expect(verifyReceipt(line, [sampleLog(1).vkey]).problems[0]).toMatchObject({ code: 'bad_checkpoint' });
  });

  test('is broken with any byte changed, without a key as well', () => {
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (bytes[at] ?? 0) ^ 1;
      expect({ at, outcome: verifyReceipt(flipped.toString(), keys).outcome }).toEqual({
        at,
        outcome: 'broken',
      });
    }
  });

  test('names the record that was changed', () => {
    const forged = sealRecord({
      ...sampleRecord(4, leaves[1] ?? null),
      actor: { kind: 'bot', id: 'other' },
    }).bytes;
    const { problems } = edited(({ records }) =>
      records.map((one) => (one.index === 4 ? { ...one, record: forged } : one)),
    );
    expect(problems[0]).toMatchObject({ code: 'bad_proof', index: 4, operation: 'op-1', seq: 1 });
    expect(problems[1]).toMatchObject({ code: 'chain', index: 7 });
  });

  test('shows that a record was left out, at the beginning or between', () => {
    expect(edited(({ records }) => records.slice(1)).problems[0]).toMatchObject({ code: 'chain', index: 4 });
    expect(edited(({ records }) => records.toSpliced(2, 1)).problems[0]).toMatchObject({
      code: 'chain',
      index: 10,
    });
  });

  test("does not take another operation's record", () => {
    const foreign = receiptOf(2, 13).records[1];
    const { outcome, problems } = edited(({ records }) => (foreign ? records.with(1, foreign) : []));
    expect(outcome).toBe('broken');
    expect(problems[0]?.text).toContain('Here should be record 1 of operation op-1, and is record 1 of op-2');
  });

  test.each([
    '',
    '[]',
    '{}',
    '{"twokey":"audit-export"}',
    `${line} `,
    line.replace('"v":1}', '"v":1,"more":1}'),
  ])('is not %.40s', (text) => {
    expect(verifyReceipt(text, keys)).toMatchObject({ outcome: 'broken', operation: null });
  });
});

function receiptOf(operation: number, size: number): Receipt {
  const records = sample.records.flatMap(({ bytes }, index) =>
    index % 3 === operation && index < 12 ? [{ index, bytes }] : [],
  );
  return makeReceipt({
    operation: `op-${operation}`,
    checkpoint: checkpointAt(sample, size),
    records,
    leaves,
  });
}

function edited(edit: (receipt: Receipt) => Receipt['records']) {
  return verifyReceipt(formatReceipt({ ...receipt, records: edit(receipt) }), keys);
}
