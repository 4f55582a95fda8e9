/** Predictions against the formula, in as many passes as there are; rows that are refused. */
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { evaluate, predict } from '#model/evaluate.ts';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { classes, layer, logistic, model, rowsOf } from './training.ts';

describe('evaluation', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('predicts what the network computes, for more rows than a pass takes', async () => {
    // 2¹⁸ numbers a row: four rows a pass.
    const width = 2 ** 18;
    const wide = model(layer('w', { units: 1, activation: 'linear', batch_input_shape: [null, width] }));
    const weights = new Float32Array(width + 1);
    weights.set([2, -1], 0);
    weights[width] = 0.5;
    const rows = {
      rows: 6,
      width,
      read: (chosen: Uint32Array) => {
        const features = new Float32Array(chosen.length * width);
        chosen.forEach((row, at) => {
          features.set([row, 3], at * width);
        });
        return { features, labels: Float32Array.from(chosen, (row) => row * 10) };
      },
    };
    const { outputs, labels } = await predict(backend, { topology: wide, weights, rows });
    expect([...outputs]).to.deep.equal([0, 1, 2, 3, 4, 5].map((row) => 2 * row - 3 + 0.5));
    expect([...labels]).to.deep.equal([0, 10, 20, 30, 40, 50]);
  });

  it('gives the metrics that the recipe names, in its order, and the number of rows', async () => {
    const weights = Float32Array.of(0, 0, Math.log(3));
    const { metrics, rows } = await evaluate(
      backend,
      { topology: logistic, weights, rows: rowsOf(2, [1, 2, 3, 4, 5, 6], [1, 1, 0]) },
      { metrics: ['logLoss', 'accuracy'], label: classes(2) },
    );
    expect(Object.keys(metrics)).to.deep.equal(['logLoss', 'accuracy']);
    expect(metrics.accuracy).to.be.closeTo(2 / 3, 1e-12);
    expect(metrics.logLoss).to.be.closeTo(-(2 * Math.log(0.75) + Math.log(0.25)) / 3, 1e-6);
    expect(rows).to.equal(3);
  });

  it('refuses no rows, and rows of another width', async () => {
    for (const rows of [rowsOf(2, [], []), rowsOf(3, [1, 2, 3], [0])]) {
      const refused: unknown = await predict(backend, {
        topology: logistic,
        weights: new Float32Array(3),
        rows,
      }).catch((e: unknown) => e);
      expect(refused).to.be.instanceOf(TributaryError).with.property('code', 'model/rows');
    }
  });

  it('disposes every tensor', async () => {
    const evaluating = { topology: logistic, weights: new Float32Array(3), rows: rowsOf(2, [1, 2], [1]) };
    await predict(backend, evaluating);
    const count = backend.tf.memory().numTensors;
    await predict(backend, evaluating);
    expect(backend.tf.memory().numTensors).to.equal(count);
  });
});
