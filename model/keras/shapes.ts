/** The shape that a layer makes of another, and what that costs. Keras 2; padding as TensorFlow's `valid` and `same`. */
import { type Computation, type Pair, type Shape, type Window, sizeOf } from './layer.ts';

/** Why a layer can't stand on a shape, or the shape that it gives. */
export type Shaped = Readonly<{ output: Shape }> | Readonly<{ why: string }>;

const dilated = (size: number, dilation: number): number => (size - 1) * dilation + 1;

/** Places of a window along one side; below 1 where it does not fit. */
const places = (length: number, size: number, stride: number, padding: Window['padding']): number =>
  padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1;

function slide(input: Shape, { size, strides, padding }: Window, dilation: Pair, channels: number): Shaped {
  const [height = 0, width = 0] = input;
  const output = [
    places(height, dilated(size[0], dilation[0]), strides[0], padding),
    places(width, dilated(size[1], dilation[1]), strides[1], padding),
    channels,
  ];
  return output.some((length) => length < 1)
    ? { why: `its window is larger than its input of ${height} × ${width}` }
    : { output };
}

const rank = (input: Shape, wanted: number, what: string, give: () => Shaped): Shaped =>
  input.length === wanted
    ? give()
    : { why: `it takes ${what}, and is given the shape [${input.join(', ')}]` };

const image = '[height, width, channels]';
const vector = 'a vector (put a Flatten before it)';

export function shapeAfter(input: Shape, computes: Computation): Shaped {
  const channels = input.at(-1) ?? 0;
  switch (computes.className) {
    case 'Dense':
      return rank(input, 1, vector, () => ({ output: [computes.units] }));
    case 'Activation':
      return computes.activation === 'softmax'
        ? rank(input, 1, vector, () => ({ output: input }))
        : { output: input };
    case 'Flatten':
      return { output: [sizeOf(input)] };
    case 'Reshape':
      return sizeOf(computes.to) === sizeOf(input)
        ? { output: computes.to }
        : { why: `[${computes.to.join(', ')}] has not as many numbers as [${input.join(', ')}]` };
    case 'Conv2D':
    case 'DepthwiseConv2D': {
      const { strides, dilation, activation } = computes;
      if (Math.max(...strides) > 1 && Math.max(...dilation) > 1) {
        return { why: 'strides and dilation_rate can not both be above 1' };
      }
      if (activation === 'softmax') return { why: 'softmax is for a vector' };
      const made = computes.className === 'Conv2D' ? computes.filters : channels * computes.multiplier;
      return rank(input, 3, image, () => slide(input, computes, dilation, made));
    }
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return rank(input, 3, image, () => slide(input, computes, [1, 1], channels));
    case 'GlobalAveragePooling2D':
      return rank(input, 3, image, () => ({ output: [channels] }));
    case 'GlobalAveragePooling1D':
      return rank(input, 2, '[steps, numbers]', () => ({ output: [channels] }));
    case 'Embedding':
      return rank(input, 1, 'a row of tokens', () => ({ output: [input[0] ?? 0, computes.dimension] }));
    default:
      return computes satisfies never;
  }
}

/** Multiplications for one row, forwards; element-wise work counts once. */
export function operationsOf(input: Shape, output: Shape, computes: Computation): number {
  const made = sizeOf(output);
  switch (computes.className) {
    case 'Dense':
      return sizeOf(input) * made;
    case 'Conv2D':
      return made * sizeOf(computes.size) * (input.at(-1) ?? 0);
    case 'DepthwiseConv2D':
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return made * sizeOf(computes.size);
    default:
      return Math.max(sizeOf(input), made);
  }
}
