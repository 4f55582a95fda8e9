/** `tributary owner claim JOB`: collect what final rounds have earned. protocol.md §5.2 */
import { claimPay } from '#client/claim.ts';
import { openLineage } from '#client/lineage.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { sendingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { ownerHome, registered } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function claim(options: CommonOptions, job: string): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const { dataset } = registered(home);
  const contracts = await sendingContracts(settings, await home.ownerKey());
  const sources = { store: connectIpfs(settings.ipfs), lineage: openLineage(home.client) };
  const { before, paid, transaction } = await claimPay(
    contracts,
    sources,
    jobNumber(job, contracts.deployment),
    dataset,
  );
  contracts.provider.destroy();
  const { seat, finalRound, pending } = before;
  result(
    settings.json,
    {
      event: 'claimed',
      seat,
      finalRound,
      owed: before.owed,
      claimed: before.claimed + paid,
      paid,
      pending,
      transaction,
    },
    transaction === null
      ? `nothing new to claim up to round ${finalRound}; ${pending} base units are still in their window`
      : `paid ${paid} base units for rounds up to ${finalRound}`,
  );
}
