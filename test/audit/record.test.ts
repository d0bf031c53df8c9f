import { describe, expect, test } from '@jest/globals';
import { leafHash } from '../../src/audit/merkle.ts';
import { type AuditRecord, parseRecord, RecordError, sealRecord } from '../../src/audit/record.ts';

const record: AuditRecord = {
  v: 1,
  log: 'ops.example.com/twokey',
  operation: '0b8e5f7c',
  seq: 0,
  prev: null,
  at: '2026-11-21T06:40:02.000Z',
  type: 'operation.requested',
  actor: { kind: 'person', id: 'U0ALICE', team: 'T0OPS', name: 'Alice Zoë' },
  data: { command: '/restore test', arguments: { target: 'orders', size: 42 }, flags: [true, null] },
};

describe('a record', () => {
  test('is sealed as its canonical bytes and their leaf hash', () => {
    const { bytes, leafHash: leaf } = sealRecord(record);
    expect(bytes).toBe(
      '{"actor":{"id":"U0ALICE","kind":"person","name":"Alice Zoë","team":"T0OPS"},"at":"2026-11-21T06:40:02.000Z",' +
        '"data":{"arguments":{"size":42,"target":"orders"},"command":"/restore test","flags":[true,null]},' +
        '"log":"ops.example.com/twokey","operation":"0b8e5f7c","prev":null,"seq":0,"type":"operation.requested","v":1}',
    );
    expect(leaf).toBe(leafHash(Buffer.from(bytes)));
    expect(leaf).toBe('6e8a9c9eff91b65d6af8772639a12df45934cceea16bee71845d7b1cc9a2f7d9');
  });

  test('is read back as it was sealed', () => {
    expect(parseRecord(sealRecord(record).bytes)).toEqual(record);
  });

  test.each<[string, object]>([
    ['seq: ', { seq: -1 }],
    ['seq: ', { seq: 1.5 }],
    ['prev: expected null', { seq: 0, prev: leafHash('a') }],
    ['prev: expected null', { seq: 1, prev: null }],
    ['prev: expected a SHA-256', { seq: 1, prev: 'AB'.repeat(32) }],
    ['at: ', { at: '2026-11-21T06:40:02Z' }],
    ['at: ', { at: '2026-02-30T06:40:02.000Z' }],
    ['at: ', { at: '2026-11-21T06:40:02.000+01:00' }],
    ['type: expected a dotted name', { type: 'Requested' }],
    ['log: expected a name without spaces', { log: 'a b' }],
    ['operation: expected an id', { operation: 'a\nb' }],
    ['actor.kind: ', { actor: { kind: 'robot', id: 'x' } }],
    ['actor.name: expected text without lone', { actor: { kind: 'bot', id: 'x', name: '\udc00' } }],
    ['log: expected text without lone', { log: '\ud800' }],
    ['data: expected a JSON object', { data: { ratio: 0.5 } }],
    ['data: expected a JSON object', { data: { big: 2 ** 53 } }],
    ['data: expected a JSON object', { data: { text: '\ud800' } }],
    ['data: expected a JSON object', { data: { '\ud800': 1 } }],
    ['data: expected a JSON object', { data: { at: new Date(0) } }],
    ['data: expected a JSON object', { data: [] }],
    ['v: ', { v: 2 }],
    ['record: ', { extra: true }],
  ])('is refused naming the field (%s) for %j', (text, change) => {
    const wrong = Object.assign({}, record, change);
    expect(() => sealRecord(wrong)).toThrow(RecordError);
    expect(() => sealRecord(wrong)).toThrow(text);
  });

  test.each([
    ['not_json', (bytes: string) => bytes.slice(1)],
    ['not_canonical', (bytes: string) => ` ${bytes}`],
    [
      'not_canonical',
      (bytes: string) => bytes.replace('"size":42,"target":"orders"', '"target":"orders","size":42'),
    ],
    ['not_canonical', (bytes: string) => bytes.replace('"size":42', '"size":-0')],
    ['not_a_record', (bytes: string) => bytes.replace('"U0ALICE"', '"\\ud800"')],
    ['not_canonical', (bytes: string) => bytes.replace('"size":42', '"size":4.2e1')],
    ['not_canonical', (bytes: string) => bytes.replace('"size":42', '"size":41,"size":42')],
    ['not_canonical', (bytes: string) => bytes.replace('"v":1', '"v":1.0')],
    ['not_canonical', (bytes: string) => bytes.replace('ë', '\\u00eb')],
    ['not_a_record', (bytes: string) => bytes.replace('"v":1', '"v":2')],
    ['not_a_record', () => '7'],
  ])('is refused as %s when its bytes are another spelling', (code, change) => {
    expect(() => parseRecord(change(sealRecord(record).bytes))).toThrow(expect.objectContaining({ code }));
  });

  test('is read back with members named like numbers, which engines put first', () => {
    const numbered = { ...record, data: { b: 1, '10': 2, '9': 3, a: [{ '1': 1, '01': 2 }] } };
    expect(parseRecord(sealRecord(numbered).bytes)).toEqual(numbered);
    expect(() => parseRecord(JSON.stringify(JSON.parse(sealRecord(numbered).bytes)))).toThrow(
      'not in canonical JSON',
    );
  });

  test('keeps a member of its data named __proto__', () => {
    const bytes = sealRecord(record).bytes.replace('"flags"', '"__proto__":{"x":1},"command2":"","flags"');
    const sorted = bytes
      .replace('"data":{', '"data":{"__proto__":{"x":1},')
      .replace('"__proto__":{"x":1},"command2":"",', '');
    expect(sealRecord(parseRecord(sorted)).bytes).toBe(sorted);
  });
});
