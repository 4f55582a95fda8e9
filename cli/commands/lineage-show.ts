/** `tributary lineage show JOB`: the chain of a job's rounds, each link held against the chain as it goes. protocol.md §6.2 */
import { readJobFacts } from '#contracts/job-facts.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { carBlockStore, type CarSource } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { readBlock } from '#datasets/read-block.ts';
import { loadHistory, type RoundRecord } from '#model/history.ts';
import { loadJob } from '#model/job.ts';
import { evidenceText } from '#protocol/evidence-terms.ts';
import { rosterSchema } from '#protocol/manifests.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type Shown = Readonly<{
  round: number;
  attempt: number;
  manifest: string;
  modelBefore: string;
  modelAfter: string;
  survivors: number;
  roster: number;
  aggregate: string;
  payouts: string;
  payoutRoot: string;
  transaction: string;
}>;

export async function showLineage(
  options: CommonOptions & Readonly<{ car?: string }>,
  text: string,
): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  const { chainId, escrow } = contracts.deployment;
  let copy: CarSource | null = null;
  try {
    const number = jobNumber(text, contracts.deployment);
    copy = options.car === undefined ? null : await carBlockStore(options.car);
    const store = copy ?? connectIpfs(settings.ipfs);
    const facts = await readJobFacts(contracts, number);
    const job = await loadJob(store, { chainId, escrow }, facts);
    await loadHistory(store, job, facts.settlements, async (record) => {
      const shown = await describe(store, record);
      result(settings.json, { event: 'round', ...shown }, inWords(shown));
    });
    const rounds = facts.settlements.length;
    const ending =
      rounds === 0 ? 'no round is settled yet' : `${rounds} rounds, every link between manifests holds`;
    result(
      settings.json,
      {
        event: 'lineage',
        job: text,
        terms: job.terms.toString(),
        initialModel: job.manifest.model.toString(),
        rounds,
        evidence: job.manifest.evidence,
      },
      `${evidenceText(job.manifest.evidence)}\n${text}, terms ${job.terms.toString()}: ${ending}`,
    );
  } finally {
    contracts.provider.destroy();
    await copy?.close();
  }
}

async function describe(
  store: BlockSource,
  { settlement, cid, manifest, payouts }: RoundRecord,
): Promise<Shown> {
  const { round, attempt, transaction } = settlement;
  const roster = await readBlock(store, manifest.roster, rosterSchema, `the roster of round ${round}`);
  return {
    round,
    attempt,
    manifest: cid.toString(),
    modelBefore: manifest.modelBefore.toString(),
    modelAfter: manifest.modelAfter.toString(),
    survivors: manifest.survivors.length,
    roster: roster.members.length,
    aggregate: manifest.aggregate.toString(),
    payouts: manifest.payouts.toString(),
    payoutRoot: payouts.root,
    transaction,
  };
}

const inWords = (shown: Shown): string =>
  [
    `round ${shown.round}, attempt ${shown.attempt}: ${shown.survivors} of ${shown.roster} survived`,
    `  manifest     ${shown.manifest}`,
    `  model        ${shown.modelBefore}`,
    `             → ${shown.modelAfter}`,
    `  aggregate    ${shown.aggregate}`,
    `  payouts root ${shown.payoutRoot}`,
    `  settled in   ${shown.transaction}`,
    '',
  ].join('\n');
