import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  append,
  CompactRange,
  emptyRange,
  emptyRoot,
  leafHash,
  nodeHash,
  rangeRoot,
  rootOf,
} from '../../src/audit/merkle.ts';
import { ctLeaves, ctRoots, someLeaves } from './trees.ts';

describe('the Merkle tree', () => {
  test('has the roots of the certificate-transparency reference trees', () => {
    expect(ctRoots.map((_, index) => rootOf(ctLeaves.slice(0, index + 1)))).toEqual(ctRoots);
  });

  test('has the hash of nothing as its root while it is empty', () => {
    expect(emptyRoot).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rangeRoot(emptyRange)).toBe(emptyRoot);
  });

  test('hashes text as its UTF-8 bytes behind a zero byte', () => {
    const text = '{"name":"Zoë 😀 \u0000"}';
    expect(leafHash(text)).toBe(leafHash(Buffer.from(text)));
    expect(leafHash(text)).toBe(createHash('sha256').update(Buffer.of(0)).update(text, 'utf8').digest('hex'));
  });

  test('agrees with the recursive definition of RFC 6962 §2.1 for every size up to 130', () => {
    const leaves = someLeaves(130);
    for (let size = 0; size <= leaves.length; size += 1)
      expect(rootOf(leaves.slice(0, size))).toBe(recursiveRoot(leaves.slice(0, size)));
  });

  test('grows from any stored range to the same root', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.nat(80), (first, more) => {
        const leaves = someLeaves(first + more);
        const kept = CompactRange.parse(
          JSON.parse(JSON.stringify(leaves.slice(0, first).reduce(append, emptyRange))),
        );
        expect(rangeRoot(leaves.slice(first).reduce(append, kept))).toBe(rootOf(leaves));
      }),
    );
  });

  test('leaves the range that it appends to as it was', () => {
    const before = someLeaves(3).reduce(append, emptyRange);
    const root = rangeRoot(before);
    append(before, leafHash('more'));
    expect(rangeRoot(before)).toBe(root);
  });

  test('refuses a stored range whose hashes do not fit its size', () => {
    expect(CompactRange.safeParse({ size: 3, hashes: someLeaves(1) }).success).toBe(false);
    expect(CompactRange.safeParse({ size: 1, hashes: ['AB'.repeat(32)] }).success).toBe(false);
  });

  test('refuses to hash what is no hash', () => {
    expect(() => nodeHash('', leafHash('a'))).toThrow(TypeError);
    expect(() => nodeHash(leafHash('a'), 'zz')).toThrow(TypeError);
  });
});

function recursiveRoot(leaves: readonly string[]): string {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return only;
  const left = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  const sides = [recursiveRoot(leaves.slice(0, left)), recursiveRoot(leaves.slice(left))];
  return createHash('sha256')
    .update(Buffer.concat([Buffer.of(1), Buffer.from(sides.join(''), 'hex')]))
    .digest('hex');
}
