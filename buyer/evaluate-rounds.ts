/** How good the models of settled rounds are on the buyer's rows. protocol.md §6.2, §6.5 */
import type { BlockSource } from '#datasets/blockstore.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Evaluation } from '#model/evaluate.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { JobState } from './job-state.ts';
import { evaluateModel, modelOfRound, type Evaluating } from './rounds.ts';

export type EvaluatedRound = Readonly<{ round: number; model: Bytes32; evaluation: Evaluation }>;

/** Which rounds: one, every one from 0, or the last. @throws TributaryError `buyer/nothing-settled` where there is no last */
export function roundsToEvaluate(
  { history, job }: JobState,
  round: number | undefined,
  all: boolean,
): number[] {
  if (all) return Array.from({ length: history.length + 1 }, (_, at) => at);
  if (round !== undefined) return [round];
  if (history.length > 0) return [history.length];
  throw new TributaryError(
    'buyer/nothing-settled',
    `no round of job ${job.id.job} is settled yet: wait for one, or evaluate --round 0`,
  );
}

/** @throws TributaryError `buyer/no-such-round`, and those of the blocks' readers */
export async function* evaluateRounds(
  source: BlockSource,
  state: JobState,
  rounds: readonly number[],
  evaluating: Evaluating,
): AsyncGenerator<EvaluatedRound, void, undefined> {
  for (const round of rounds) {
    const model = await modelOfRound(source, state, round);
    const evaluation = await evaluateModel(evaluating, model, state.job.recipe);
    yield { round, model: model.digest, evaluation };
  }
}
