import { hash } from 'node:crypto';
import { z } from 'zod';

/** A SHA-256 as it stands in the log: 64 lower-case hex characters, and no other spelling of it. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 as 64 lower-case hex characters');

/**
 * All that an append-only Merkle tree (RFC 6962 §2.1) must remember in order to grow: how many leaves it
 * has, and the roots of its complete subtrees, largest first, one for each bit set in `size`.
 */
export const CompactRange = z
  .strictObject({ size: z.int().nonnegative(), hashes: z.array(Hash) })
  .refine(
    ({ size, hashes }) => hashes.length === bitsSet(size),
    'one hash is needed for each bit set in size',
  );
export type CompactRange = Readonly<{ size: number; hashes: readonly string[] }>;

export const emptyRange: CompactRange = Object.freeze({ size: 0, hashes: Object.freeze([]) });

/** The range with one more leaf; the range given stays as it was. */
export function append(range: CompactRange, leafHash: string): CompactRange {
  const hashes = [...range.hashes];
  let carried = leafHash;
  for (let rest = range.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    carried = nodeHash(hashes.pop() ?? '', carried);
  }
  return { size: range.size + 1, hashes: [...hashes, carried] };
}

/** The Merkle tree hash of all leaves appended so far. */
export function rangeRoot(range: CompactRange): string {
  return range.hashes.length === 0
    ? emptyRoot
    : range.hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The Merkle tree hash of a whole list of leaf hashes. */
export function rootOf(leaves: readonly string[]): string {
  return rangeRoot(leaves.reduce(append, emptyRange));
}

/** The root of a tree without leaves. */
export const emptyRoot = hash('sha256', '');

/** RFC 6962's prefix 0x00 keeps a leaf from ever passing for an inner node. Text is hashed as UTF-8. */
export function leafHash(bytes: string | Buffer): string {
  return typeof bytes === 'string'
    ? hash('sha256', `\u0000${bytes}`)
    : hash('sha256', Buffer.concat([Buffer.of(0), bytes]));
}

/** @throws TypeError when either side is not a SHA-256 in lower-case hex: a shorter one would still hash. */
export function nodeHash(left: string, right: string): string {
  const node = Buffer.allocUnsafe(65);
  node[0] = 1;
  if (node.write(left, 1, 32, 'hex') + node.write(right, 33, 32, 'hex') !== 64)
    throw new TypeError('Both sides of a Merkle node must be SHA-256 hashes in hex');
  return hash('sha256', node);
}

function bitsSet(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
