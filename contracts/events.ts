/** The chain's events that actors work from, read page by page, decoded and in order. protocol.md §5 */
import type { Address } from '#protocol/units.ts';
import type { TrainingEscrowEvents } from './bindings/training-escrow.ts';
import type { Contracts } from './connect.ts';
import { chainError } from './decode-error.ts';
import type { Placed, RawLog } from './typed-abi.ts';
import type { EventSource } from './typed-contract.ts';

/** Blocks, both ends included. By default from the deployment to the latest. */
export type BlockRange = Readonly<{ from?: number; to?: number }>;

/** A page that most nodes answer; one that is refused is halved. */
const PAGE_BLOCKS = 5_000;

/**
 * Reads one event of one contract of the deployment.
 *
 * @param where indexed fields that must match
 * @throws TributaryError `chain/unreachable`, `chain/failed`
 */
export async function readEvents<E, K extends keyof E & string>(
  { provider, deployment }: Pick<Contracts, 'provider' | 'deployment'>,
  contract: EventSource<E>,
  event: K,
  where: Partial<E[K]>,
  range: BlockRange = {},
): Promise<Placed<E[K]>[]> {
  const first = range.from ?? Math.min(...Object.values(deployment.blocks));
  const topics = contract.topics(event, where);
  const logs: RawLog[] = [];
  try {
    const last = range.to ?? (await provider.getBlockNumber());
    let page = PAGE_BLOCKS;
    for (let from = first; from <= last;) {
      const to = Math.min(last, from + page - 1);
      try {
        logs.push(
          ...(await provider.getLogs({ address: contract.address, topics, fromBlock: from, toBlock: to })),
        );
        from = to + 1;
      } catch (error) {
        if (page === 1 || chainError(error, event).code === 'chain/unreachable') throw error;
        page = Math.ceil(page / 2);
      }
    }
  } catch (error) {
    throw chainError(error, `the ${event} events`);
  }
  return contract.events(event, logs);
}

/** @throws TributaryError `chain/unreachable` */
export async function latestBlock({ provider }: Pick<Contracts, 'provider'>): Promise<number> {
  try {
    return await provider.getBlockNumber();
  } catch (error) {
    throw chainError(error, 'the latest block');
  }
}

type Escrow<K extends keyof TrainingEscrowEvents> = Promise<Placed<TrainingEscrowEvents[K]>[]>;

/** Jobs opened for a coordinator. */
export function openingsFor(
  contracts: Contracts,
  coordinator: Address,
  range?: BlockRange,
): Escrow<'JobOpened'> {
  return readEvents(contracts, contracts.escrow, 'JobOpened', { coordinator }, range);
}

/** Jobs that started, whoever's they are. */
export function activations(contracts: Contracts, range?: BlockRange): Escrow<'JobActivated'> {
  return readEvents(contracts, contracts.escrow, 'JobActivated', {}, range);
}

/** Seats that a dataset was given, over all jobs: how a client finds its work. */
export function seatsOfDataset(
  contracts: Contracts,
  dataset: bigint,
  range?: BlockRange,
): Escrow<'SeatAdded'> {
  return readEvents(contracts, contracts.escrow, 'SeatAdded', { dataset }, range);
}

/** A job's seats, in order. */
export function seatsOfJob(contracts: Contracts, job: bigint, range?: BlockRange): Escrow<'SeatAdded'> {
  return readEvents(contracts, contracts.escrow, 'SeatAdded', { job }, range);
}

/** A job's settled rounds, in the order of the chain. */
export function settlementsOf(contracts: Contracts, job: bigint, range?: BlockRange): Escrow<'RoundSettled'> {
  return readEvents(contracts, contracts.escrow, 'RoundSettled', { job }, range);
}

/** Rounds of a job that a dispute took back. */
export function voidingsOf(contracts: Contracts, job: bigint, range?: BlockRange): Escrow<'RoundsVoided'> {
  return readEvents(contracts, contracts.escrow, 'RoundsVoided', { job }, range);
}

/** What was paid to the owners of a job's datasets. */
export function claimsOf(contracts: Contracts, job: bigint, range?: BlockRange): Escrow<'Claimed'> {
  return readEvents(contracts, contracts.escrow, 'Claimed', { job }, range);
}
