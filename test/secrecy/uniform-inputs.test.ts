/**
 * Masked inputs are uniform: with all masks, and with any one mask that the coordinator does not know left. Chi-square
 * with 255 degrees of freedom lies outside (141, 415) for a uniform byte once in 10^8 (Wilson and Hilferty 1931);
 * the run is seeded. protocol.md §3.4, §3.5
 */
import { expect } from 'chai';
import { pairMaskKeys, selfMaskKey } from '#crypto/agreement.ts';
import { unpack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { cohort } from '#test/support/cohort.ts';

/** How far counts of 256 values are from equal. */
function chiSquare(values: Iterable<number>): number {
  const counts = new Float64Array(256);
  let total = 0;
  for (const value of values) {
    counts[value] = (counts[value] ?? 0) + 1;
    total += 1;
  }
  const due = total / 256;
  return counts.reduce((sum, count) => sum + (count - due) ** 2 / due, 0);
}

describe('a masked input', () => {
  const dimension = 16_384;
  const n = 5;
  const made = cohort({ n, parameters: { bits: 12, dimension, chunkWords: 64 }, seed: 'uniform' });
  const w = wordBits(12, n);
  const wordsOf = (member: number): Uint32Array => unpack(made.vectors.get(member)!, dimension, w);
  const members = [0, 1, 2, 3, 4];

  const low = (words: Uint32Array) => chiSquare(words.map((word) => word & 255));
  const high = (words: Uint32Array) => chiSquare(words.map((word) => word >>> (w - 8)));
  const expectUniform = (words: Uint32Array, what: string): void => {
    for (const statistic of [low(words), high(words)]) expect(statistic, what).to.be.within(141, 415);
  };

  const party = (index: number) => ({ index, publicKey: made.roster.members[index]!.maskKey });
  const selfKey = (member: number) =>
    selfMaskKey(made.binding, party(member), made.seeds.get(member)!.reveal());
  const pairKey = (member: number, peer: number) => {
    const own = { ...party(member), secret: made.keys[member]!.mask.secret.reveal() };
    return pairMaskKeys(made.binding, own, [party(peer)]).get(peer)!;
  };

  /** A member's input without all masks but those with these peers, and perhaps its own. */
  function without(member: number, left: readonly number[]): Uint32Array {
    const sum = new RingAccumulator(dimension, w);
    sum.addWords(wordsOf(member));
    const gone = members.filter((peer) => !left.includes(peer));
    sum.applyMasks(
      gone.map((peer) =>
        peer === member
          ? { key: selfKey(member), subtract: true }
          : { key: pairKey(member, peer), subtract: member < peer },
      ),
    );
    return sum.words();
  }

  it('is uniform in its low and its high bits', () => {
    for (const member of members) expectUniform(wordsOf(member), `member ${member}`);
  });

  it('is uniform with any one mask left: the self mask, or a pair mask of either sign', () => {
    for (const left of members) expectUniform(without(2, [left]), `the mask with ${left}`);
  });

  it('says nothing beside another: differences and sums of two are uniform', () => {
    const [a, b] = [wordsOf(1), wordsOf(3)];
    const mask = 2 ** w - 1;
    expectUniform(
      a.map((word, at) => (word - b[at]!) & mask),
      'difference',
    );
    expectUniform(
      a.map((word, at) => (word + b[at]!) & mask),
      'sum',
    );
  });

  it('is far from uniform with no mask left: the statistic sees an update', () => {
    const bare = without(2, []);
    expect([...bare]).to.deep.equal([...made.quantised.get(2)!]);
    expect(high(bare)).to.be.above(10_000);
    expect(low(bare)).to.be.above(500);
  });
});
