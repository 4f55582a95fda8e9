/** Merkle trees over lists of byte strings, with SHA-256. Source: RFC 9162 §2.1; protocol.md §1.4 */
import { platform } from '#platform';

import { equalBytes } from './bytes.ts';
import { TributaryError } from './error.ts';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** `H(0x00 ‖ data)` */
export function leafHash(data: Uint8Array): Uint8Array {
  return platform.sha256(LEAF, data);
}

/** The root over leaves in order; of none it is `H("")`. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const builder = new MerkleBuilder();
  for (const leaf of leaves) builder.push(leaf);
  return builder.root();
}

/**
 * The siblings that lead from one leaf to the root, from the leaf up.
 * @throws TributaryError `merkle/index` unless 0 ≤ index < leaves.length
 */
export function merklePath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!isIndex(index, leaves.length)) {
    throw new TributaryError('merkle/index', `there is no leaf ${index} among ${leaves.length}`);
  }
  if (leaves.length === 1) return [];
  const split = splitPoint(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...merklePath(left, index), merkleRoot(right)]
    : [...merklePath(right, index - split), merkleRoot(left)];
}

/**
 * The path of every leaf, each as `merklePath` gives it, for the price of one root: n − 1 nodes are hashed. Paths
 * share their hashes' memory.
 */
export function merklePaths(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const paths: Uint8Array[][] = leaves.map(() => []);
  if (leaves.length > 0) collectPaths(leaves.map(leafHash), paths);
  return paths;
}

/** Whether a leaf's data is at `index` of the tree of `size` leaves with this root. RFC 9162 §2.1.3.2 */
export function verifyPath(
  leafData: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isIndex(index, size)) return false;
  const computed = rootFrom(leafHash(leafData), index, size, path);
  return computed !== undefined && equalBytes(computed, root);
}

/** Builds a root from leaves that come one by one, keeping one hash a level. */
export class MerkleBuilder {
  /** Roots of complete subtrees, by falling size; `size` in binary says which sizes there are. */
  readonly #peaks: Uint8Array[] = [];
  #size = 0;

  push(leaf: Uint8Array): void {
    this.pushHash(leafHash(leaf));
  }

  /** The same by what `leafHash` gives, for a leaf that is nowhere whole. */
  pushHash(leaf: Uint8Array): void {
    let hash = leaf;
    this.#size += 1;
    for (let size = this.#size; size % 2 === 0; size /= 2) hash = nodeHash(this.#peaks.pop() ?? hash, hash);
    this.#peaks.push(hash);
  }

  /** The root over the leaves so far; more may follow. */
  root(): Uint8Array {
    if (this.#peaks.length === 0) return platform.sha256();
    return this.#peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** Appends to each leaf's path what stands beside it in this subtree. @returns the subtree's root */
function collectPaths(hashes: readonly Uint8Array[], paths: readonly Uint8Array[][]): Uint8Array {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return only;
  const split = splitPoint(hashes.length);
  const left = collectPaths(hashes.slice(0, split), paths.slice(0, split));
  const right = collectPaths(hashes.slice(split), paths.slice(split));
  for (const [i, path] of paths.entries()) path.push(i < split ? right : left);
  return nodeHash(left, right);
}

/** Climbs from a leaf's hash, or undefined if the path is not as long as the leaf's place needs. */
function rootFrom(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const sibling = path.at(-1);
  if (sibling?.length !== 32) return undefined;
  const split = splitPoint(size);
  const onLeft = index < split;
  const below = onLeft
    ? rootFrom(leaf, index, split, path.slice(0, -1))
    : rootFrom(leaf, index - split, size - split, path.slice(0, -1));
  if (below === undefined) return undefined;
  return onLeft ? nodeHash(below, sibling) : nodeHash(sibling, below);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return platform.sha256(NODE, left, right);
}

/** The largest power of two below n ≥ 2. */
function splitPoint(n: number): number {
  return 2 ** (31 - Math.clz32(n - 1));
}

function isIndex(index: number, size: number): boolean {
  return Number.isInteger(index) && Number.isInteger(size) && index >= 0 && index < size && size <= 2 ** 31;
}
