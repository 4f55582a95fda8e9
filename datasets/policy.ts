/**
 * An owner's policy: with whom, for what and at what price its dataset trains. protocol.md §4.2, §4.5
 * On-chain keys stop impersonation, not invented owners, so a cohort counts only owners that this one vouches for.
 */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { address, u32, type Address } from '#protocol/units.ts';

export type Policy = Readonly<{
  /** Owners that this one vouches for, itself left out; ascending. */
  peers: readonly Address[];
  /** Vouched members that a cohort must have, this owner included. */
  minimumCohort: number;
  /** Base units of the payment token for one round. */
  minimumPrice: bigint;
  /** Rounds that one job may have. */
  maximumRounds: number;
  /** Keras class names that a model may be built of; ascending. */
  layers: readonly string[];
  /** Coordinators that may run a job, ascending, or any. */
  coordinators: readonly Address[] | 'any';
}>;

/** What a job asks of a dataset. */
export type TermsOfUse = Readonly<{
  pricePerRound: bigint;
  rounds: number;
  /** Class names of all layers of its model. */
  layers: readonly string[];
  coordinator: Address;
}>;

export type PolicyRefusal =
  | 'policy/price-too-low'
  | 'policy/too-many-rounds'
  | 'policy/layer-not-allowed'
  | 'policy/coordinator-not-allowed'
  | 'policy/cohort-too-small';

const addresses = z.array(address).max(1024);
const layerName = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'expected a Keras class name');

/** A policy as it is written: addresses in any case, lists in any order. */
export type WrittenPolicy = Readonly<
  Omit<Policy, 'peers' | 'coordinators'> & {
    peers: readonly string[];
    coordinators: readonly string[] | 'any';
  }
>;

const policySchema = z.strictObject({
  peers: addresses,
  minimumCohort: u32.min(3),
  minimumPrice: z
    .bigint()
    .min(0n)
    .max(2n ** 96n - 1n),
  maximumRounds: u32.min(1),
  layers: z.array(layerName).min(1).max(256),
  coordinators: z.union([z.literal('any'), addresses.min(1)]),
});

/**
 * Checks a policy as an owner wrote it, and puts its lists in their one order.
 *
 * @throws TributaryError `policy/invalid` naming the field
 */
export function makePolicy(written: WrittenPolicy): Policy {
  const parsed = policySchema.safeParse(written);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  const policy = {
    ...parsed.data,
    peers: ordered(parsed.data.peers),
    layers: ordered(parsed.data.layers),
    coordinators: parsed.data.coordinators === 'any' ? 'any' : ordered(parsed.data.coordinators),
  } as const;
  if (policy.minimumCohort > policy.peers.length + 1) {
    throw invalid(
      `a cohort of ${policy.minimumCohort} can not be met with ${policy.peers.length} peers: name more, or lower it`,
    );
  }
  return policy;
}

/** Why a job's terms are refused, or null. */
export function termsRefusal(policy: Policy, terms: TermsOfUse): PolicyRefusal | null {
  if (terms.pricePerRound < policy.minimumPrice) return 'policy/price-too-low';
  if (terms.rounds > policy.maximumRounds) return 'policy/too-many-rounds';
  if (terms.layers.some((layer) => !policy.layers.includes(layer))) return 'policy/layer-not-allowed';
  if (policy.coordinators !== 'any' && !policy.coordinators.includes(terms.coordinator)) {
    return 'policy/coordinator-not-allowed';
  }
  return null;
}

/**
 * Why a cohort (a roster, or the survivors) is refused, or null. Others than peers may be in it; they do not count.
 *
 * @param self the owner whose policy this is; it counts only where it is in the cohort
 * @param owners dataset owners of the cohort's members, repeated ones counting once
 */
export function cohortRefusal(
  policy: Policy,
  self: Address,
  owners: readonly Address[],
): PolicyRefusal | null {
  const vouched = new Set(owners.filter((owner) => owner === self || policy.peers.includes(owner)));
  return vouched.size < policy.minimumCohort ? 'policy/cohort-too-small' : null;
}

function ordered<T extends string>(list: readonly T[]): T[] {
  const sorted = [...list].sort();
  const repeated = sorted.find((item, i) => item === sorted[i + 1]);
  if (repeated !== undefined) throw invalid(`${repeated} is listed twice`);
  return sorted;
}

const invalid = (why: string) =>
  new TributaryError('policy/invalid', `this is not a policy that can be kept: ${why}`);
