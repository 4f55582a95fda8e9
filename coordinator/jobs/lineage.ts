/** What the coordinator needs of a job's past before a round: terms, chain, and the settled round before it. protocol.md §6.2 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { Contracts } from '#contracts/connect.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { continuing, loadHistory } from '#model/history.ts';
import { loadJob, type Job } from '#model/job.ts';
import type { PreviousRound } from '#model/round-result.ts';
import type { Domain } from '#protocol/typed-data.ts';

export type LineageBefore = Readonly<{
  job: Job;
  facts: JobFacts;
  /** The model that the round starts from. */
  before: CID;
  previous: PreviousRound | null;
}>;

/** @throws TributaryError `chain/behind` where the chain does not know the round before yet, and those of its parts */
export type LoadLineage = (place: Readonly<{ job: number; round: number }>) => Promise<LineageBefore>;

export function lineageLoader(contracts: Contracts, ipfs: BlockStore, domain: Domain): LoadLineage {
  /** Terms never change, and everything they link is held by digest. */
  const jobs = new Map<number, Job>();
  return async ({ job: number, round }) => {
    const facts = await readJobFacts(contracts, number);
    const job = jobs.get(number) ?? (await loadJob(ipfs, domain, facts));
    jobs.set(number, job);
    const settled = facts.settlements.filter((settlement) => settlement.round < round);
    if (settled.length !== round - 1) {
      throw new TributaryError(
        'chain/behind',
        `job ${number}: the chain shows ${settled.length} rounds before round ${round}; waiting for it to catch up`,
      );
    }
    const last = (await loadHistory(ipfs, job, settled)).at(-1);
    return {
      job,
      facts,
      before: last?.manifest.modelAfter ?? job.manifest.model,
      previous: last ? await continuing(ipfs, job, last, last.payouts.leaves) : null,
    };
  };
}
