/**
 * Dilated convolutions as layers. Conv2D of tfjs-layers 4.22 throws when one learns, unless its activation is
 * ReLU (its fused operation has a gradient of its own), and DepthwiseConv2D ignores the rate without a word.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { layers as layersApi } from '@tensorflow/tfjs-layers';
import type { Tensorflow } from './heap.ts';

type Layer = layersApi.Layer;
type Activation = Parameters<typeof layersApi.activation>[0]['activation'];

export type Dilation = Readonly<{
  convolution: 'conv2d' | 'depthwiseConv2d';
  kernelSize: readonly [height: number, width: number];
  dilationRate: readonly [height: number, width: number];
  padding: 'same' | 'valid';
  activation: Activation;
}>;

/**
 * @param plain a fresh Conv2D or DepthwiseConv2D with strides of one, channels last, and neither dilation nor
 *   activation of its own
 * @returns the same layer, which now convolves with a dilated kernel and then activates
 */
export function dilated(
  { tf, layers }: Readonly<{ tf: Tensorflow; layers: { layers: Pick<typeof layersApi, 'activation'> } }>,
  plain: Layer,
  { convolution, kernelSize, dilationRate, padding, activation }: Dilation,
): Layer {
  const activate = layers.layers.activation({ activation });
  const plainShape = plain.computeOutputShape.bind(plain);
  const lost = kernelSize.map((size, axis) =>
    padding === 'same' ? 0 : (size - 1) * (dilationRate[axis] ?? 1),
  );
  plain.computeOutputShape = (inputShape) => {
    const [batch = null, height = 0, width = 0] = inputShape as number[];
    const [channels = null] = (plainShape(inputShape) as number[]).slice(-1);
    return [batch, height - (lost[0] ?? 0), width - (lost[1] ?? 0), channels];
  };
  plain.call = (inputs) =>
    tf.tidy(() => {
      const [image] = [inputs].flat();
      const [kernel, bias] = plain.weights.map((weight) => weight.read());
      const sums: Tensor = tf[convolution](image as Tensor4D, kernel as Tensor4D, 1, padding, 'NHWC', [
        ...dilationRate,
      ]);
      return activate.apply(bias === undefined ? sums : tf.add(sums, bias)) as Tensor;
    });
  return plain;
}
