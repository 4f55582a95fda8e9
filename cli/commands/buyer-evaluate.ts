/** `tributary buyer evaluate JOB`: metrics of settled models, by the lineage from the chain. protocol.md §6.2, §6.5 */
import { evaluateRounds, roundsToEvaluate } from '#buyer/evaluate-rounds.ts';
import { loadHeldOut } from '#buyer/held-out.ts';
import { readJobState } from '#buyer/job-state.ts';
import { carBlockStore } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { readingContracts } from '../chain.ts';
import { jobNumber } from '../job-option.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { scoreFields, scoresText } from './buyer-scores.ts';

type EvaluateOptions = CommonOptions &
  Readonly<{ heldOut: string; round?: number; all?: boolean; car?: string }>;

export async function evaluate(options: EvaluateOptions, text: string): Promise<void> {
  const settings = readSettings(options);
  const contracts = await readingContracts(settings);
  const { chainId, escrow } = contracts.deployment;
  const car = options.car === undefined ? null : await carBlockStore(options.car);
  const source = car ?? connectIpfs(settings.ipfs);
  try {
    const job = jobNumber(text, contracts.deployment);
    const state = await readJobState(contracts, source, { chainId, escrow }, job);
    const rounds = roundsToEvaluate(state, options.round, options.all === true);
    const heldOut = await loadHeldOut(options.heldOut, state.job.recipe);
    try {
      const evaluating = { backend: await loadBackend(), heldOut };
      for await (const { round, model, evaluation } of evaluateRounds(source, state, rounds, evaluating)) {
        result(
          settings.json,
          { event: 'evaluated', job: text, round, model, ...scoreFields(evaluation) },
          `round ${round}: ${scoresText(evaluation)}`,
        );
      }
    } finally {
      heldOut.close();
    }
  } finally {
    await car?.close();
    contracts.provider.destroy();
  }
}
