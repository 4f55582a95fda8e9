/** Every refusal of local training. */
import { expect } from 'chai';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { codeOfTraining, diverging, features, labels, sgd, task } from './training.ts';

describe('training', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('refuses rows that are none, of another width, unlabelled or not finite', async () => {
    const empty = { features: new Float32Array(0), labels: new Float32Array(0) };
    expect(await codeOfTraining(backend, empty)).to.equal('model/rows');
    expect(await codeOfTraining(backend, { features: features.subarray(1) })).to.equal('model/rows');
    expect(await codeOfTraining(backend, { labels: labels.map((label) => label * 2) })).to.equal(
      'model/rows',
    );
    expect(await codeOfTraining(backend, { labels: labels.map(() => Number.NaN) })).to.equal('model/rows');
    const broken = features.slice();
    broken[17] = Number.NaN;
    expect(await codeOfTraining(backend, { features: broken })).to.equal('model/not-finite');
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

  it('refuses a rate or momentum outside its range', async () => {
    const recipe = (rate: number, momentum: number) => ({ recipe: sgd(rate, momentum, 1, 64) });
    for (const change of [
      recipe(0, 0),
      recipe(-0.1, 0),
      recipe(100.5, 0),
      recipe(0.1, 1),
      recipe(0.1, -0.5),
    ]) {
      expect(await codeOfTraining(backend, change)).to.equal('model/recipe');
    }
    expect(await codeOfTraining(backend, recipe(0.1, 0))).to.equal(undefined);
  });
});
