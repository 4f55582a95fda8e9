/** A job's last settled manifest, or an earlier one, by the chain: where each command of `lineage` begins. protocol.md §6.2 */
import type { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import type { Settings } from '../settings.ts';

export type Head = Readonly<{ root: CID; round: number }>;

/**
 * @param round the last settled one by default
 * @throws TributaryError `lineage/empty`, `lineage/no-such-round`, `job/…`, `chain/…`
 */
export async function settledHead(settings: Settings, job: string, round?: number): Promise<Head> {
  const contracts = await readingContracts(settings);
  try {
    const settlements = await readSettlements(contracts, jobNumber(job, contracts.deployment));
    if (settlements.length === 0)
      throw new TributaryError('lineage/empty', `${job} has no settled round yet`);
    const asked = round ?? settlements.length;
    const settled = settlements[asked - 1];
    if (!settled) {
      throw new TributaryError(
        'lineage/no-such-round',
        `round ${asked} of ${job} is not settled: ask for one of 1 to ${settlements.length}`,
      );
    }
    return { root: cidFromDigest('dag-cbor', fromHex(settled.manifest)), round: asked };
  } finally {
    contracts.provider.destroy();
  }
}
