/** What the deployment asks of a job that is opened now: fee, arbiters, and whether any is opened. protocol.md §5.7 */
import { TributaryError } from '#crypto/error.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import type { Contracts } from './connect.ts';
import { readEvents } from './events.ts';

export type ListedArbiter = Readonly<{ address: Address; fee: bigint }>;
export type OpeningConditions = Readonly<{
  /** Basis points of a unit's price, on top of it. */
  fee: number;
  /** In the order in which they were listed. */
  arbiters: readonly ListedArbiter[];
  paused: boolean;
}>;

/** @throws TributaryError `chain/unreachable` */
export async function openingConditions(contracts: Contracts): Promise<OpeningConditions> {
  const { policy } = contracts;
  const listings = await readEvents(contracts, policy, 'ArbiterListed', {});
  const addresses = [...new Set(listings.map(({ args }) => toAddress(args.arbiter)))];
  const [fee, paused, ...found] = await Promise.all([
    policy.read.fee(),
    policy.read.paused(),
    ...addresses.map(async (address) => ({ address, ...(await policy.read.arbiterOf(address)) })),
  ]);
  const arbiters = found
    .filter(({ listed }) => listed)
    .map(({ address, arbiterFee }) => ({ address, fee: arbiterFee }));
  return { fee, paused, arbiters };
}

/** What one job is opened with. */
export type JobConditions = Readonly<{
  /** Basis points of a unit's price, on top of it. */
  fee: number;
  arbiter: ListedArbiter;
}>;

/**
 * What a job would be opened with now.
 *
 * @param arbiter the first that was listed where it is left out
 * @throws TributaryError `escrow/opening-is-paused`, `escrow/arbiter-not-listed`, `chain/unreachable`
 */
export async function conditionsNow(contracts: Contracts, arbiter?: Address): Promise<JobConditions> {
  const found = await openingConditions(contracts);
  if (found.paused) {
    throw new TributaryError(
      'escrow/opening-is-paused',
      'the deployment opens no new jobs at the moment: nothing was bought; try again later',
    );
  }
  return { fee: found.fee, arbiter: chooseArbiter(found, arbiter) };
}

/**
 * @param wanted the first that was listed where it is left out
 * @throws TributaryError `escrow/arbiter-not-listed`
 */
function chooseArbiter({ arbiters }: OpeningConditions, wanted?: Address): ListedArbiter {
  const chosen = wanted === undefined ? arbiters[0] : arbiters.find(({ address }) => address === wanted);
  if (chosen) return chosen;
  throw new TributaryError(
    'escrow/arbiter-not-listed',
    wanted === undefined
      ? 'the deployment lists no arbiter, so no job can be opened: ask its administrator'
      : `${wanted} is no arbiter of this deployment: choose one of ${arbiters.map(({ address }) => address).join(', ')}`,
  );
}
