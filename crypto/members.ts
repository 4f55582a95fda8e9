/** Subsets of the roster: the sharers U2, the survivors U3, the roster U1 itself. protocol.md §1.5 */
import { platform } from '#platform';

import { concat, equalBytes, lp, u32, utf8 } from './bytes.ts';
import { TributaryError } from './error.ts';

/** An immutable set of roster indices that iterates in ascending order. */
export class MemberSet implements Iterable<number> {
  /** Ascending. */
  readonly indices: readonly number[];
  /** `H(lp("members") ‖ u32(count) ‖ indices)` */
  readonly digest: Uint8Array;
  readonly #lookup: ReadonlySet<number>;

  /**
   * @param indices in any order
   * @throws TributaryError `members/duplicate` for a repeated index, `bytes/out-of-range` for one that is no u32
   */
  constructor(indices: Iterable<number>) {
    this.indices = Object.freeze([...indices].sort((a, b) => a - b));
    this.#lookup = new Set(this.indices);
    if (this.#lookup.size !== this.indices.length) {
      throw new TributaryError('members/duplicate', 'a set of members names one of them twice');
    }
    this.digest = platform.sha256(lp(utf8('members')), u32(this.size), concat(...this.indices.map(u32)));
  }

  get size(): number {
    return this.indices.length;
  }

  has(index: number): boolean {
    return this.#lookup.has(index);
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
