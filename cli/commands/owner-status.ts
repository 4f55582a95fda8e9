/** `tributary owner status JOB`: what each round cost this owner and paid it. */
import { openJournal } from '#client/journal/journal.ts';
import { roundStatuses } from '#client/status.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result, table } from '../output.ts';
import { ownerHome, registered } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function status(options: CommonOptions, job: string): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const { dataset } = registered(home);
  const contracts = await readingContracts(settings);
  const { chainId, escrow } = contracts.deployment;
  const facts = await readJobFacts(contracts, jobNumber(job, contracts.deployment));
  contracts.provider.destroy();
  const journal = openJournal(home.client, (await home.operatorKey()).signingKey);
  const rounds = roundStatuses(journal, { chainId, escrow }, facts, dataset);
  const rows = rounds.map((round) => [
    String(round.round),
    round.state,
    round.took ? 'yes' : 'no',
    String(round.bytesUp),
    String(round.seconds),
    String(round.earned),
  ]);
  result(
    settings.json,
    { event: 'status', dataset, rounds },
    table(['round', 'state', 'took part', 'bytes up', 'seconds', 'earned'], rows),
  );
}
