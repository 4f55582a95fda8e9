/** The test job as a chain would hold it, with any rounds settled. */
import type { JobFacts, SettlementOnChain } from '#contracts/job-facts.ts';
import { fromAmount, toBytes32 } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import type { LineageJob, LineageRound } from '#test/support/lineage.ts';
import { seatsOnChain, theJob } from './cohort.ts';

export async function factsOf(rounds: readonly LineageRound[] = [], lineage?: LineageJob): Promise<JobFacts> {
  const { chain } = lineage ?? (await theJob());
  return {
    job: chain.job,
    state: 'active',
    buyer: chain.buyer,
    coordinator: chain.coordinator,
    terms: chain.terms,
    rounds: chain.rounds,
    cutoff: 2_000_000_000,
    longWindow: chain.longWindow,
    bonusPool: chain.bonusPool,
    frozenFrom: 0,
    arbiter: chain.coordinator,
    fee: 0,
    seats: seatsOnChain().map((seat, index) => ({
      ...seat,
      seat: index,
      token: chain.seats[index]!.token,
      units: chain.seats[index]!.units,
      claimedUnits: 0,
      refundedUnits: 0,
      collectedUnits: 0,
      claimedBonus: 0n,
    })),
    settlements: rounds.map(settlementOf),
  };
}

const settlementOf = ({ settled, proposal }: LineageRound): SettlementOnChain => ({
  round: settled.round,
  attempt: settled.attempt,
  manifest: settled.manifest,
  payoutRoot: settled.payoutRoot,
  total: fromAmount(proposal.total),
  participants: proposal.participants,
  readyAt: 1_900_000_000,
  head: digestOfText(`head ${settled.round}`),
  previousHead:
    settled.round === 1 ? toBytes32(`0x${'00'.repeat(32)}`) : digestOfText(`head ${settled.round - 1}`),
  transaction: settled.transaction,
  quorum: true,
});
