/** Subsets of the roster: the sharers U2, the survivors U3, the roster U1 itself. protocol.md §1.5 */
import { platform } from '#platform';

import { equalBytes, lp, u32, utf8 } from './bytes.ts';
import { TributaryError } from './error.ts';

/** An immutable set of roster indices that iterates in ascending order. */
export class MemberSet implements Iterable<number> {
  /** Ascending. */
  readonly indices: readonly number[];
  #digest: Uint8Array | undefined;

  /**
   * @param indices in any order
   * @throws TributaryError `members/duplicate` for a repeated index, `bytes/out-of-range` for one that is no u32
   */
  constructor(indices: Iterable<number>) {
    this.indices = Object.freeze([...indices].sort((a, b) => a - b));
    if (this.indices.some((index, rank) => index === this.indices[rank - 1])) {
      throw new TributaryError('members/duplicate', 'a set of members names one of them twice');
    }
    if (!this.indices.every(isU32)) {
      throw new TributaryError('bytes/out-of-range', 'a member is numbered by an integer from 0 to 2^32 - 1');
    }
  }

  get size(): number {
    return this.indices.length;
  }

  /** `H(lp("members") ‖ u32(count) ‖ indices)`; worked out when it is first asked for. */
  get digest(): Uint8Array {
    this.#digest ??= platform.sha256(lp(utf8('members')), u32(this.size), encodeIndices(this.indices));
    return this.#digest;
  }

  has(index: number): boolean {
    return this.rankOf(index) !== undefined;
  }

  /** How many members of the set come before this one; undefined if it is not in the set. */
  rankOf(index: number): number | undefined {
    const rank = placeIn(this.indices, index);
    return this.indices[rank] === index ? rank : undefined;
  }

  equals(other: MemberSet): boolean {
    return equalBytes(this.digest, other.digest);
  }

  isSubsetOf(other: MemberSet): boolean {
    return this.indices.every((index) => other.has(index));
  }

  /** Those members that are not in `other`. */
  without(other: MemberSet): MemberSet {
    return memberSet(this.indices.filter((index) => !other.has(index)));
  }

  [Symbol.iterator](): Iterator<number> {
    return this.indices[Symbol.iterator]();
  }
}

/** A set of these members, given in any order. @throws as the constructor of `MemberSet` */
export function memberSet(indices: Iterable<number>): MemberSet {
  return new MemberSet(indices);
}

/** The whole roster of n members: 0 … n − 1. */
export function everyMember(n: number): MemberSet {
  return memberSet(Array.from({ length: n }, (_, index) => index));
}

/** How many of ascending indices come before one. A coordinator holds a set or two of every member: a map of each would take five times as much. */
function placeIn(indices: readonly number[], wanted: number): number {
  let [from, to] = [0, indices.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((indices[middle] ?? 0) < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

function encodeIndices(indices: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * indices.length);
  const view = new DataView(bytes.buffer);
  for (const [place, index] of indices.entries()) view.setUint32(4 * place, index);
  return bytes;
}

const isU32 = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < 2 ** 32;
