import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import { expect } from 'chai';
import fc from 'fast-check';
import { bitmapDigest, seatBitmap, seatsOf } from '#protocol/rules/bitmap.ts';
import { noPayouts, payoutProof, payoutsAfter } from '#protocol/rules/payouts.ts';

const seats = [{ price: 1_000_000n }, { price: 2_500_000n }, { price: 3n }];
const rule = { job: 7, rounds: 4, bonusPool: 1_003n, seats };

describe('payouts', () => {
  it('add one unit and an equal part of the round to each participant, cumulatively', () => {
    const first = payoutsAfter(rule, noPayouts(3), [0, 2]);
    expect(first.leaves).to.deep.equal([
      { seat: 0, units: 1, bonus: '125' },
      { seat: 1, units: 0, bonus: '0' },
      { seat: 2, units: 1, bonus: '125' },
    ]);
    expect(first.total).to.equal('1000253');
    const second = payoutsAfter(rule, first.leaves, [0, 1, 2]);
    expect(second.leaves.map(({ units }) => units)).to.deep.equal([2, 1, 2]);
    expect(second.leaves.map(({ bonus }) => bonus)).to.deep.equal(['208', '83', '208']);
    expect(second.total).to.equal(String(2_000_000 + 2_500_000 + 6 + 499));
  });

  it('commit to the job, so that a leaf of one job proves nothing in another', () => {
    const here = payoutsAfter(rule, noPayouts(3), [1]);
    const there = payoutsAfter({ ...rule, job: 8 }, noPayouts(3), [1]);
    expect(here.root).to.not.equal(there.root);
  });

  it('prove every leaf under the root', () => {
    const { leaves, root } = payoutsAfter(rule, noPayouts(3), [0, 1]);
    for (const leaf of leaves) {
      const value = [7n, leaf.seat, leaf.units, BigInt(leaf.bonus)];
      const proof = payoutProof(7, leaves, leaf.seat);
      expect(
        StandardMerkleTree.verify(root, ['uint256', 'uint32', 'uint32', 'uint96'], value, proof),
      ).to.equal(true);
    }
  });

  it('never promise more bonus than the rounds so far have accrued', () =>
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 12n),
        fc.array(fc.uniqueArray(fc.nat(2), { minLength: 1 }), { minLength: 1, maxLength: 4 }),
        (bonusPool, rounds) => {
          let leaves = noPayouts(3);
          for (const participants of rounds)
            leaves = [...payoutsAfter({ ...rule, bonusPool }, leaves, participants).leaves];
          const promised = leaves.reduce((sum, { bonus }) => sum + BigInt(bonus), 0n);
          expect(promised <= (bonusPool / 4n) * BigInt(rounds.length)).to.equal(true);
        },
      ),
    ));
});

describe('bitmaps', () => {
  it('put seat s at bit s mod 8 of byte s / 8', () => {
    expect(seatBitmap([0, 3, 8, 10], 11)).to.equal('0x0905');
    expect(seatsOf('0x0905')).to.deep.equal([0, 3, 8, 10]);
    expect(seatBitmap([], 9)).to.equal('0x0000');
  });

  it('come back as the seats they were made of', () =>
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(999)), (members) => {
        expect(seatsOf(seatBitmap(members, 1000))).to.deep.equal([...members].sort((a, b) => a - b));
      }),
    ));

  it('are signed by their keccak-256', () =>
    // keccak-256 of one zero byte, as the Ethereum yellow paper's tools print it
    expect(bitmapDigest('0x00')).to.equal(
      '0xbc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a',
    ));
});
