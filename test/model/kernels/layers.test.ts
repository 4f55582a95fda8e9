/** Every layer of a model learns on WASM what it learns on the plain CPU, and leaves no memory behind. */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { expect } from 'chai';
import { dilated } from '#model/kernels/dilated-layer.ts';
import { type Backend, type TensorflowLayers, activate } from '#model/tensorflow.ts';
import { type Pair, type Values, bothBackends, expectClose, noise, on, tensorOf } from './backends.ts';
import { inflated, places } from './inflate.ts';
import { type Model, image, imageShape, models } from './models.ts';

type Layer = ReturnType<TensorflowLayers['layers']['dense']>;

const rates = [
  [2, 3],
  [2, 1],
] as const;

const dilations = (activation: 'linear' | 'relu' | 'tanh'): Model => ({
  input: image,
  layers: (of, backend) => [
    dilated(backend, of.conv2d({ filters: 3, kernelSize: [3, 2], ...imageShape }), {
      convolution: 'conv2d',
      kernelSize: [3, 2],
      dilationRate: rates[0],
      padding: 'valid',
      activation,
    }),
    dilated(
      backend,
      of.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, padding: 'same', useBias: false }),
      {
        convolution: 'depthwiseConv2d',
        kernelSize: [2, 2],
        dilationRate: rates[1],
        padding: 'same',
        activation,
      },
    ),
    of.globalAveragePooling2d({}),
  ],
});

/** The same model by plain layers, with the larger kernels that the dilated ones are. */
const inflations = (activation: 'linear' | 'relu' | 'tanh'): Model => ({
  input: image,
  layers: (of) => [
    of.conv2d({ filters: 3, kernelSize: [5, 4], activation, ...imageShape }),
    of.depthwiseConv2d({
      kernelSize: [3, 2],
      depthMultiplier: 2,
      padding: 'same',
      useBias: false,
      activation,
    }),
    of.globalAveragePooling2d({}),
  ],
});

const build = (backend: Backend, { layers }: Model): Sequential =>
  backend.layers.sequential({ layers: layers(backend.layers.layers, backend) as Layer[] });

const weightsOf = (network: Sequential): Values[] =>
  network.getWeights().map(({ shape }, i) => noise(shape as number[], 70 + i));

const setWeights = ({ tf }: Backend, network: Sequential, weights: readonly Values[]): void =>
  tf.tidy(() => network.setWeights(weights.map((values) => tensorOf(tf, values))));

/** The output, and the gradient of each weight. */
async function learnt(backend: Backend, model: Model, given?: readonly Values[]): Promise<Values[]> {
  await activate(backend);
  const network = build(backend, model);
  setWeights(backend, network, given ?? weightsOf(network));
  const variables = network.trainableWeights
    .map((weight) => weight.read())
    .filter((tensor): tensor is Variable => tensor instanceof backend.tf.Variable);
  const results = await on(backend, (tf) => {
    const input = tensorOf(tf, model.input);
    const output = network.apply(input, { training: true }) as Tensor;
    const { grads } = tf.variableGrads(() => {
      const again = network.apply(input, { training: true }) as Tensor;
      return tf.sum(tf.mul(again, tensorOf(tf, noise(again.shape, 9))));
    }, variables);
    return [output, ...variables.map(({ name }) => grads[name]!)];
  });
  expect(results[0]!.shape.slice(1)).to.deep.equal(network.outputs[0]!.shape.slice(1));
  network.dispose();
  return results;
}

describe('layers on WASM', () => {
  let both: Pair;
  before(async () => {
    both = await bothBackends();
  });

  for (const [name, model] of Object.entries(models))
    it(`${name}: as on the plain CPU`, async () => {
      expectClose(await learnt(both.wasm, model), await learnt(both.cpu, model));
    });

  for (const activation of ['linear', 'relu', 'tanh'] as const)
    it(`dilated Conv2D and DepthwiseConv2D with ${activation}: as kernels with zeros between their taps`, async () => {
      const shapes = [[3, 2, 2, 3], [3], [2, 2, 3, 2]];
      const [kernel, bias, depthwise] = shapes.map((shape, i) => noise(shape, 80 + i));
      const [output, ofKernel, ofBias, ofDepthwise] = await learnt(both.cpu, inflations(activation), [
        inflated(kernel!, rates[0]),
        bias!,
        inflated(depthwise!, rates[1]),
      ]);
      const picked = (
        gradient: Values,
        shape: readonly number[],
        rate: readonly [number, number],
      ): Values => ({
        shape,
        data: Float32Array.from(places(shape, rate), (place) => gradient.data[place]!),
      });
      const expected = [
        output!,
        picked(ofKernel!, shapes[0]!, rates[0]),
        ofBias!,
        picked(ofDepthwise!, shapes[2]!, rates[1]),
      ];
      for (const backend of [both.wasm, both.cpu])
        expectClose(await learnt(backend, dilations(activation), [kernel!, bias!, depthwise!]), expected);
    });

  it('keeps no tensor and no memory over the steps of a training', async () => {
    await activate(both.wasm);
    const { tf } = both.wasm;
    const names = [
      'Conv2D of each activation',
      'DepthwiseConv2D',
      'MaxPooling2D and GlobalAveragePooling2D',
      'AveragePooling2D',
      'Embedding, Dense, Flatten',
    ];
    const trainings = [...names.map((name) => models[name]!), dilations('tanh')].map((model) => ({
      network: build(both.wasm, model),
      input: tensorOf(tf, model.input),
    }));
    for (const { network } of trainings) setWeights(both.wasm, network, weightsOf(network));
    const optimizer = tf.train.sgd(0.01);
    const step = (): void => {
      for (const { network, input } of trainings)
        tf.tidy(
          () => void optimizer.minimize(() => tf.mean(network.apply(input, { training: true }) as Tensor)),
        );
    };
    const heapSize = (): number =>
      (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const held = (): number[] => [
      tf.memory().numTensors,
      tf.memory().numDataBuffers,
      tf.backend().numDataIds(),
      heapSize(),
    ];
    for (let i = 0; i < 3; i += 1) step();
    const before = held();
    for (let i = 0; i < 50; i += 1) step();
    expect(held()).to.deep.equal(before);
    for (const { network, input } of trainings) {
      network.dispose();
      input.dispose();
    }
    optimizer.dispose();
  });
});
