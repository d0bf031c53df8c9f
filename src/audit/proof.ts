import { emptyRoot, Hash, nodeHash, rootOf } from './merkle.ts';

/** Leaves `from` (inclusive) to `to` (exclusive): the subtree whose root stands at one place of a proof. */
export type Subtree = readonly [from: number, to: number];

/**
 * The audit path of one leaf (RFC 6962 §2.1.1): with it and the leaf hash, anyone can rebuild the root.
 *
 * @throws RangeError when there is no such leaf.
 */
export function inclusionProof(index: number, leaves: readonly string[]): string[] {
  return inclusionPath(index, leaves.length).map(([from, to]) => rootOf(leaves.slice(from, to)));
}

/** True when `leaf` stands at `index` of the tree with this size and root. Malformed proofs are false. */
export function verifyInclusion(claim: {
  index: number;
  size: number;
  leaf: string;
  proof: readonly string[];
  root: string;
}): boolean {
  const { index, size, leaf, proof, root } = claim;
  if (!isLeafOf(index, size) || ![leaf, root, ...proof].every(isHash)) return false;
  return rootAbove(index, size, leaf, proof) === root;
}

/**
 * Proof that a tree of `oldSize` leaves is the beginning of the tree of all `leaves` (RFC 6962 §2.1.2).
 * Empty from an empty tree, or to a tree of the same size.
 *
 * @throws RangeError when `oldSize` is larger than the tree.
 */
export function consistencyProof(oldSize: number, leaves: readonly string[]): string[] {
  return consistencyPath(oldSize, leaves.length).map(([from, to]) => rootOf(leaves.slice(from, to)));
}

/** True when the newer tree begins with the older one, so nothing in it was changed, removed or reordered. */
export function verifyConsistency(claim: {
  oldSize: number;
  oldRoot: string;
  newSize: number;
  newRoot: string;
  proof: readonly string[];
}): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === 0 || oldSize === newSize)
    return proof.length === 0 && oldRoot === (oldSize === newSize ? newRoot : emptyRoot);
  const roots = rootsAbove(oldSize, newSize, true, oldRoot, proof);
  return roots !== null && roots.old === oldRoot && roots.new === newRoot;
}

/** Which subtrees an inclusion proof is made of, for a store that keeps their roots. */
export function inclusionPath(index: number, size: number): Subtree[] {
  if (!isLeafOf(index, size)) throw new RangeError(`A log of ${size} records has no record ${index}`);
  return pathToLeaf(index, 0, size);
}

/** Which subtrees a consistency proof is made of, for a store that keeps their roots. */
export function consistencyPath(oldSize: number, newSize: number): Subtree[] {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize)
    throw new RangeError(`A log of ${newSize} records was never ${oldSize} records long`);
  return oldSize === 0 ? [] : pathToSize(oldSize, 0, newSize, true);
}

function pathToLeaf(index: number, from: number, to: number): Subtree[] {
  if (to - from === 1) return [];
  const middle = from + leftSize(to - from);
  return index < middle
    ? [...pathToLeaf(index, from, middle), [middle, to]]
    : [...pathToLeaf(index, middle, to), [from, middle]];
}

/** `known`: the verifier already has this subtree's root, because it is the old root itself. */
function pathToSize(oldSize: number, from: number, to: number, known: boolean): Subtree[] {
  if (oldSize === to) return known ? [] : [[from, to]];
  const middle = from + leftSize(to - from);
  return oldSize <= middle
    ? [...pathToSize(oldSize, from, middle, known), [middle, to]]
    : [...pathToSize(oldSize, middle, to, false), [from, middle]];
}

function rootAbove(index: number, size: number, leaf: string, proof: readonly string[]): string | null {
  const sibling = proof.at(-1);
  if (size === 1) return sibling === undefined ? leaf : null;
  if (sibling === undefined) return null;
  const left = leftSize(size);
  const rest = proof.slice(0, -1);
  const below =
    index < left ? rootAbove(index, left, leaf, rest) : rootAbove(index - left, size - left, leaf, rest);
  if (below === null) return null;
  return index < left ? nodeHash(below, sibling) : nodeHash(sibling, below);
}

type Roots = Readonly<{ old: string; new: string }>;

/** The roots that the proof gives to the old and to the new tree, or null when it does not fit the sizes. */
function rootsAbove(
  oldSize: number,
  newSize: number,
  known: boolean,
  oldRoot: string,
  proof: readonly string[],
): Roots | null {
  const last = proof.at(-1);
  if (oldSize === newSize) return rootsAtEdge(known, oldRoot, proof);
  if (last === undefined) return null;
  const left = leftSize(newSize);
  const rest = proof.slice(0, -1);
  if (oldSize <= left) {
    const below = rootsAbove(oldSize, left, known, oldRoot, rest);
    return below && { old: below.old, new: nodeHash(below.new, last) };
  }
  const below = rootsAbove(oldSize - left, newSize - left, false, oldRoot, rest);
  return below && { old: nodeHash(last, below.old), new: nodeHash(last, below.new) };
}

function rootsAtEdge(known: boolean, oldRoot: string, proof: readonly string[]): Roots | null {
  if (known) return proof.length === 0 ? { old: oldRoot, new: oldRoot } : null;
  const [edge, ...surplus] = proof;
  return edge !== undefined && surplus.length === 0 ? { old: edge, new: edge } : null;
}

/** The leaves under a root's left child: the largest power of two below `size` (which is at least 2). */
function leftSize(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isLeafOf(index: number, size: number): boolean {
  return isSize(size) && isSize(index) && index < size;
}

function isHash(value: string): boolean {
  return Hash.safeParse(value).success;
}
