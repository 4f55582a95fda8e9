/** Convolutions learn on WASM what they learn on the plain CPU: every stride, padding and dilation. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {
  type Pair,
  type Values,
  bothBackends,
  expectClose,
  expectSame,
  noise,
  on,
  pair,
  side,
  tensorOf,
  withGradients,
} from './backends.ts';
import { extent, inflated, places } from './inflate.ts';

const convolutions = ['conv2d', 'depthwiseConv2d'] as const;

type Case = Readonly<{
  image: Values;
  filter: Values;
  strides: [number, number];
  dilations: [number, number];
  padding: 'same' | 'valid';
  seed: number;
}>;

/** Small convolutions; `valid` ones have an image that the dilated filter fits into. */
const cases = (dilated: boolean): fc.Arbitrary<Case> =>
  fc
    .record({
      batch: side(3),
      more: fc.tuple(fc.nat(5), fc.nat(5)),
      taps: pair(4),
      channels: pair(3),
      strides: dilated ? fc.constant<[number, number]>([1, 1]) : pair(3),
      dilations: dilated ? pair(3) : fc.constant<[number, number]>([1, 1]),
      padding: fc.constantFrom('same', 'valid'),
      seed: fc.nat(1e6),
    })
    .map(({ batch, more, taps, channels, strides, dilations, padding, seed }) => {
      const [height, width] = [0, 1].map((axis) =>
        padding === 'valid' ? extent(taps[axis]!, dilations[axis]!) + more[axis]! : 1 + more[axis]!,
      );
      return {
        image: noise([batch, height!, width!, channels[0]], seed),
        filter: noise([...taps, ...channels], seed + 1),
        strides,
        dilations,
        padding,
        seed,
      };
    });

describe('convolutions on WASM', function () {
  let both: Pair;
  before(async () => {
    both = await bothBackends();
  });

  for (const convolution of convolutions) {
    const run =
      ({ strides, padding, dilations }: Case, tf: Pair['wasm']['tf']) =>
      (x?: Tensor, filter?: Tensor): Tensor =>
        tf[convolution](x as Tensor4D, filter as Tensor4D, strides, padding, 'NHWC', dilations);

    it(`${convolution} has the CPU's gradients for every stride and padding`, () =>
      fc.assert(
        fc.asyncProperty(cases(false), async (given) =>
          expectSame(both, (tf) =>
            withGradients(
              tf,
              [tensorOf(tf, given.image), tensorOf(tf, given.filter)],
              run(given, tf),
              given.seed,
            ),
          ),
        ),
        { seed: 41, numRuns: 120 },
      ));

    it(`${convolution} has, dilated, the gradients of the filter with zeros between its taps`, () =>
      fc.assert(
        fc.asyncProperty(cases(true), async (given) => {
          const [output, ofImage, ofFilter] = await on(both.cpu, (tf) =>
            withGradients(
              tf,
              [tensorOf(tf, given.image), tensorOf(tf, inflated(given.filter, given.dilations))],
              run({ ...given, dilations: [1, 1] }, tf),
              given.seed,
            ),
          );
          const taps = places(given.filter.shape, given.dilations).map((place) => ofFilter!.data[place]!);
          const reference = [output!, ofImage!, { shape: given.filter.shape, data: Float32Array.from(taps) }];
          for (const backend of [both.wasm, both.cpu])
            expectClose(
              await on(backend, (tf) =>
                withGradients(
                  tf,
                  [tensorOf(tf, given.image), tensorOf(tf, given.filter)],
                  run(given, tf),
                  given.seed,
                ),
              ),
              reference,
            );
        }),
        { seed: 42, numRuns: 60 },
      ));
  }

  it('fused with bias and activation, is padded as on the CPU also where the window is smaller than the stride', async () => {
    for (const [convolution, bias] of [
      ['conv2d', [0.25]],
      ['depthwiseConv2d', [0.25, 0.5]],
    ] as const)
      await expectSame(both, (tf) => [
        tf.fused[convolution]({
          x: tensorOf(tf, noise([2, 6, 5, 2], 4)) as Tensor4D,
          filter: tensorOf(tf, noise([1, 2, 2, 1], 5)) as Tensor4D,
          strides: [2, 1],
          pad: 'same',
          bias: tf.tensor1d([...bias]),
          activation: 'relu',
        }),
      ]);
  });
});
