/**
 * A model of your own: reads a Keras Sequential model (what `model.toJSON()` of tf.js or Keras 2 wrote), checks it, says
 * what its owners must allow, and takes one step of training on made-up rows.
 *
 *   node --import tsx examples/bring-your-own-model/main.ts examples/bring-your-own-model/model.json
 *
 * To train it on owners' rows: tributary buyer launch --model model.json --label … --budget … --coordinator …
 */
import { readFileSync } from 'node:fs';
import { trainingOf } from '#buyer/design/training.ts';
import { rowsInMemory } from '#datasets/row-source.ts';
import { fitFlaw } from '#model/fits-recipe.ts';
import { initialWeights } from '#model/initial.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { classNamesOf, parseTopology } from '#model/topology.ts';
import { train } from '#model/train.ts';
import { recipeSchema } from '#protocol/recipe/recipe.ts';

const keras = readFileSync(process.argv[2] ?? '', 'utf8');
// Refuses, by the layer's name, whatever an owner's machine would not build.
const topology = parseTopology(keras);

// A recipe for it: numbers scaled to −1 … 1, and a label of as many classes as the model tells apart.
const { features: width, output, dimension } = topology;
const classes = Array.from({ length: Math.max(2, output.units) }, (_, at) => `class ${at}`);
const label = { type: 'class', name: 'target', classes } as const;
const features = Array.from({ length: width }, (_, at) => ({
  ...{ type: 'number', name: `column ${at}`, centre: '0', scale: '1', missing: 'refuse' },
}));
const training = trainingOf({ keras }, topology, label, { localEpochs: 1, batchSize: 64 });
const recipe = recipeSchema.parse({ ...training, features, label });
const misfit = fitFlaw(topology, recipe);
if (misfit) throw new Error(`${misfit.code}: ${misfit.detail}`);

// Rows whose first column says the class, to see that it learns.
const row = (at: number) => Array.from({ length: width }, (_, column) => Math.sin(at * (column + 1)));
const rows = Array.from({ length: 64 }, (_, at) => row(at));
const source = rowsInMemory(width, {
  features: Float32Array.from(rows.flat()),
  labels: Float32Array.from(rows, ([first = 0]) => (first > 0 ? 1 : 0)),
});
const seed = new Uint8Array(32);
const weights = initialWeights(topology, seed);
const backend = await loadBackend();
const { loss, steps } = await train(backend, { topology, weights, recipe, round: 1, seed, rows: source });
const say = { owners: { mustAllow: classNamesOf(topology) }, weights: dimension, loss, steps };
process.stdout.write(`${JSON.stringify(say)}\n`);
