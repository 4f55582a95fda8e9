/** Recomputes a proposed round from its evidence, every coordinate, before the buyer signs. protocol.md §4.7 */
import { carBlockStore } from '#datasets/car.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { loadAggregate } from '#model/aggregate.ts';
import { checkProposal } from '#model/check-proposal.ts';
import { sumFromEvidence } from '#model/evidence-sum.ts';
import type { Job } from '#model/job.ts';
import type { Model } from '#model/model-store.ts';
import type { PreviousRound, RoundResult } from '#model/round-result.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Evidence } from '#protocol/manifests.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import type { SeatPrice } from '#protocol/rules/payouts.ts';
import type { SeatFacts } from '#protocol/rules/roster.ts';

/** What a proposed round starts from. */
export type Basis = Readonly<{
  job: Job;
  facts: Readonly<{ seats: readonly (SeatPrice & SeatFacts)[]; bonusPool: bigint }>;
  before: Model;
  previous: PreviousRound | null;
}>;

export type RoundVerdict =
  Readonly<{ holds: true; result: RoundResult; evidence: Evidence }> | Readonly<{ holds: false; flaw: Flaw }>;

/**
 * @param store the buyer's IPFS node
 * @param evidenceCar the kept evidence
 * @param readCommitted what the escrow keeps of a sparse attempt
 */
export async function checkRound(
  store: BlockSource,
  evidenceCar: string,
  { job, facts, before, previous }: Basis,
  id: AttemptId,
  proposal: Proposal,
  readCommitted: () => Promise<Committed>,
): Promise<RoundVerdict> {
  const car = await carBlockStore(evidenceCar);
  try {
    const verdict = await checkProposal({
      job,
      id,
      proposal,
      seats: facts.seats,
      bonusPool: facts.bonusPool,
      before,
      previous,
      store,
      evidenceStore: car,
      readCommitted,
      // The whole sum is recomputed below, which costs less than all coordinates one by one.
      coordinates: [],
    });
    if (!verdict.holds) return verdict;
    const { evidence, result, frame } = verdict;
    const recomputed = await sumFromEvidence(car, frame, evidence, job, before.digest);
    const { sum } = await loadAggregate(store, result.aggregate, job.parameters.dimension);
    const wrong = recomputed.findIndex((value, coordinate) => value !== sum[coordinate]);
    return wrong < 0
      ? verdict
      : {
          holds: false,
          flaw: flaw('aggregate/differs', `the sum at coordinate ${wrong} is not that of the inputs`),
        };
  } finally {
    await car.close();
  }
}
