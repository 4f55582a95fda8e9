/** Whether a job's terms are ones that this owner takes part in. protocol.md §4.2, §6.2; the policy is the descriptor's */
import { recipeFlaw } from '#datasets/encoding/fits.ts';
import { cohortRefusal, termsRefusal, type Policy } from '#datasets/policy.ts';
import type { JobFacts, SeatOnChain } from '#contracts/job-facts.ts';
import type { Job } from '#model/job.ts';
import { digestHex } from '#model/model-store.ts';
import { classNamesOf } from '#model/topology.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import type { SeatFacts } from '#protocol/rules/roster.ts';
import type { Address } from '#protocol/units.ts';
import type { Holdings } from './holdings.ts';

/** The dataset's seat in a job; datasets ascend over seats, so there is at most one. */
export const seatFor = (facts: JobFacts, dataset: number): SeatOnChain | undefined =>
  facts.seats.find((seat) => seat.dataset === BigInt(dataset));

/** What speaks against the job, for as long as it runs. */
export function termsFlaw(
  job: Job,
  facts: JobFacts,
  seat: SeatOnChain,
  holdings: Pick<Holdings, 'dataset' | 'descriptor' | 'digest'>,
  operator: Address,
): Flaw | null {
  if (seat.operator !== operator) {
    return flaw(
      'terms/other-operator',
      `the seat was sold for operator ${seat.operator}; this client is ${operator}`,
    );
  }
  const entry = job.manifest.datasets[seat.seat];
  if (!entry || digestHex(entry.descriptor) !== holdings.digest) {
    return flaw(
      'terms/other-descriptor',
      'the job speaks of another descriptor than this dataset has on chain',
    );
  }
  if (entry.weight !== holdings.descriptor.rowsBucket) {
    return flaw(
      'terms/other-weight',
      `the job gives this dataset weight ${entry.weight}, its descriptor says ${holdings.descriptor.rowsBucket}`,
    );
  }
  // Known now, and not only when training fails, round after round.
  const misfit = recipeFlaw(holdings.descriptor, job.recipe);
  if (misfit) return misfit;
  const refusal = termsRefusal(holdings.descriptor.policy, {
    pricePerRound: seat.price,
    rounds: facts.rounds,
    layers: classNamesOf(job.topology),
    coordinator: facts.coordinator,
  });
  return refusal && flaw(refusal, `the terms of job ${job.id.job} are against this owner's policy`);
}

/** Whether the seat can still be paid for another round. */
export function unitsFlaw(facts: JobFacts, { seat, units }: SeatOnChain): Flaw | null {
  const used = facts.settlements.filter(({ participants }) => seatsOf(participants).includes(seat)).length;
  return used >= units
    ? flaw(
        'terms/no-units-left',
        `all ${units} units of seat ${seat} are earned: another round would not be paid`,
      )
    : null;
}

/** The owner's policy on a cohort, as a check of it. */
export function cohortCheck(policy: Policy, self: Address): (cohort: readonly SeatFacts[]) => Flaw | null {
  return (cohort) => {
    const refusal = cohortRefusal(
      policy,
      self,
      cohort.map(({ owner }) => owner),
    );
    return (
      refusal &&
      flaw(refusal, `fewer than ${policy.minimumCohort} owners that this one vouches for are in it`)
    );
  };
}
