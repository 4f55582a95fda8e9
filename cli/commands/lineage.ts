/** `tributary lineage export JOB`: the last settled manifest and everything that it leads to, as one CAR. protocol.md §6 */
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { writeCar } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function exportLineage(
  options: CommonOptions & Readonly<{ out: string }>,
  job: string,
): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  const facts = await readJobFacts(contracts, jobNumber(job, contracts.deployment));
  contracts.provider.destroy();
  const last = facts.settlements.at(-1);
  if (!last) throw new TributaryError('lineage/empty', `${job} has no settled round yet`);
  const root = cidFromDigest('dag-cbor', fromHex(last.manifest));
  await writeCar(options.out, connectIpfs(settings.ipfs), root);
  result(
    settings.json,
    { event: 'exported', root: root.toString(), file: options.out },
    `${root.toString()} → ${options.out}`,
  );
}
