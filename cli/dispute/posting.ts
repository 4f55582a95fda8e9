/** The posted round that a command of disputes names, and the dispute of it. protocol.md §5.6 */
import type { Contracts } from '#contracts/connect.ts';
import { readDispute, readDisputes, isOngoing, type DisputeFacts } from '#contracts/dispute-list.ts';
import { readJobFacts, type JobFacts, type SettlementOnChain } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import { jobNumber } from '../job-option.ts';

export type PostingOptions = Readonly<{ job: string; round: number }>;

/** @throws TributaryError `job/…`, `escrow/no-such-job`, `dispute/no-such-round` */
export async function postedRound(
  contracts: Contracts,
  { job, round }: PostingOptions,
): Promise<Readonly<{ facts: JobFacts; settlement: SettlementOnChain }>> {
  const facts = await readJobFacts(contracts, jobNumber(job, contracts.deployment));
  const settlement = facts.settlements[round - 1];
  if (settlement) return { facts, settlement };
  throw new TributaryError(
    'dispute/no-such-round',
    `job ${job} has ${facts.settlements.length} posted rounds, and no round ${round}`,
  );
}

/** The dispute of the standing posting. @throws as {@link postedRound}, and TributaryError `escrow/no-such-dispute` */
export async function disputeOfRound(
  contracts: Contracts,
  options: PostingOptions,
): Promise<Readonly<{ facts: JobFacts; settlement: SettlementOnChain; dispute: DisputeFacts }>> {
  const posted = await postedRound(contracts, options);
  const dispute = await readDispute(contracts, posted.settlement.head);
  if (dispute) return { ...posted, dispute };
  throw new TributaryError(
    'escrow/no-such-dispute',
    `round ${options.round} of job ${options.job}, as it is posted now, is not disputed`,
  );
}

/** Disputes of a round that are not over, those of postings that fell with an earlier round included. */
export async function ongoingDisputes(
  contracts: Contracts,
  { job, round }: PostingOptions,
): Promise<readonly [DisputeFacts, ...DisputeFacts[]]> {
  const found = await readDisputes(contracts, jobNumber(job, contracts.deployment));
  const [first, ...others] = found.filter((dispute) => dispute.round === round && isOngoing(dispute));
  if (first) return [first, ...others];
  throw new TributaryError(
    'escrow/no-such-dispute',
    `round ${round} of job ${job} has no dispute that goes on`,
  );
}

/** A second of the chain's time, as text. */
export const timeText = (seconds: number): string => new Date(seconds * 1000).toISOString();
