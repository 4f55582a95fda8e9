/** Level 5: what was claimed so far is in the leaves of the rounds that it was claimed on. protocol.md §5.2 */
import type { JobCheck } from '../check.ts';
import type { ClaimOnChain } from '../facts.ts';
import { moneyOf } from '../money.ts';
import type { Subject } from '../subject.ts';
import { fails, holds, type Failed } from '../verdict.ts';

type Paid = Readonly<{ units: number; bonus: bigint }>;

/** @param paid what the seat has been paid, this claim included */
function claimFailure({ facts, earnings }: Subject, claim: ClaimOnChain, paid: Paid): Failed | null {
  const at = `seat ${claim.seat}`;
  const leaf = earnings[claim.round - 1]?.leaves[claim.seat];
  if (!leaf || paid.units > leaf.units || paid.bonus > BigInt(leaf.bonus)) {
    const has = leaf ? `${leaf.units} units and ${leaf.bonus} bonus` : 'nothing';
    const was = `${paid.units} units and ${paid.bonus} bonus`;
    return fails(
      at,
      'payouts/over-claimed',
      `by round ${claim.round} it was paid ${was}, its leaf has ${has}`,
    );
  }
  const due = BigInt(claim.units) * (facts.job.seats[claim.seat]?.price ?? 0n) + claim.bonus;
  return claim.amount === due
    ? null
    : fails(
        at,
        'payouts/other-amount',
        `${claim.amount} was sent for ${claim.units} units and ${claim.bonus} bonus`,
      );
}

export const claims: JobCheck = {
  id: 'payouts.claims',
  level: 5,
  scope: 'job',
  async run(subject) {
    const soFar = new Map<number, Paid>();
    for (const claim of subject.facts.claims) {
      const { units, bonus } = soFar.get(claim.seat) ?? { units: 0, bonus: 0n };
      const paid = { units: units + claim.units, bonus: bonus + claim.bonus };
      const failure = claimFailure(subject, claim, paid);
      if (failure) return failure;
      soFar.set(claim.seat, paid);
    }
    for (const { seat, claimedUnits, claimedBonus } of subject.facts.job.seats) {
      const { units, bonus } = soFar.get(seat) ?? { units: 0, bonus: 0n };
      if (claimedUnits !== units || claimedBonus !== bonus) {
        return fails(
          `seat ${seat}`,
          'payouts/claims-missing',
          `the escrow has paid it ${claimedUnits} units and ${claimedBonus} bonus, its events say ${units} and ${bonus}`,
        );
      }
    }
    const listed = moneyOf(subject.facts, subject.earnings);
    return holds(
      `claimed so far: ${listed.map(({ seat, owed, claimed }) => `seat ${seat}: ${claimed} of ${owed}`).join(', ')}`,
    );
  },
};
