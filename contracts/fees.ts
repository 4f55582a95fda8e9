/** The fees of claimed units: what a job owes the deployment's fee recipient, and crediting it. protocol.md §5.2 */
import type { Address } from '#protocol/units.ts';
import { toAddress } from '#protocol/units.ts';
import type { Contracts, SendingContracts } from './connect.ts';
import { readEvents } from './events.ts';
import { readJobFacts } from './job-facts.ts';

const BASIS_POINTS = 10_000n;

/** As the escrow has it. @param fee basis points @returns base units of one unit, rounded down */
export const feeOf = (price: bigint, fee: number): bigint => (price * BigInt(fee)) / BASIS_POINTS;

/** Seats whose claimed units have fees that were not credited yet. */
export type DueFees = Readonly<{ job: number; seats: readonly number[]; amount: bigint }>;

/** Seats in one transaction: some 35,000 gas each. */
const SEATS_AT_ONCE = 200;

/** @param only one job's number @throws TributaryError `escrow/no-such-job`, `chain/…` */
export async function dueFees(contracts: Contracts, only: number | null = null): Promise<DueFees[]> {
  const jobs = only === null ? await jobsWithFees(contracts) : [only];
  const due: DueFees[] = [];
  for (const job of jobs) {
    const { fee, seats } = await readJobFacts(contracts, job);
    const owing = seats
      .map((seat) => ({ ...seat, open: seat.claimedUnits - seat.collectedUnits }))
      .filter(({ open, price }) => open > 0 && feeOf(price, fee) > 0n);
    if (owing.length === 0) continue;
    const amount = owing.reduce((sum, { open, price }) => sum + BigInt(open) * feeOf(price, fee), 0n);
    due.push({ job, seats: owing.map(({ seat }) => seat), amount });
  }
  return due;
}

async function jobsWithFees(contracts: Contracts): Promise<number[]> {
  const opened = await readEvents(contracts, contracts.escrow, 'JobOpened', {});
  return opened.filter(({ args }) => args.opening.fee > 0).map(({ args }) => Number(args.job));
}

/** Credits the fee recipient; anyone may. @returns base units @throws TributaryError `escrow/…` */
export async function collectFees({ escrow }: SendingContracts, { job, seats }: DueFees): Promise<bigint> {
  let credited = 0n;
  for (let at = 0; at < seats.length; at += SEATS_AT_ONCE) {
    const { logs } = await escrow.send.collectFees(BigInt(job), seats.slice(at, at + SEATS_AT_ONCE));
    for (const { args } of escrow.events('FeesCollected', logs)) credited += args.amount;
  }
  return credited;
}

export const feeRecipientOf = async ({ escrow }: Contracts): Promise<Address> =>
  toAddress(await escrow.read.feeRecipient());
