/** Who could sign for a job's seats, over time. protocol.md §5.2 */
import { toAddress, type Address } from '#protocol/units.ts';
import type { Contracts } from './connect.ts';
import { readEvents, seatsOfJob } from './events.ts';

/**
 * @returns by seat, every operator that it had, in their order: a signature may be older than a rotation
 * @throws TributaryError `chain/unreachable`, `chain/failed`
 */
export async function readSeatOperators(contracts: Contracts, job: number): Promise<Address[][]> {
  const added = await seatsOfJob(contracts, BigInt(job));
  const rotated = await readEvents(contracts, contracts.escrow, 'SeatOperatorRotated', { job: BigInt(job) });
  return added.map(({ args: { seat, operator } }) => [
    toAddress(operator),
    ...rotated.filter(({ args }) => args.seat === seat).map(({ args }) => toAddress(args.operator)),
  ]);
}
