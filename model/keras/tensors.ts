/**
 * A layer's trainable tensors, as tf.js names and orders them, with the bound of their first weights.
 * Glorot and Bengio 2010: √(6 / (inputs + outputs)), counted as Keras counts a convolution's; embeddings ± 0.05, as Keras.
 * protocol.md §6.2
 */
import { type Computation, type LayerTensor, type Shape, sizeOf } from './layer.ts';

const embeddingBound = 0.05;

/** Keras takes all but a kernel's last two lengths for the receptive field. */
function glorotBound(kernel: Shape): number {
  const field = sizeOf(kernel.slice(0, -2));
  const [inputs = 1, outputs = 1] = kernel.slice(-2);
  return Math.sqrt(6 / (field * inputs + field * outputs));
}

export function tensorsOf(name: string, input: Shape, output: Shape, computes: Computation): LayerTensor[] {
  const weighted = (tensor: string, shape: Shape, useBias: boolean): LayerTensor[] => [
    { name: `${name}/${tensor}`, shape, bound: glorotBound(shape) },
    ...(useBias ? [{ name: `${name}/bias`, shape: [output.at(-1) ?? 0], bound: 0 }] : []),
  ];
  const channels = input.at(-1) ?? 0;
  switch (computes.className) {
    case 'Dense':
      return weighted('kernel', [channels, computes.units], computes.useBias);
    case 'Conv2D':
      return weighted('kernel', [...computes.size, channels, computes.filters], computes.useBias);
    case 'DepthwiseConv2D':
      return weighted(
        'depthwise_kernel',
        [...computes.size, channels, computes.multiplier],
        computes.useBias,
      );
    case 'Embedding':
      return [
        { name: `${name}/embeddings`, shape: [computes.words, computes.dimension], bound: embeddingBound },
      ];
    default:
      return [];
  }
}
