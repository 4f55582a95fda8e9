/** When the rounds of a job are final, as the chain has it: what the keeping of evidence counts from. protocol.md §5.3, §6.4 */
import { latestTime } from '#contracts/chain-time.ts';
import type { Contracts } from '#contracts/connect.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import type { Finality } from '../evidence-retention.ts';

export const finalityReader =
  (contracts: Contracts) =>
  async (job: number): Promise<Finality> => {
    const { cutoff, longWindow, frozenFrom } = await contracts.escrow.read.jobOf(BigInt(job));
    const settlements = await readSettlements(contracts, job);
    // Read last: a round that was settled meanwhile is after it.
    const chainTime = await latestTime(contracts);
    return { chainTime, cutoff: Number(cutoff), longWindow, frozenFrom, settlements };
  };
