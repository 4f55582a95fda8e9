/** Who is owed what after a round: cumulative leaves, their tree and the total. protocol.md §5.2 */
import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import type { Payouts } from '../manifests.ts';
import { fromAmount, toAmount, toBytes32, type Amount, type Bytes32, type Hex } from '../units.ts';

/** A seat as the escrow froze it. */
export type SeatPrice = Readonly<{ price: bigint }>;
export type PayoutLeaf = Readonly<{ seat: number; units: number; bonus: Amount }>;

export type PayoutRule = Readonly<{
  job: number;
  rounds: number;
  bonusPool: bigint;
  /** In seat order. */
  seats: readonly SeatPrice[];
}>;

const tree = (job: number, leaves: readonly PayoutLeaf[]) =>
  StandardMerkleTree.of(
    leaves.map((leaf) => [BigInt(job), leaf.seat, leaf.units, fromAmount(leaf.bonus)]),
    ['uint256', 'uint32', 'uint32', 'uint96'],
  );

/** Before the first round nobody is owed anything. */
export const noPayouts = (seats: number): PayoutLeaf[] =>
  Array.from({ length: seats }, (_, seat) => ({ seat, units: 0, bonus: toAmount(0n) }));

/**
 * Adds a round to the leaves of the one before it.
 *
 * @param previous one leaf a seat, in seat order
 * @param participants seats in U3 of this round
 */
export function payoutsAfter(
  rule: PayoutRule,
  previous: readonly PayoutLeaf[],
  participants: readonly number[],
): Payouts {
  const earned = new Set(participants);
  const share = earned.size === 0 ? 0n : rule.bonusPool / BigInt(rule.rounds) / BigInt(earned.size);
  const leaves = previous.map((leaf) =>
    earned.has(leaf.seat)
      ? { seat: leaf.seat, units: leaf.units + 1, bonus: toAmount(fromAmount(leaf.bonus) + share) }
      : leaf,
  );
  const total = leaves.reduce(
    (sum, leaf) => sum + BigInt(leaf.units) * (rule.seats[leaf.seat]?.price ?? 0n) + fromAmount(leaf.bonus),
    0n,
  );
  return {
    kind: 'tributary/payouts',
    version: 1,
    root: payoutRoot(rule.job, leaves),
    total: toAmount(total),
    leaves,
  };
}

/** The root over the leaves of every seat, in seat order. */
export const payoutRoot = (job: number, leaves: readonly PayoutLeaf[]): Bytes32 =>
  toBytes32(tree(job, leaves).root);

/** The Merkle proof of one seat's leaf, for a claim. */
export function payoutProof(job: number, leaves: readonly PayoutLeaf[], seat: number): Hex[] {
  return tree(job, leaves).getProof(seat) as Hex[];
}
