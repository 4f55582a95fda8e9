/** What owners' clients would refuse of a job is refused before it is paid for. protocol.md §4.2, §6.5 */
import { TributaryError } from '#crypto/error.ts';
import { recipeFlaw } from '#datasets/encoding/fits.ts';
import type { Descriptor } from '#datasets/descriptor.ts';
import { cohortRefusal, termsRefusal } from '#datasets/policy.ts';
import { classNamesOf, type Topology } from '#model/topology.ts';
import type { Address } from '#protocol/units.ts';
import type { Plan } from './plan.ts';

/** What a seat to be is judged by. */
export type SeatTerms = Readonly<{
  dataset: number;
  owner: Address;
  /** Of one round, in base units. */
  price: bigint;
  descriptor: Descriptor;
}>;

/**
 * Holds the terms against each owner's descriptor and policy, and the owners against each other.
 *
 * @throws TributaryError `launch/other-columns`, `launch/refused-by-policy`, `launch/same-owner`
 */
export function assertAccepted(
  { recipe, rounds, coordinator }: Pick<Plan, 'recipe' | 'rounds' | 'coordinator'>,
  topology: Topology,
  seats: readonly SeatTerms[],
): void {
  const layers = classNamesOf(topology);
  for (const { dataset, descriptor, price } of seats) {
    const misfit = recipeFlaw(descriptor, recipe);
    if (misfit) {
      throw new TributaryError(
        'launch/other-columns',
        `dataset ${dataset} does not fit the recipe (${misfit.detail}): leave it out, or change the recipe`,
      );
    }
    const terms = { pricePerRound: price, rounds, layers, coordinator: coordinator.address };
    assertTaken(dataset, termsRefusal(descriptor.policy, terms));
  }
  assertDistinctOwners(seats);
  const owners = seats.map(({ owner }) => owner);
  for (const { dataset, owner, descriptor } of seats) {
    assertTaken(dataset, cohortRefusal(descriptor.policy, owner, owners));
  }
}

function assertTaken(dataset: number, refusal: string | null): void {
  if (refusal === null) return;
  throw new TributaryError(
    'launch/refused-by-policy',
    `the owner of dataset ${dataset} would not take part (${refusal}): leave it out, or change the terms`,
  );
}

/** A roster takes an owner once: its other dataset would be paid for and never train. */
function assertDistinctOwners(seats: readonly SeatTerms[]): void {
  const repeated = seats.find(({ owner }, at) => seats.findIndex((other) => other.owner === owner) !== at);
  if (!repeated) return;
  const datasets = seats.filter(({ owner }) => owner === repeated.owner).map(({ dataset }) => dataset);
  throw new TributaryError(
    'launch/same-owner',
    `datasets ${datasets.join(' and ')} have the same owner, which takes one seat in a round: keep one of them`,
  );
}
