/** `tributary owner claim JOB`: collect what final rounds have earned. protocol.md §5.2 */
import { claimPay } from '#client/claim.ts';
import { openLineage } from '#client/lineage.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { toAddress } from '#protocol/units.ts';
import { jobNumber } from '../job-option.ts';
import { progress, result } from '../output.ts';
import { ownerHome, registered } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';
import { asOwner } from '../unsigned/as-owner.ts';

type ClaimOptions = CommonOptions & SigningOptions & Readonly<{ to?: string }>;

/** @throws TributaryError as `claimPay`; `escrow/not-dataset-owner` where who does not own the dataset names an account */
export async function claim(options: ClaimOptions, job: string): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const { dataset } = registered(home);
  const to = options.to === undefined ? undefined : toAddress(options.to);
  const sources = { store: connectIpfs(settings.ipfs), lineage: openLineage(home.client) };
  await asOwner(settings, options, async ({ contracts }) => {
    const number = jobNumber(job, contracts.deployment);
    const { before, paid, transaction } = await claimPay(contracts, sources, number, dataset, to);
    const { seat, finalRound, pending, owed, unreadable } = before;
    for (const round of unreadable) {
      progress(
        `round ${round} pays other amounts than were earned, and nobody has its payouts: audit the job`,
      );
    }
    const claimed = before.claimed + paid;
    result(
      settings.json,
      {
        event: 'claimed',
        seat,
        finalRound,
        owed,
        claimed,
        paid,
        pending,
        unreadable,
        transaction,
        ...(to !== undefined && { to }),
      },
      transaction === null
        ? `nothing new to claim up to round ${finalRound}; ${pending} base units are still in their window`
        : `paid ${paid} base units for rounds up to ${finalRound}${to === undefined ? '' : ` to ${to}`}`,
    );
  });
}
