/** `tributary owner claim JOB`: collect what final rounds have earned. protocol.md §5.2 */
import { claimPay } from '#client/claim.ts';
import { openLineage } from '#client/lineage.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { jobNumber } from '../job-option.ts';
import { progress, result } from '../output.ts';
import { ownerHome, registered } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { asOwner, type SigningOptions } from '../unsigned/as-owner.ts';

export async function claim(options: CommonOptions & SigningOptions, job: string): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const { dataset } = registered(home);
  const sources = { store: connectIpfs(settings.ipfs), lineage: openLineage(home.client) };
  await asOwner(settings, options, async ({ contracts }) => {
    const number = jobNumber(job, contracts.deployment);
    const { before, paid, transaction } = await claimPay(contracts, sources, number, dataset);
    const { seat, finalRound, pending, owed, unreadable } = before;
    for (const round of unreadable) {
      progress(
        `round ${round} pays other amounts than were earned, and nobody has its payouts: audit the job`,
      );
    }
    const claimed = before.claimed + paid;
    result(
      settings.json,
      { event: 'claimed', seat, finalRound, owed, claimed, paid, pending, unreadable, transaction },
      transaction === null
        ? `nothing new to claim up to round ${finalRound}; ${pending} base units are still in their window`
        : `paid ${paid} base units for rounds up to ${finalRound}`,
    );
  });
}
