import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Canonical } from '../../src/audit/canonical.ts';
import { signCheckpoint } from '../../src/audit/checkpoint.ts';
import { exportLines } from '../../src/audit/export.ts';
import { rootOf } from '../../src/audit/merkle.ts';
import { type Vkey, vkeyOf } from '../../src/audit/note.ts';
import { type AuditRecord, type SealedRecord, sealRecord } from '../../src/audit/record.ts';

export const log = 'ops.example.com/twokey';

/** A log made for one test, with its private key at hand. */
export interface SampleLog {
  readonly records: readonly SealedRecord[];
  readonly privateKey: KeyObject;
  readonly vkey: Vkey;
}

/**
 * Three operations, interleaved: record i belongs to operation i mod 3, and is its record ⌊i/3⌋.
 * So the one before record i in its operation is record i−3.
 */
export function sampleLog(size: number, privateKey = generateKeyPairSync('ed25519').privateKey): SampleLog {
  const records: SealedRecord[] = [];
  for (let index = 0; index < size; index += 1)
    records.push(sealRecord(sampleRecord(index, records[index - 3]?.leafHash ?? null)));
  return { records, privateKey, vkey: vkeyOf(log, createPublicKey(privateKey)) };
}

export function sampleRecord(index: number, prev: string | null): AuditRecord {
  return {
    v: 1,
    log,
    operation: `op-${index % 3}`,
    seq: Math.floor(index / 3),
    prev,
    at: new Date(Date.UTC(2026, 10, 21, 6, 0, index)).toISOString(),
    type: index < 3 ? 'operation.requested' : 'step.finished',
    actor: { kind: 'person', id: `U0${index}`, name: 'Zoë 😀' },
    data: { text: 'a line\nand \u2028another', rows: index * 1000 },
  };
}

export function checkpointAt(sample: SampleLog, size: number): string {
  const leaves = sample.records.slice(0, size).map(({ leafHash }) => leafHash);
  return signCheckpoint({ origin: log, size, root: rootOf(leaves) }, sample.privateKey);
}

export interface SampleExport {
  readonly checkpoints: readonly number[];
  readonly statements?: readonly Canonical[];
  readonly size?: number;
}

export async function exported(
  sample: SampleLog,
  { checkpoints, statements = [], size }: SampleExport,
): Promise<string[]> {
  const lines = exportLines({
    log,
    vkeys: [sample.vkey],
    size: size ?? sample.records.length,
    exportedAt: new Date(Date.UTC(2026, 10, 21, 7)),
    records: sample.records,
    checkpoints: checkpoints.map((at) => checkpointAt(sample, at)),
    statements,
  });
  return allOf(lines);
}

export async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
