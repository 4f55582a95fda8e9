/** Layers beyond Dense: shapes and tensors as tf.js has them, refusals by the layer's name. */
import { expect } from 'chai';
import fc from 'fast-check';
import { TributaryError } from '#crypto/error.ts';
import { buildNetwork } from '#model/network.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { parseTopology, classNamesOf, type Topology } from '#model/topology.ts';
import { runs } from '#test/support/runs.ts';

type Layer = Readonly<{ class_name: string; config: Record<string, unknown> }>;
const of = (className: string, name: string, config: Record<string, unknown> = {}): Layer => ({
  class_name: className,
  config: { name, ...config },
});
const sequential = (...layers: Layer[]): string =>
  JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers } });
const input = (...shape: number[]): Layer =>
  of('InputLayer', 'input', { batch_input_shape: [null, ...shape] });
const end = [of('Flatten', 'flat'), of('Dense', 'output', { units: 2, activation: 'softmax' })];
const image = (...layers: Layer[]): Topology => parseTopology(sequential(input(9, 7, 2), ...layers, ...end));

function refusal(json: string): { code: string; message: string } {
  try {
    parseTopology(json);
  } catch (error) {
    if (error instanceof TributaryError) return error;
    throw error;
  }
  return { code: 'accepted', message: '' };
}

describe('a layer', () => {
  it('gives the shapes and tensors that tf.js gives, for every window', async () => {
    const backend = await loadBackend({ prefer: 'cpu' });
    const side = fc.integer({ min: 1, max: 4 });
    const windows = fc.record({
      size: fc.tuple(side, side),
      stride: fc.tuple(side, side),
      dilation: fc.constantFrom([1, 1], [2, 1], [1, 2], [2, 2]),
      padding: fc.constantFrom('valid', 'same'),
      kind: fc.constantFrom('Conv2D', 'DepthwiseConv2D', 'MaxPooling2D', 'AveragePooling2D'),
    });
    fc.assert(
      fc.property(windows, ({ size, stride, dilation, padding, kind }) => {
        const pooling = kind.endsWith('Pooling2D');
        const dilated = dilation.some((step) => step > 1);
        const strides = dilated && !pooling ? [1, 1] : stride;
        const config = pooling
          ? { pool_size: size, strides, padding }
          : { kernel_size: size, strides, padding, dilation_rate: dilation };
        const own =
          kind === 'Conv2D' ? { filters: 3 } : kind === 'DepthwiseConv2D' ? { depth_multiplier: 2 } : {};
        const json = sequential(input(9, 7, 2), of(kind, 'w', { ...config, ...own }), ...end);
        const found = refusal(json);
        if (found.code === 'model/layer-input') {
          expect(padding).to.equal('valid');
          return;
        }
        const topology = parseTopology(json);
        const network = buildNetwork(backend, topology, new Float32Array(topology.dimension));
        expect(network.layers.map(({ outputShape }) => outputShape)).to.deep.equal(
          topology.layers.map(({ output }) => [null, ...output]),
        );
        expect(network.trainableWeights.map(({ shape }) => shape)).to.deep.equal(
          topology.tensors.map(({ shape }) => shape),
        );
        network.dispose();
      }),
      { seed: 4, numRuns: runs(60, 600) },
    );
  });

  it('of every class has its tensors, named as tf.js does, and its first weights within a bound', () => {
    const bounds = (topology: Topology) =>
      topology.tensors.map(({ name, shape, bound }) => [name, shape.join('×'), Number(bound.toFixed(6))]);
    expect(bounds(image(of('Conv2D', 'c', { filters: 4, kernel_size: [3, 2] })))).to.deep.equal([
      ['c/kernel', '3×2×2×4', Number(Math.sqrt(6 / (6 * 2 + 6 * 4)).toFixed(6))],
      ['c/bias', '4', 0],
      ['output/kernel', '168×2', Number(Math.sqrt(6 / 170).toFixed(6))],
      ['output/bias', '2', 0],
    ]);
    const depthwise = image(
      of('DepthwiseConv2D', 'd', { kernel_size: 3, depth_multiplier: 2, use_bias: false }),
    );
    expect(bounds(depthwise)[0]).to.deep.equal([
      'd/depthwise_kernel',
      '3×3×2×2',
      Number(Math.sqrt(6 / (9 * 2 + 9 * 2)).toFixed(6)),
    ]);
    const text = parseTopology(
      sequential(
        of('Embedding', 'e', { input_dim: 9, output_dim: 4, batch_input_shape: [null, 6], input_length: 6 }),
        of('GlobalAveragePooling1D', 'g'),
        of('Dense', 'o', { units: 1, activation: 'sigmoid' }),
      ),
    );
    expect(bounds(text)[0]).to.deep.equal(['e/embeddings', '9×4', 0.05]);
    expect(text.features).to.equal(6);
    expect(text.layers.map(({ output }) => output)).to.deep.equal([[6, 4], [4], [1]]);
  });

  it('takes one number for both sides, and a pool for its own stride', () => {
    const topology = image(
      of('Conv2D', 'c', { filters: 1, kernel_size: 3, strides: 2 }),
      of('MaxPooling2D', 'm', { pool_size: 2, strides: null }),
    );
    expect(topology.layers.map(({ output }) => output.join('×'))).to.deep.equal(['4×3×1', '2×1×1', '2', '2']);
  });

  it('may be told by its classes, each once', () => {
    const topology = image(
      of('Conv2D', 'c', { filters: 1, kernel_size: 1 }),
      of('Conv2D', 'd', { filters: 1, kernel_size: 1 }),
    );
    expect(classNamesOf(topology)).to.deep.equal(['Conv2D', 'Flatten', 'Dense']);
  });

  const huge = Array.from({ length: 3 }, (_, at) =>
    of('Conv2D', `c${at}`, { filters: 64, kernel_size: 64, padding: 'same' }),
  );
  const refusals: [string, string, string, RegExp][] = [
    [
      'a dense layer on an image',
      sequential(input(4, 4, 1), of('Dense', 'x', { units: 1 })),
      'model/layer-input',
      /layer 1 \(x\).*Flatten.*\[4, 4, 1\]/,
    ],
    [
      'a softmax on an image',
      sequential(input(4, 4, 1), of('Activation', 'x', { activation: 'softmax' }), ...end),
      'model/layer-input',
      /layer 1 \(x\)/,
    ],
    [
      'a convolution ending in softmax',
      sequential(
        input(4, 4, 1),
        of('Conv2D', 'x', { filters: 1, kernel_size: 1, activation: 'softmax' }),
        ...end,
      ),
      'model/layer-input',
      /softmax is for a vector/,
    ],
    [
      'a convolution on a vector',
      sequential(input(4), of('Conv2D', 'x', { filters: 1, kernel_size: 1 }), ...end),
      'model/layer-input',
      /\[height, width, channels\].*\[4\]/,
    ],
    [
      'a pooling on a vector',
      sequential(input(4), of('MaxPooling2D', 'x'), ...end),
      'model/layer-input',
      /layer 1 \(x\)/,
    ],
    [
      'a mean over what is no image',
      sequential(input(4), of('GlobalAveragePooling2D', 'x'), ...end),
      'model/layer-input',
      /layer 1 \(x\)/,
    ],
    [
      'a mean over steps of an image',
      sequential(input(4, 4, 1), of('GlobalAveragePooling1D', 'x'), ...end),
      'model/layer-input',
      /steps/,
    ],
    [
      'an embedding of an image',
      sequential(
        of('Embedding', 'x', { input_dim: 5, output_dim: 2, batch_input_shape: [null, 2, 2, 2] }),
        ...end,
      ),
      'model/layer-input',
      /tokens/,
    ],
    [
      'an embedding in the middle',
      sequential(
        input(4),
        of('Activation', 'a', { activation: 'relu' }),
        of('Embedding', 'x', { input_dim: 5, output_dim: 2 }),
        ...end,
      ),
      'model/layer-input',
      /only the first/,
    ],
    [
      'a window larger than its input',
      sequential(input(4, 4, 1), of('Conv2D', 'x', { filters: 1, kernel_size: 5 }), ...end),
      'model/layer-input',
      /larger than its input of 4 × 4/,
    ],
    [
      'a dilated window larger than its input',
      sequential(input(4, 4, 1), of('Conv2D', 'x', { filters: 1, kernel_size: 3, dilation_rate: 2 }), ...end),
      'model/layer-input',
      /larger/,
    ],
    [
      'strides and dilation together',
      sequential(
        input(9, 9, 1),
        of('Conv2D', 'x', { filters: 1, kernel_size: 2, strides: 2, dilation_rate: 2 }),
        ...end,
      ),
      'model/layer-input',
      /can not both/,
    ],
    [
      'a reshape to another size',
      sequential(input(6), of('Reshape', 'x', { target_shape: [2, 2] }), ...end),
      'model/layer-input',
      /\[2, 2\] has not as many numbers as \[6\]/,
    ],
    [
      'channels first',
      sequential(
        input(4, 4, 1),
        of('Conv2D', 'x', { filters: 1, kernel_size: 1, data_format: 'channels_first' }),
        ...end,
      ),
      'model/layer-config',
      /data_format/,
    ],
    [
      'a grouped convolution',
      sequential(input(4, 4, 2), of('Conv2D', 'x', { filters: 2, kernel_size: 1, groups: 2 }), ...end),
      'model/layer-config',
      /groups/,
    ],
    [
      'a masked embedding',
      sequential(
        of('Embedding', 'x', { input_dim: 5, output_dim: 2, mask_zero: true, batch_input_shape: [null, 3] }),
        ...end,
      ),
      'model/layer-config',
      /mask_zero/,
    ],
    [
      'batch normalisation',
      sequential(input(4), of('BatchNormalization', 'x'), ...end),
      'model/layer-unknown',
      /BatchNormalization "x"/,
    ],
    [
      'an input of four lengths',
      sequential(input(2, 2, 2, 2), ...end),
      'model/layer-config',
      /batch_input_shape/,
    ],
    [
      'an image as output',
      sequential(input(4, 4, 1), of('Conv2D', 'x', { filters: 1, kernel_size: 1 })),
      'model/output',
      /end in a vector/,
    ],
    [
      'more arithmetic than a machine should give',
      sequential(input(256, 256, 4), ...huge, ...end),
      'model/too-costly',
      /layer 1 \(c0\)/,
    ],
    [
      'more numbers than a layer should make',
      sequential(input(512, 512, 1), of('Conv2D', 'x', { filters: 17, kernel_size: 1 }), ...end),
      'model/too-costly',
      /layer 1 \(x\)/,
    ],
    [
      'a row that is too large',
      sequential(input(513, 512, 1), ...end),
      'model/layer-input',
      /262656 numbers/,
    ],
  ];
  for (const [what, json, code, message] of refusals) {
    it(`is refused: ${what}`, () => {
      const refused = refusal(json);
      expect(refused.code).to.equal(code);
      expect(refused.message).to.match(message);
    });
  }
});
