/** A dataset's two transactions: it is registered, and access to it offered. protocol.md §5.1 */
import { TributaryError } from '#crypto/error.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';

/** @returns the dataset's number */
export async function registerOnChain(
  contracts: SendingContracts,
  digest: Bytes32,
  operator: Address,
): Promise<number> {
  const mined = await contracts.registry.send.register(digest, operator);
  const [event] = contracts.registry.events('DatasetRegistered', mined.logs);
  if (!event)
    throw new TributaryError('chain/failed', 'the registration left no event: is this the registry?');
  return Number(event.args.dataset);
}

export type Offer = Readonly<{
  dataset: number;
  descriptor: Bytes32;
  /** Base units a round. */
  price: bigint;
  /** Seconds since the epoch. */
  until: bigint;
  /** Units ever sold. */
  cap: number;
}>;

/** @returns the access token's number */
export async function offerAccess(contracts: SendingContracts, offer: Offer): Promise<number> {
  const { dataset, descriptor, price, until, cap } = offer;
  const mined = await contracts.accessToken.send.offer(BigInt(dataset), descriptor, price, until, cap);
  const [event] = contracts.accessToken.events('OfferMade', mined.logs);
  if (!event)
    throw new TributaryError('chain/failed', 'the offer left no event: is this the access token contract?');
  return Number(event.args.tokenId);
}
