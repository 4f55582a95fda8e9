/** Merkle trees as RFC 9162 §2.1.1 and §2.1.3.1 define them, word for word. docs/protocol.md §1.4 */
import { hash } from './text.ts';

/** MTH(D[n]) */
export function treeRoot(leaves: string[]): string {
  const [first, ...others] = leaves;
  if (first === undefined) return hash('');
  if (others.length === 0) return hash('00' + first);
  const k = splitOf(leaves.length);
  return hash('01' + treeRoot(leaves.slice(0, k)) + treeRoot(leaves.slice(k)));
}

/** PATH(m, D[n]) */
export function treePath(m: number, leaves: string[]): string[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  if (m < k) return [...treePath(m, leaves.slice(0, k)), treeRoot(leaves.slice(k))];
  return [...treePath(m - k, leaves.slice(k)), treeRoot(leaves.slice(0, k))];
}

/** k is the largest power of two with k < n ≤ 2k. */
function splitOf(n: number): number {
  let k = 1;
  while (2 * k < n) k = 2 * k;
  return k;
}
