/** A job as the buyer sees it now: terms, chain, lineage so far, and what the next round starts from. protocol.md §6.2 */
import type { Contracts } from '#contracts/connect.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { continuing, loadHistory, transitionFlaw, type RoundRecord } from '#model/history.ts';
import { loadJob, type Job } from '#model/job.ts';
import { loadModel } from '#model/model-store.ts';
import { toError } from '#protocol/flaw.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Basis } from './check-round.ts';

export type JobState = Readonly<{ job: Job; facts: JobFacts; history: readonly RoundRecord[] }>;

/** @throws TributaryError `job/…`, `lineage/…`, `escrow/…`, `chain/…`, `ipfs/…` */
export async function readJobState(
  contracts: Contracts,
  source: BlockSource,
  domain: Domain,
  number: number,
): Promise<JobState> {
  const facts = await readJobFacts(contracts, number);
  const job = await loadJob(source, domain, facts);
  return { job, facts, history: await loadHistory(source, job, facts.settlements) };
}

/**
 * What the round after the last settled one starts from; leaves follow from the chain, not from what is linked.
 *
 * @throws TributaryError `model/transition` where the last settled model is not what its aggregate gives
 */
export async function basisOf(source: BlockSource, { job, facts, history }: JobState): Promise<Basis> {
  const last = history.at(-1);
  if (!last) return { job, facts, before: await loadModel(source, job.manifest.model), previous: null };
  const broken = await transitionFlaw(source, job, last.manifest);
  if (broken) throw toError(broken);
  const bitmaps = facts.settlements.map(({ participants }) => participants);
  return {
    job,
    facts,
    before: await loadModel(source, last.manifest.modelAfter),
    previous: await continuing(source, job, last, earnedPayouts(facts, bitmaps).at(-1)?.leaves ?? []),
  };
}

/** Nothing more can be settled. @param now seconds */
export const isOver = ({ state, settlements, rounds, cutoff }: JobFacts, now: number): boolean =>
  state === 'cancelled' || state === 'closed' || settlements.length >= rounds || now > cutoff;
