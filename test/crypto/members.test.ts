/** Member sets. docs/protocol.md §1.5 */
import { expect } from 'chai';

import { concat, lp, u32, utf8 } from '#crypto/bytes.ts';
import { everyMember, memberSet } from '#crypto/members.ts';
import { platform } from '#platform';

import { codeOf } from './refusal.ts';

describe('a member set', () => {
  const set = memberSet([10, 2, 9]);

  it('is in ascending order by number, however it was given', () => {
    expect([...set]).to.deep.equal([2, 9, 10]);
    expect(set.indices).to.deep.equal([2, 9, 10]);
    expect(set.size).to.equal(3);
  });

  it('has the digest of its tag, count and indices', () => {
    const bytes = concat(lp(utf8('members')), u32(3), u32(2), u32(9), u32(10));
    expect(set.digest).to.deep.equal(platform.sha256(bytes));
  });

  it('knows its members, and no others', () => {
    expect([1, 2, 3, 9, 10, 11].filter((index) => set.has(index))).to.deep.equal([2, 9, 10]);
  });

  it('ranks its members by how many come before', () => {
    expect([2, 9, 10].map((index) => set.rankOf(index))).to.deep.equal([0, 1, 2]);
    expect([0, 1, 3, 11].map((index) => set.rankOf(index))).to.deep.equal(Array(4).fill(undefined));
  });

  it('equals a set of the same members only', () => {
    expect(set.equals(memberSet([9, 10, 2]))).to.equal(true);
    expect(set.equals(memberSet([9, 10]))).to.equal(false);
    expect(set.equals(memberSet([9, 10, 3]))).to.equal(false);
  });

  it('is a subset of those that have all its members', () => {
    expect(set.isSubsetOf(set)).to.equal(true);
    expect(set.isSubsetOf(everyMember(11))).to.equal(true);
    expect(set.isSubsetOf(everyMember(10))).to.equal(false);
    expect(memberSet([]).isSubsetOf(set)).to.equal(true);
  });

  it('leaves out the members of another', () => {
    expect([...set.without(memberSet([9, 3]))]).to.deep.equal([2, 10]);
    expect([...set]).to.deep.equal([2, 9, 10]);
  });

  it('does not change with the list it was made from, nor by its own list', () => {
    const indices = [1, 2];
    const made = memberSet(indices);
    indices.push(3);
    expect([...made]).to.deep.equal([1, 2]);
    expect(Object.isFrozen(made.indices)).to.equal(true);
  });

  it('holds the whole roster from 0', () => {
    expect([...everyMember(4)]).to.deep.equal([0, 1, 2, 3]);
    expect([...everyMember(0)]).to.deep.equal([]);
  });

  it('refuses a member that is named twice', () => {
    expect(codeOf(() => memberSet([4, 1, 4]))).to.equal('members/duplicate');
  });

  for (const index of [-1, 0.5, 2 ** 32, NaN]) {
    it(`refuses ${index} as an index`, () => {
      expect(codeOf(() => memberSet([index]))).to.equal('bytes/out-of-range');
    });
  }
});
