/** `npm run bench -- demo-accuracy`: is the demo's federated model worth it, over seeds of split, shards and weights? */
import { parseArgs } from 'node:util';
import { utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { type Rng, seededRng } from '#crypto/random.ts';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import { standardisation, standardised } from '#datasets/samples/standardisation.ts';
import { wdbcJob, wdbcRecipe } from '#datasets/samples/wdbc-job.ts';
import { loadWdbc, wdbcFeatures } from '#datasets/samples/wdbc.ts';
import { bestSingleOwner, centralised } from '#examples/baseline/baseline.ts';
import { evaluate } from '#model/evaluate.ts';
import { initialWeights } from '#model/initial.ts';
import { rowsInMemory, type Batch } from '#datasets/row-source.ts';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { tabularClassifier } from '#model/templates.ts';
import { type Topology, parseTopology } from '#model/topology.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { federate } from './federation.ts';
import type { Bench, Row } from './row.ts';

type Measures = Readonly<{ accuracy: number; logLoss: number }>;
/** One seed's outcome; `start` is the untrained model. */
export type Outcome = Readonly<{
  start: Measures;
  federated: Measures;
  centralised: Measures;
  single: Measures;
}>;

/** The demo loses one client in each of these rounds. */
const lossyRounds = new Set([2, 3]);

type Seeded = Readonly<{
  topology: Topology;
  initial: Float32Array;
  recipe: Recipe;
  shards: Batch[];
  buyer: Batch;
  rng: Rng;
}>;

/** The whole of a seed: it decides split, shards, initial weights and, by `rng`, the order of rows. */
export function deal(seed: number): Seeded {
  const { training, heldOut } = splitHeldOut(loadWdbc(), seed, wdbcJob.heldOut);
  const recipe = wdbcRecipe(standardisation(heldOut));
  const topology = parseTopology(tabularClassifier(wdbcFeatures.length, wdbcJob.hidden));
  const rng = seededRng(utf8(`bench/demo-accuracy/${seed}`));
  return {
    topology,
    initial: initialWeights(topology, rng.bytes(32)),
    recipe,
    shards: shards(training, seed, wdbcJob.owners).map((shard) => standardised(shard, recipe.features)),
    buyer: standardised(heldOut, recipe.features),
    rng,
  };
}

/** Plays one seed's federation and baselines. @param losses lose one input in each of rounds 2 and 3 */
export async function playSeed(backend: Backend, seed: number, losses: boolean): Promise<Outcome> {
  const { buyer, rng, ...job } = deal(seed);
  const { topology, initial } = job;
  const { weights, steps } = await federate(backend, {
    ...job,
    aggregation: wdbcJob.aggregation,
    rounds: wdbcJob.rounds,
    lost: (round) => (losses && lossyRounds.has(round) ? (seed + round) % wdbcJob.owners : undefined),
    seed: rng.bytes(32),
  });
  const task = { ...job, heldOut: buyer, steps, seed: rng.bytes(32) };
  const measured = async (model: Float32Array): Promise<Measures> => {
    const rows = rowsInMemory(topology.features, buyer);
    const { metrics } = await evaluate(backend, { topology, weights: model, rows }, job.recipe);
    return { accuracy: metrics.accuracy ?? Number.NaN, logLoss: metrics.logLoss ?? Number.NaN };
  };
  return {
    start: await measured(initial),
    federated: await measured(weights),
    centralised: await centralised(backend, task),
    single: await bestSingleOwner(backend, task),
  };
}

/** The two bars, over all seeds. */
export function rowsOf(outcomes: readonly Outcome[]): Row[] {
  const mean = (measure: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + measure(outcome), 0) / outcomes.length;
  return [
    {
      row: 'accuracy-gap',
      ours: mean(({ federated }) => federated.accuracy) - mean((outcome) => outcome.centralised.accuracy),
      limit: -0.02,
      strict: false,
      unit: 'share of held-out rows',
    },
    {
      row: 'logloss-gap',
      ours: mean(({ single }) => single.logLoss) - mean(({ federated }) => federated.logLoss),
      limit: 0,
      strict: true,
      unit: 'nats',
    },
  ];
}

const show = ({ accuracy, logLoss }: Measures): string => `${accuracy.toFixed(4)} / ${logLoss.toFixed(4)}`;

function wholeNumber(text: string, option: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new TributaryError(
      'bench/option',
      `${option} wants a whole number of at least ${least}, not ${text}`,
    );
  }
  return value;
}

export const demoAccuracy: Bench = {
  summary: 'federated against centralised and the best single owner, on the real rows of the demo',
  usage:
    '[--seeds 20] [--first-seed 1] [--losses]   --losses: one input is lost in rounds 2 and 3, as in the demo',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string', default: '20' },
        'first-seed': { type: 'string', default: '1' },
        losses: { type: 'boolean', default: false },
      },
    });
    const first = wholeNumber(values['first-seed'], '--first-seed', 0);
    const seeds = wholeNumber(values.seeds, '--seeds', 1);
    const backend = await loadBackend();
    console.error(`backend ${backend.name}; accuracy / log-loss on held-out rows`);
    const outcomes: Outcome[] = [];
    for (let seed = first; seed < first + seeds; seed += 1) {
      const outcome = await playSeed(backend, seed, values.losses);
      outcomes.push(outcome);
      console.error(
        `seed ${seed}: round 0 ${show(outcome.start)}, federated ${show(outcome.federated)}, ` +
          `centralised ${show(outcome.centralised)}, best single owner ${show(outcome.single)}`,
      );
    }
    return rowsOf(outcomes);
  },
};
