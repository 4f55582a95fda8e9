/** Every dataset that is for sale: offers from the chain, descriptors from IPFS, which anyone may have written. protocol.md §5.1, §6.1 */
import type { CID } from 'multiformats/cid';
import { latestTime } from '#contracts/chain-time.ts';
import type { Contracts } from '#contracts/connect.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { parseDescriptor, type Descriptor } from '#datasets/descriptor.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import { findOffers, type Offer } from './offers.ts';

/** A dataset that can be bought. */
export type Listing = Readonly<{
  dataset: number;
  owner: Address;
  descriptor: Descriptor;
  /** Valid ones, the cheapest first. */
  offers: readonly Offer[];
}>;

/** A dataset that is for sale, and does not say what it is. */
export type Unreadable = Readonly<{ dataset: number; code: string; message: string }>;

export type Catalogue = Readonly<{ listings: readonly Listing[]; unreadable: readonly Unreadable[] }>;

/** Descriptors that are asked for at a time: one that nobody gives holds up few others. */
const atOnce = 8;

/** A dataset's owner and descriptor as the chain names them. @throws TributaryError `descriptor/…`, `ipfs/…`, `chain/…` */
export async function readDescriptor(
  { registry }: Contracts,
  source: BlockSource,
  dataset: number,
): Promise<Readonly<{ link: CID; owner: Address; descriptor: Descriptor }>> {
  const { manifest } = await registry.read.datasetOf(BigInt(dataset));
  const owner = toAddress(await registry.read.ownerOf(BigInt(dataset)));
  const link = cidFromDigest('raw', fromHex(manifest));
  return { link, owner, descriptor: parseDescriptor(await source.get(link)) };
}

/**
 * All datasets with an offer that stands now, ascending.
 *
 * @param only registry ids to look at; all by default
 * @param onRead told after each descriptor
 * @throws TributaryError `chain/…`, `ipfs/unreachable`; a descriptor that can't be had or read throws nothing
 */
export async function readCatalogue(
  contracts: Contracts,
  source: BlockSource,
  only: readonly number[] | null = null,
  onRead: (read: number, of: number) => void = () => undefined,
): Promise<Catalogue> {
  const offers = (await findOffers(contracts, await latestTime(contracts))).filter(
    ({ dataset }) => only?.includes(dataset) ?? true,
  );
  const datasets = [...new Set(offers.map(({ dataset }) => dataset))];
  const listings: Listing[] = [];
  const unreadable: Unreadable[] = [];
  for (let at = 0; at < datasets.length; at += atOnce) {
    const page = datasets.slice(at, at + atOnce);
    for (const found of await Promise.all(page.map((dataset) => read(contracts, source, dataset)))) {
      if ('code' in found) unreadable.push(found);
      else listings.push({ ...found, offers: offers.filter(({ dataset }) => dataset === found.dataset) });
    }
    onRead(listings.length + unreadable.length, datasets.length);
  }
  return { listings, unreadable };
}

async function read(
  contracts: Contracts,
  source: BlockSource,
  dataset: number,
): Promise<Omit<Listing, 'offers'> | Unreadable> {
  try {
    const { owner, descriptor } = await readDescriptor(contracts, source, dataset);
    return { dataset, owner, descriptor };
  } catch (error) {
    // Without chain or node nothing can be read; anything else is this dataset's own fault.
    if (!(error instanceof TributaryError) || /^chain\/|^ipfs\/unreachable$/.test(error.code)) throw error;
    return { dataset, code: error.code, message: error.message };
  }
}
