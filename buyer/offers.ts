/** What is for sale: offers of access to a dataset, from the events and the state of the chain. protocol.md §5.1 */
import type { Contracts } from '#contracts/connect.ts';
import { readEvents } from '#contracts/events.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Bytes32 } from '#protocol/units.ts';

/** An offer that still stands. */
export type Offer = Readonly<{
  dataset: number;
  token: number;
  /** Of one unit, one round, in base units. */
  price: bigint;
  /** Units that are still to be had. */
  left: number;
  /** The last second at which a unit may be bought or take a seat. */
  validUntil: number;
  /** Digest of the terms of use that the sale binds. */
  terms: Bytes32;
}>;

/** Every offer of a dataset, or of all, that can be bought from at `now`; by dataset, the cheapest first. */
export async function findOffers(contracts: Contracts, now: number, dataset?: number): Promise<Offer[]> {
  const where = dataset === undefined ? {} : { dataset: BigInt(dataset) };
  const made = await readEvents(contracts, contracts.accessToken, 'OfferMade', where);
  const offers: Offer[] = [];
  for (const { args } of made) {
    if (args.validUntil < BigInt(now) || !(await isOpen(contracts, args.dataset))) continue;
    const { sold, cap } = await contracts.accessToken.read.offerOf(args.tokenId);
    offers.push({
      dataset: Number(args.dataset),
      token: Number(args.tokenId),
      price: args.price,
      left: cap - sold,
      validUntil: Number(args.validUntil),
      terms: args.terms,
    });
  }
  return offers.sort((a, b) => a.dataset - b.dataset || compare(a.price, b.price) || a.token - b.token);
}

/** Neither retired nor, after a sale, without an operator: such a dataset gets no seats. */
async function isOpen({ registry }: Contracts, dataset: bigint): Promise<boolean> {
  const { operator, retired } = await registry.read.standingOf(dataset);
  return !retired && BigInt(operator) !== 0n;
}

/**
 * The cheapest offer of a dataset with enough units left or held.
 *
 * @param held the buyer's units of a token
 * @throws TributaryError `quote/no-offer` where none stands, `quote/sold-out` where none has enough units
 */
export function chooseOffer(
  offers: readonly Offer[],
  dataset: number,
  units: number,
  held: (token: number) => bigint,
): Offer {
  const own = offers.filter((offer) => offer.dataset === dataset);
  if (own.length === 0) {
    throw new TributaryError(
      'quote/no-offer',
      `dataset ${dataset} is not for sale: it has no valid offer, is retired or has no operator; leave it out`,
    );
  }
  const enough = own.find((offer) => BigInt(offer.left) + held(offer.token) >= BigInt(units));
  if (enough) return enough;
  const most = Math.max(...own.map(({ left }) => left));
  throw new TributaryError(
    'quote/sold-out',
    `dataset ${dataset} has ${most} units left, ${units} are needed: ask its owner for a new offer, or fewer rounds`,
  );
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
