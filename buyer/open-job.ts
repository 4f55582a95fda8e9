/** A job's way onto the chain, step by step; each looks first whether it was taken. protocol.md §5.1 */
import { latestTime } from '#contracts/chain-time.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import { readEvents } from '#contracts/events.ts';
import { feeOf } from '#contracts/fees.ts';
import type { JobConditions } from '#contracts/opening-conditions.ts';
import { TributaryError } from '#crypto/error.ts';
import { fromAmount, type Bytes32 } from '#protocol/units.ts';
import type { Plan } from './plan.ts';

/** A seat to be: units of one token. */
export type SeatLine = Readonly<{ dataset: number; token: number; units: number }>;

/** Seats in one transaction: some 34,000 gas each, far below what one may use. */
const seatsAtOnce = 50;

/** The buyer's job with these terms, if it was opened. */
export async function findJob(contracts: SendingContracts, terms: Bytes32): Promise<number | null> {
  const opened = await readEvents(contracts, contracts.escrow, 'JobOpened', { buyer: contracts.account });
  const own = opened.find(({ args }) => args.opening.terms === terms);
  return own ? Number(own.args.job) : null;
}

/**
 * Opens the job and pays in its bonus.
 *
 * @param conditions as quoted: the escrow refuses where other ones are asked by now
 * @returns the escrow's number for it
 * @throws TributaryError `escrow/fee-differs`, `escrow/arbiter-fee-differs`, `escrow/arbiter-not-listed`, `escrow/…`
 */
export async function openJob(
  contracts: SendingContracts,
  plan: Plan,
  terms: Bytes32,
  { fee, arbiter }: JobConditions,
): Promise<number> {
  const { escrow, paymentToken, account } = contracts;
  const bonusPool = fromAmount(plan.bonusPool);
  if ((await paymentToken.read.allowance(account, escrow.address)) < bonusPool) {
    await paymentToken.send.approve(escrow.address, bonusPool);
  }
  const { windows, rounds, coordinator } = plan;
  const { logs } = await escrow.send.open({
    terms,
    coordinator: coordinator.address,
    rounds,
    roundTimeout: windows.roundTimeout,
    cutoff: BigInt((await latestTime(contracts)) + windows.duration),
    shortWindow: windows.short,
    longWindow: windows.long,
    bonusPool,
    arbiter: arbiter.address,
    arbiterFee: arbiter.fee,
    fee,
  });
  const [opened] = escrow.events('JobOpened', logs);
  if (!opened) throw new TributaryError('chain/failed', 'the opening left no event: is this the escrow?');
  return Number(opened.args.job);
}

/** Turns the units of those lines that have no seat yet into seats, and pays their fees. */
export async function addSeats(
  contracts: SendingContracts,
  facts: Pick<JobFacts, 'job' | 'seats' | 'fee'>,
  lines: readonly SeatLine[],
  atOnce = seatsAtOnce,
): Promise<void> {
  const { escrow, accessToken, account } = contracts;
  const missing = lines.slice(facts.seats.length);
  if (missing.length === 0) return;
  if (!(await accessToken.read.isApprovedForAll(account, escrow.address))) {
    await accessToken.send.setApprovalForAll(escrow.address, true);
  }
  await approveFees(contracts, missing, facts.fee);
  for (let at = 0; at < missing.length; at += atOnce) {
    const batch = missing.slice(at, at + atOnce);
    await escrow.send.addSeats(
      BigInt(facts.job),
      batch.map(({ token }) => BigInt(token)),
      batch.map(({ units }) => units),
    );
  }
}

/** The escrow takes them with the units: one approval for all of them. */
async function approveFees(
  { accessToken, paymentToken, escrow, account }: SendingContracts,
  lines: readonly SeatLine[],
  fee: number,
): Promise<void> {
  if (fee === 0) return;
  let fees = 0n;
  for (const { token, units } of lines) {
    const { price } = await accessToken.read.unitOf(BigInt(token));
    fees += BigInt(units) * feeOf(price, fee);
  }
  if ((await paymentToken.read.allowance(account, escrow.address)) >= fees) return;
  await paymentToken.send.approve(escrow.address, fees);
}
