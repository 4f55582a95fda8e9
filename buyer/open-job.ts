/** A job's way onto the chain, step by step; each looks first whether it was taken. protocol.md §5.1 */
import type { SendingContracts } from '#contracts/connect.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import { readEvents } from '#contracts/events.ts';
import { openingConditions } from '#contracts/opening-conditions.ts';
import { TributaryError } from '#crypto/error.ts';
import type { EvidenceTerms } from '#protocol/evidence-terms.ts';
import { fromAmount, type Bytes32 } from '#protocol/units.ts';
import { arbiterFor } from './arbiter.ts';
import { chainTime } from './chain-time.ts';
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
 * @param evidence by its published terms
 * @returns the escrow's number for it
 */
export async function openJob(
  contracts: SendingContracts,
  plan: Plan,
  terms: Bytes32,
  evidence: EvidenceTerms,
): Promise<number> {
  const { escrow, paymentToken, account } = contracts;
  const bonusPool = fromAmount(plan.bonusPool);
  if ((await paymentToken.read.allowance(account, escrow.address)) < bonusPool) {
    await paymentToken.send.approve(escrow.address, bonusPool);
  }
  const { windows, rounds, coordinator } = plan;
  const conditions = await openingConditions(contracts);
  const arbiter = arbiterFor(conditions, evidence);
  const { logs } = await escrow.send.open({
    terms,
    coordinator: coordinator.address,
    rounds,
    roundTimeout: windows.roundTimeout,
    cutoff: BigInt((await chainTime(contracts)) + windows.duration),
    shortWindow: windows.short,
    longWindow: windows.long,
    bonusPool,
    arbiter: arbiter.address,
    arbiterFee: arbiter.fee,
    fee: conditions.fee,
  });
  const [opened] = escrow.events('JobOpened', logs);
  if (!opened) throw new TributaryError('chain/failed', 'the opening left no event: is this the escrow?');
  return Number(opened.args.job);
}

/** Turns the units of those lines that have no seat yet into seats. */
export async function addSeats(
  contracts: SendingContracts,
  facts: Pick<JobFacts, 'job' | 'seats'>,
  lines: readonly SeatLine[],
  atOnce = seatsAtOnce,
): Promise<void> {
  const { escrow, accessToken, account } = contracts;
  const missing = lines.slice(facts.seats.length);
  if (missing.length === 0) return;
  if (!(await accessToken.read.isApprovedForAll(account, escrow.address))) {
    await accessToken.send.setApprovalForAll(escrow.address, true);
  }
  for (let at = 0; at < missing.length; at += atOnce) {
    const batch = missing.slice(at, at + atOnce);
    await escrow.send.addSeats(
      BigInt(facts.job),
      batch.map(({ token }) => BigInt(token)),
      batch.map(({ units }) => units),
    );
  }
}
