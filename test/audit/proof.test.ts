import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyRoot, rootOf } from '../../src/audit/merkle.ts';
import {
  consistencyPath,
  consistencyProof,
  inclusionPath,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../src/audit/proof.ts';
import { ctLeaves, ctRoots, someLeaves } from './trees.ts';

const ct5 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const ct67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const ct45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
const ct23 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const ct0to3 = ctRoots[3] ?? '';

describe('an inclusion proof', () => {
  test('is the one of the certificate-transparency reference tests', () => {
    expect(inclusionProof(5, ctLeaves)).toEqual([ct5, ct67, ct0to3]);
    expect(inclusionProof(2, ctLeaves.slice(0, 3))).toEqual([ctRoots[1]]);
    expect(inclusionProof(0, ctLeaves.slice(0, 1))).toEqual([]);
  });

  test('verifies for every leaf of every tree up to 40 leaves', () => {
    for (let size = 1; size <= 40; size += 1) {
      const leaves = someLeaves(size);
      for (const [index, leaf] of leaves.entries()) {
        const claim = { index, size, leaf, proof: inclusionProof(index, leaves), root: rootOf(leaves) };
        expect(verifyInclusion(claim)).toBe(true);
      }
    }
  });

  test('fails once anything of it is altered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (size, pick, flip) => {
        const leaves = someLeaves(size);
        const index = pick % size;
        const claim = {
          index,
          size,
          leaf: leaves[index] ?? '',
          proof: inclusionProof(index, leaves),
          root: rootOf(leaves),
        };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: altered(claim.leaf, flip) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: altered(claim.root, flip) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, claim.leaf] })).toBe(false);
        expect(verifyInclusion({ ...claim, index: size })).toBe(false);
        for (let other = 0; other < size; other += 1)
          expect(verifyInclusion({ ...claim, index: other })).toBe(other === index);
        for (const proof of alterations(claim.proof, flip))
          expect(verifyInclusion({ ...claim, proof })).toBe(false);
      }),
    );
  });

  test('is false, not an error, for nonsense', () => {
    const claim = { index: 0, size: 2, leaf: ct5, proof: ['zz'], root: ct67 };
    expect(verifyInclusion(claim)).toBe(false);
    for (const index of [-1, 0.5, Number.NaN]) expect(verifyInclusion({ ...claim, index })).toBe(false);
    expect(verifyInclusion({ ...claim, proof: [ct5.toUpperCase()] })).toBe(false);
  });

  test('cannot be made for a leaf that is not there', () => {
    expect(() => inclusionProof(3, someLeaves(3))).toThrow('A log of 3 records has no record 3');
    expect(() => inclusionProof(0, [])).toThrow(RangeError);
  });
});

describe('a consistency proof', () => {
  test('is the one of the certificate-transparency reference tests', () => {
    expect(consistencyProof(1, ctLeaves)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      ct23,
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(consistencyProof(6, ctLeaves)).toEqual([ct45, ct67, ct0to3]);
    expect(consistencyProof(2, ctLeaves.slice(0, 5))).toEqual([ct23, ct5Alone()]);
  });

  test('verifies between every two sizes up to 40', () => {
    const leaves = someLeaves(40);
    for (let newSize = 0; newSize <= 40; newSize += 1)
      for (let oldSize = 0; oldSize <= newSize; oldSize += 1)
        expect(verifyConsistency(consistency(oldSize, leaves.slice(0, newSize)))).toBe(true);
  });

  test('fails once anything of it is altered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), (newSize, pick, flip) => {
        const claim = consistency(1 + (pick % (newSize - 1)), someLeaves(newSize));
        expect(verifyConsistency(claim)).toBe(true);
        expect(verifyConsistency({ ...claim, oldRoot: altered(claim.oldRoot, flip) })).toBe(false);
        expect(verifyConsistency({ ...claim, newRoot: altered(claim.newRoot, flip) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, claim.oldRoot] })).toBe(false);
        for (const proof of alterations(claim.proof, flip))
          expect(verifyConsistency({ ...claim, proof })).toBe(false);
      }),
    );
  });

  test('never joins a log to one whose past was rewritten', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), (newSize, pick, at) => {
        const leaves = someLeaves(newSize);
        const oldSize = 1 + (pick % (newSize - 1));
        const rewritten = leaves.with(at % oldSize, altered(leaves[at % oldSize] ?? '', at));
        const claim = { ...consistency(oldSize, rewritten), oldRoot: rootOf(leaves.slice(0, oldSize)) };
        expect(verifyConsistency(claim)).toBe(false);
      }),
    );
  });

  test('says no to a log that became shorter, and to a false beginning', () => {
    const leaves = someLeaves(8);
    expect(verifyConsistency({ ...consistency(4, leaves), oldSize: 9 })).toBe(false);
    expect(verifyConsistency({ ...consistency(0, leaves), oldRoot: rootOf(leaves) })).toBe(false);
    expect(consistency(0, leaves)).toMatchObject({ oldRoot: emptyRoot, proof: [] });
    expect(() => consistencyProof(9, leaves)).toThrow('A log of 8 records was never 9 records long');
  });
});

test('proofs of very large logs name few subtrees, each complete but the last', () => {
  const size = 2 ** 52 + 3;
  const paths = [
    ...inclusionPath(0, size),
    ...inclusionPath(size - 1, size),
    ...consistencyPath(2 ** 51 + 1, size),
  ];
  expect(paths.length).toBeLessThan(120);
  for (const [from, to] of paths) expect(to === size || Number.isInteger(Math.log2(to - from))).toBe(true);
});

function ct5Alone(): string {
  return ctLeaves[4] ?? '';
}

function consistency(oldSize: number, leaves: readonly string[]) {
  return {
    oldSize,
    oldRoot: rootOf(leaves.slice(0, oldSize)),
    newSize: leaves.length,
    newRoot: rootOf(leaves),
    proof: consistencyProof(oldSize, leaves),
  };
}

function altered(hex: string, flip: number): string {
  const bytes = Buffer.from(hex, 'hex');
  bytes[flip % 32] = (bytes[flip % 32] ?? 0) ^ (1 << (flip % 8));
  return bytes.toString('hex');
}

/** The proof with each hash changed, and with each hash left out. */
function alterations(proof: readonly string[], flip: number): string[][] {
  return proof.flatMap((hash, index) => [
    [...proof].with(index, altered(hash, flip)),
    proof.toSpliced(index, 1),
  ]);
}
