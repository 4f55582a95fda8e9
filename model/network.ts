/** A topology as a TensorFlow.js network: built from checked values, never from the buyer's text. */
import type { Sequential, layers as layersApi } from '@tensorflow/tfjs-layers';
import type { Convolution, Layer, Window } from './keras/layer.ts';
import { dilated } from './kernels/dilated-layer.ts';
import type { Backend } from './tensorflow.ts';
import type { Topology } from './topology.ts';
import { unflatten } from './weights.ts';

type KerasLayer = InstanceType<typeof layersApi.Layer>;

/** Zeros: the weights are set at once, and a random initialiser would only cost time. */
const zeros = {
  kernelInitializer: 'zeros',
  depthwiseInitializer: 'zeros',
  embeddingsInitializer: 'zeros',
} as const;

const windowOf = ({ strides, padding }: Pick<Window, 'strides' | 'padding'>) => ({
  strides: [...strides] as [number, number],
  padding,
});

const convolutionOf = ({ size, useBias, activation, ...window }: Convolution) => ({
  ...windowOf(window),
  kernelSize: [...size] as [number, number],
  activation: isDilated(window) ? ('linear' as const) : activation,
  useBias,
});

const isDilated = ({ dilation }: Pick<Convolution, 'dilation'>): boolean => Math.max(...dilation) > 1;

/** tf.js' own layers do not learn with a dilation, or ignore it: theirs is made without, and gets it here. */
function withDilation(
  backend: Backend,
  plain: KerasLayer,
  convolution: 'conv2d' | 'depthwiseConv2d',
  { size, dilation, padding, activation }: Convolution,
): KerasLayer {
  if (!isDilated({ dilation })) return plain;
  return dilated(backend, plain, {
    convolution,
    kernelSize: size,
    dilationRate: dilation,
    padding,
    activation,
  });
}

function kerasLayer(backend: Backend, { name, computes }: Layer, first: object): KerasLayer {
  const { layers } = backend.layers;
  const common = { ...first, name };
  switch (computes.className) {
    case 'Dense': {
      const { units, activation, useBias } = computes;
      return layers.dense({ ...common, ...zeros, units, activation, useBias });
    }
    case 'Activation':
      return layers.activation({ ...common, activation: computes.activation });
    case 'Flatten':
      return layers.flatten(common);
    case 'Reshape':
      return layers.reshape({ ...common, targetShape: [...computes.to] });
    case 'Conv2D': {
      const { filters } = computes;
      const plain = layers.conv2d({ ...common, ...zeros, ...convolutionOf(computes), filters });
      return withDilation(backend, plain, 'conv2d', computes);
    }
    case 'DepthwiseConv2D': {
      const depthMultiplier = computes.multiplier;
      const plain = layers.depthwiseConv2d({
        ...common,
        ...zeros,
        ...convolutionOf(computes),
        depthMultiplier,
      });
      return withDilation(backend, plain, 'depthwiseConv2d', computes);
    }
    case 'MaxPooling2D':
      return layers.maxPooling2d({ ...common, ...windowOf(computes), poolSize: [...computes.size] });
    case 'AveragePooling2D':
      return layers.averagePooling2d({ ...common, ...windowOf(computes), poolSize: [...computes.size] });
    case 'GlobalAveragePooling2D':
      return layers.globalAveragePooling2d({ ...common, dataFormat: 'channelsLast' });
    case 'GlobalAveragePooling1D':
      return layers.globalAveragePooling1d(common);
    case 'Embedding': {
      const { words, dimension } = computes;
      return layers.embedding({ ...common, ...zeros, inputDim: words, outputDim: dimension });
    }
    default:
      return computes satisfies never;
  }
}

/**
 * @param weights `topology.dimension` numbers in the order of trainable weights
 * @returns a network on the active backend; the caller disposes it
 */
export function buildNetwork(backend: Backend, topology: Topology, weights: Float32Array): Sequential {
  const tensors = unflatten(topology, weights);
  const network = backend.layers.sequential({
    layers: topology.layers.map((layer, index) =>
      kerasLayer(backend, layer, index === 0 ? { inputShape: [...topology.input] } : {}),
    ),
  });
  backend.tf.tidy(() => {
    network.setWeights(tensors.map(({ data, shape }) => backend.tf.tensor(data, [...shape])));
  });
  return network;
}

/** The network's trainable weights as one flat vector, a copy. */
export function readWeights(topology: Topology, network: Sequential): Float32Array {
  const flat = new Float32Array(topology.dimension);
  // Not disposed: these are the network's own variables.
  network.getWeights(true).forEach((tensor, index) => {
    flat.set(tensor.dataSync(), topology.tensors[index]?.offset);
  });
  return flat;
}
