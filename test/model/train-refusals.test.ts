/** Every refusal of local training. */
import { expect } from 'chai';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { tabularClassifier, tabularRegressor } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { codeOfTraining, diverging, rowsOf, task } from './training.ts';

describe('training', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('refuses rows that are none, or of another width', async () => {
    expect(await codeOfTraining(backend, { rows: rowsOf(3, [], []) })).to.equal('model/rows');
    expect(await codeOfTraining(backend, { rows: rowsOf(2, [1, 2], [1]) })).to.equal('model/rows');
  });

  it('refuses a label that is none of the classes', async () => {
    const labelled = (label: number) => ({ rows: rowsOf(3, [1, 2, 3], [label]) });
    for (const label of [2, -1, 0.5, Number.NaN]) {
      expect(await codeOfTraining(backend, labelled(label))).to.equal('model/rows');
    }
    const topology = parseTopology(tabularClassifier(3, 2, 4));
    const many = {
      topology,
      weights: new Float32Array(topology.dimension),
      recipe: { ...task.recipe, loss: 'categoricalCrossentropy' as const },
    };
    expect(await codeOfTraining(backend, { ...many, ...labelled(3) })).to.equal(undefined);
    expect(await codeOfTraining(backend, { ...many, ...labelled(4) })).to.equal('model/rows');
  });

  it('takes any finite target of a regression, and no other', async () => {
    const topology = parseTopology(tabularRegressor(3, 2));
    const regression = (target: number) => ({
      topology,
      weights: new Float32Array(topology.dimension),
      recipe: { ...task.recipe, loss: 'meanSquaredError' as const },
      rows: rowsOf(3, [1, 2, 3], [target]),
    });
    expect(await codeOfTraining(backend, regression(-2.5))).to.equal(undefined);
    for (const target of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await codeOfTraining(backend, regression(target))).to.equal('model/rows');
    }
  });

  it('refuses a model that is not finite or of another length', async () => {
    const broken = task.weights.slice();
    broken[0] = Number.POSITIVE_INFINITY;
    expect(await codeOfTraining(backend, { weights: broken })).to.equal('model/not-finite');
    expect(await codeOfTraining(backend, { weights: task.weights.subarray(1) })).to.equal(
      'model/weights-length',
    );
  });

  it('refuses a result that diverged', async () => {
    expect(await codeOfTraining(backend, diverging)).to.equal('model/not-finite');
  });
});
