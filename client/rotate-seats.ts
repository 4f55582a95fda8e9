/**
 * A new operator key for the seats of running jobs: after a sale of the dataset the seller's key must not sign on, nor
 * keep the new owner from being paid for further rounds. protocol.md §5.1
 */
import { TributaryError } from '#crypto/error.ts';
import type { Contracts, SendingContracts } from '#contracts/connect.ts';
import { seatsOfDataset } from '#contracts/events.ts';
import { toAddress, type Address } from '#protocol/units.ts';

export type OldSeat = Readonly<{ job: number; seat: number; operator: Address }>;

/** States of a job in which rounds may still be settled: open and active. */
const running = [1, 2];

/**
 * Seats of a dataset in running jobs that another key than this one signs for, by job.
 *
 * @param only one job's number
 * @throws TributaryError `chain/…`
 */
export async function oldSeats(
  contracts: Contracts,
  dataset: number,
  operator: Address,
  only: number | null = null,
): Promise<OldSeat[]> {
  const { escrow } = contracts;
  const found: OldSeat[] = [];
  for (const { args } of await seatsOfDataset(contracts, BigInt(dataset))) {
    const job = Number(args.job);
    if (only !== null && job !== only) continue;
    const { state } = await escrow.read.jobOf(args.job);
    if (!running.includes(state)) continue;
    const seat = await escrow.read.seatOf(args.job, args.seat);
    if (toAddress(seat.operator) === operator) continue;
    found.push({ job, seat: args.seat, operator: toAddress(seat.operator) });
  }
  return found;
}

/**
 * Makes a key the dataset's operator, and that of its seats in running jobs. What is so already is left alone, so that
 * it can be run again after a failure.
 *
 * @returns the seats that were changed
 * @throws TributaryError `owner/not-owner` where another account has the dataset, `escrow/…`
 */
export async function rotateSeats(
  contracts: SendingContracts,
  dataset: number,
  operator: Address,
  only: number | null = null,
): Promise<OldSeat[]> {
  const { registry, escrow, account } = contracts;
  const owner = toAddress(await registry.read.ownerOf(BigInt(dataset)));
  if (owner !== account) {
    throw new TributaryError('owner/not-owner', `dataset ${dataset} belongs to ${owner}, not to ${account}`);
  }
  const { operator: present } = await registry.read.standingOf(BigInt(dataset));
  if (toAddress(present) !== operator) await registry.send.setOperator(BigInt(dataset), operator);
  const old = await oldSeats(contracts, dataset, operator, only);
  for (const { job, seat } of old) await escrow.send.rotateOperator(BigInt(job), seat);
  return old;
}
