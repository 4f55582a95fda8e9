/** Accuracy and log-loss against arithmetic by hand; predictions against the formula; the template against tf.js. */
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { evaluate, predict, score } from '#model/evaluate.ts';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { codeOf } from '#test/crypto/refusal.ts';

const logistic = parseTopology(
  JSON.stringify({
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [
        {
          class_name: 'Dense',
          config: { name: 'w', units: 1, activation: 'sigmoid', batch_input_shape: [null, 2] },
        },
      ],
    },
  }),
);

describe('evaluation', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('counts the right side of one half, and takes logarithms in float64', () => {
    const { accuracy, logLoss, rows } = score(
      Float32Array.of(0.75, 0.25, 0.5, 0.125),
      Float32Array.of(1, 1, 1, 0),
    );
    expect(rows).to.equal(4);
    expect(accuracy).to.equal(0.75);
    expect(logLoss).to.equal(-(Math.log(0.75) + Math.log(0.25) + Math.log(0.5) + Math.log(0.875)) / 4);
  });

  it('clips a sure but wrong prediction, and a sure and right one', () => {
    expect(score(Float32Array.of(0), Float32Array.of(1)).logLoss).to.equal(-Math.log(1e-7));
    expect(score(Float32Array.of(1), Float32Array.of(1)).logLoss).to.equal(-Math.log(1 - 1e-7));
  });

  it('refuses no rows, and another number of predictions', () => {
    expect(codeOf(() => score(new Float32Array(0), new Float32Array(0)))).to.equal('model/rows');
    expect(codeOf(() => score(new Float32Array(2), new Float32Array(3)))).to.equal('model/rows');
  });

  it('predicts what the network computes, for more rows than a pass takes', async () => {
    const weights = Float32Array.of(0.5, -1.25, 0.75);
    const many = Float32Array.from({ length: 5000 * 2 }, (_, i) => Math.cos(i));
    const predicted = await predict(backend, logistic, weights, many);
    for (const row of [0, 1, 4095, 4096, 4999]) {
      const z = many[row * 2]! * 0.5 - many[row * 2 + 1]! * 1.25 + 0.75;
      expect(predicted[row]).to.be.closeTo(1 / (1 + Math.exp(-z)), 1e-6);
    }
  });

  it('refuses rows of another width', async () => {
    const refused: unknown = await evaluate(backend, {
      topology: logistic,
      weights: new Float32Array(3),
      features: new Float32Array(5),
      labels: new Float32Array(3),
    }).catch((e: unknown) => e);
    expect(refused).to.be.instanceOf(TributaryError).with.property('code', 'model/rows');
  });
});

describe('the tabular template', () => {
  it('is what tf.js itself writes and reads', async () => {
    const { layers } = await loadBackend({ prefer: 'cpu' });
    const text = tabularClassifier(7, 4);
    const network = await layers.models.modelFromJSON(
      JSON.parse(text) as Parameters<typeof layers.models.modelFromJSON>[0],
    );
    expect(network.trainableWeights.map(({ shape }) => shape)).to.deep.equal(
      parseTopology(text).tensors.map(({ shape }) => shape),
    );
    expect(network.toJSON(null, false)).to.deep.equal(JSON.parse(text));
    network.dispose();
  });
});
