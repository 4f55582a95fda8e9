/** A topology as a TensorFlow.js network: built from checked values, never from the buyer's text. */
import type { Sequential, layers as layersApi } from '@tensorflow/tfjs-layers';
import type { Backend, TensorflowLayers } from './tensorflow.ts';
import type { Layer, Topology } from './topology.ts';
import { unflatten } from './weights.ts';

type KerasLayer = ReturnType<typeof layersApi.dense> | ReturnType<typeof layersApi.activation>;

function kerasLayer(
  { layers }: TensorflowLayers,
  layer: Layer,
  inputShape: { inputShape?: number[] },
): KerasLayer {
  const { name, activation } = layer;
  switch (layer.kind) {
    case 'dense':
      // Zeros: the weights are set at once, and a random initialiser would only cost time.
      return layers.dense({
        ...inputShape,
        name,
        activation,
        units: layer.units,
        useBias: layer.useBias,
        kernelInitializer: 'zeros',
      });
    case 'activation':
      return layers.activation({ ...inputShape, name, activation });
    default:
      return layer satisfies never;
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
      kerasLayer(backend.layers, layer, index === 0 ? { inputShape: [topology.features] } : {}),
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
