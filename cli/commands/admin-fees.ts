/** `tributary admin collect-fees`: credits the fees of claimed units, and takes them home. protocol.md §5.2 */
import { collectFees, dueFees, feeRecipientOf } from '#contracts/fees.ts';
import { jobNumber } from '../job-option.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { asAdmin, type AdminOptions } from '../unsigned/as-admin.ts';

/** Anyone may credit them; they are sent only where this account is the fee recipient. */
export async function collect(options: CommonOptions & AdminOptions, job?: string): Promise<void> {
  const settings = readSettings(options);
  await asAdmin(settings, options, async ({ contracts }) => {
    const only = job === undefined ? null : jobNumber(job, contracts.deployment);
    let collected = 0n;
    for (const due of await dueFees(contracts, only)) {
      collected += await collectFees(contracts, due);
      progress(`job ${due.job}: ${due.amount} base units of ${due.seats.length} seats`);
    }
    const recipient = await feeRecipientOf(contracts);
    const credits = await contracts.escrow.read.credits(recipient);
    const own = recipient === contracts.account && credits > 0n;
    if (own) await contracts.escrow.send.withdraw();
    result(
      settings.json,
      { event: 'fees', collected, recipient, withdrawn: own ? credits : 0n, credits: own ? 0n : credits },
      own
        ? `collected ${collected} base units, and took ${credits} home`
        : `collected ${collected} base units; ${recipient} can withdraw ${credits}`,
    );
  });
}
