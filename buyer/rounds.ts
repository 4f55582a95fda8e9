/** How good a job's model was after each round, on rows that only the buyer has. protocol.md §6.2 */
import type { BlockSource } from '#datasets/blockstore.ts';
import type { RowSource } from '#datasets/row-source.ts';
import { TributaryError } from '#crypto/error.ts';
import { evaluate, type Evaluation } from '#model/evaluate.ts';
import { loadModel, type Model } from '#model/model-store.ts';
import type { Backend } from '#model/tensorflow.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { JobState } from './job-state.ts';

/** Round 0 is the model that the job starts from. */
export type RoundReport = Readonly<{
  round: number;
  attempt: number;
  /** Enrolled, and of them lost before their input was in. */
  cohort: number;
  lost: number;
  /** The settling transaction; null for round 0. */
  transaction: Bytes32 | null;
  evaluation: Evaluation;
}>;

export type Evaluating = Readonly<{ backend: Backend; heldOut: RowSource }>;

/** The recipe's metrics of a model on the held-out rows. */
export const evaluateModel = (
  { backend, heldOut }: Evaluating,
  { topology, weights }: Model,
  recipe: Recipe,
): Promise<Evaluation> => evaluate(backend, { topology, weights, rows: heldOut }, recipe);

/** The model of a settled round, by the lineage from the chain. @throws TributaryError `buyer/no-such-round` */
export async function modelOfRound(
  source: BlockSource,
  { job, history }: JobState,
  round: number,
): Promise<Model> {
  if (round === 0) return loadModel(source, job.manifest.model);
  const record = history[round - 1];
  if (!record) {
    throw new TributaryError(
      'buyer/no-such-round',
      `round ${round} of job ${job.id.job} is not settled; ${history.length} are: ask for one of 0 to ${history.length}`,
    );
  }
  return loadModel(source, record.manifest.modelAfter);
}

/** @param enrolled the size of the round's roster */
export async function reportRound(
  source: BlockSource,
  state: JobState,
  round: number,
  evaluating: Evaluating,
  enrolled: number,
): Promise<RoundReport> {
  const model = await modelOfRound(source, state, round);
  const evaluation = await evaluateModel(evaluating, model, state.job.recipe);
  const record = state.history[round - 1];
  if (!record) return { round, attempt: 0, cohort: 0, lost: 0, transaction: null, evaluation };
  const { settlement, manifest } = record;
  return {
    round,
    attempt: settlement.attempt,
    cohort: enrolled,
    lost: enrolled - manifest.survivors.length,
    transaction: settlement.transaction,
    evaluation,
  };
}
