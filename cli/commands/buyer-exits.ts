/** `tributary buyer cancel | close JOB`: every way out, and the money that comes back. protocol.md §5 */
import { cancelJob, closeJob as close, refundSeats, withdraw } from '#buyer/exits.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { buyerSetting } from '../buyer-home.ts';
import { jobNumber } from '../job-option.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function cancel(options: CommonOptions, text: string): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  const job = jobNumber(text, contracts.deployment);
  await cancelJob(contracts, job);
  const { state, cutoff } = await readJobFacts(contracts, job);
  contracts.provider.destroy();
  const what =
    state === 'cancelled' ? 'is cancelled' : `takes no round after ${new Date(cutoff * 1000).toISOString()}`;
  result(settings.json, { event: 'cancelled', job: text, state, cutoff }, `job ${text} ${what}`);
}

/** Closes, shows what was not earned, withdraws; what was done before is not done again. */
export async function closeJob(options: CommonOptions, text: string): Promise<void> {
  const settings = readSettings(options);
  const { contracts } = await buyerSetting(settings);
  const job = jobNumber(text, contracts.deployment);
  const facts = await readJobFacts(contracts, job);
  if (facts.state === 'active') {
    progress('closing the job');
    await close(contracts, job);
  }
  if (facts.settlements.length > 0) {
    progress('showing the leaves of the last round');
    await refundSeats(contracts, job);
  }
  const credited = await contracts.escrow.read.credits(contracts.account);
  if (credited > 0n) await withdraw(contracts);
  contracts.provider.destroy();
  result(
    settings.json,
    { event: 'closed', job: text, withdrawn: credited },
    `${credited} base units came back`,
  );
}
