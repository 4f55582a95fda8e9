/** `tributary owner rotate-seat`: this home's operator key for the seats of a dataset, after buying it. protocol.md §5.1 */
import { rotateSeats } from '#client/rotate-seats.ts';
import { toAddress } from '#protocol/units.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { ownerHome, registered } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';
import { asOwner } from '../unsigned/as-owner.ts';

type SeatOptions = CommonOptions & SigningOptions & Readonly<{ dataset?: number; operator?: string }>;

/** @throws TributaryError `owner/not-owner`, `owner/not-registered`, `keystore/missing`, `escrow/…`, as `asOwner` */
export async function rotateSeat(options: SeatOptions, job?: string): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const dataset = options.dataset ?? registered(home).dataset;
  const operator = options.operator === undefined ? home.operatorAddress() : toAddress(options.operator);
  await asOwner(settings, options, async ({ contracts }) => {
    const only = job === undefined ? null : jobNumber(job, contracts.deployment);
    const seats = await rotateSeats(contracts, dataset, operator, only);
    result(
      settings.json,
      { event: 'seats-rotated', dataset, operator, seats },
      seats.length === 0
        ? `dataset ${dataset} has operator ${operator}, and so have its seats in jobs that run`
        : `${operator} signs for ${seats.map((one) => `seat ${one.seat} of job ${one.job}`).join(', ')}`,
    );
  });
}
