/** Local training, and what of it may be masked: the difference, clipped, weighted, quantised. protocol.md §2.1, §2.2 */
import { quantise } from '#crypto/quantise.ts';
import type { Rng } from '#crypto/random.ts';
import type { Job } from '#model/job.ts';
import type { Model } from '#model/model-store.ts';
import { loadBackend, type Backend } from '#model/tensorflow.ts';
import { train } from '#model/train.ts';
import type { EncodedRows } from './encoded-rows.ts';
import type { Update } from './journal/update-journal.ts';

/**
 * Trains on the owner's rows.
 *
 * @param round from 1: decides the learning rate
 * @throws TributaryError `data/…`, `model/…`, `vector/not-finite`
 */
export type Trainer = (job: Job, model: Model, weight: number, round: number) => Promise<Update>;

/** One process has one TensorFlow, however many clients share it. */
let shared: Promise<Backend> | undefined;
const sharedBackend = (): Promise<Backend> => (shared ??= loadBackend());

/** Loads TensorFlow with the first job, not before. */
export function localTrainer(
  encoded: Pick<EncodedRows, 'for'>,
  rng: Rng,
  backend: () => Promise<Backend> = sharedBackend,
): Trainer {
  let loaded: Promise<Backend> | undefined;
  return async (job, model, weight, round) => {
    const rows = await encoded.for(job);
    loaded ??= backend();
    const running = await loaded;
    const trained = await train(running, {
      topology: model.topology,
      weights: model.weights,
      recipe: job.recipe,
      round,
      seed: rng.bytes(32),
      rows,
    });
    const update = Float64Array.from(trained.weights, (after, at) => after - (model.weights[at] ?? 0));
    const chance = job.rounding === 'stochastic' ? rng : undefined;
    return { quantised: quantise(update, weight, job.parameters, chance), backend: running.name };
  };
}
