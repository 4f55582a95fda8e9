/** `tributary buyer download JOB`: the last settled model as files, held against the chain. protocol.md §6.2 */
import { downloadModel as download } from '#buyer/download.ts';
import { readJobState } from '#buyer/job-state.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function downloadModel(
  options: CommonOptions & Readonly<{ out: string }>,
  text: string,
): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  const { chainId, escrow } = contracts.deployment;
  const store = connectIpfs(settings.ipfs);
  const state = await readJobState(
    contracts,
    store,
    { chainId, escrow },
    jobNumber(text, contracts.deployment),
  );
  const done = await download(store, state, options.out);
  contracts.provider.destroy();
  result(
    settings.json,
    { event: 'downloaded', ...done },
    `the model of round ${done.round} is in ${options.out}`,
  );
}
