/** Pools and embeddings learn on WASM what they learn on the plain CPU. */
import type { KernelBackend, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
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

const pools = fc
  .record({
    batch: side(3),
    more: fc.tuple(fc.nat(5), fc.nat(5)),
    window: pair(3),
    strides: pair(3),
    channels: side(3),
    padding: fc.constantFrom('same', 'valid'),
    seed: fc.nat(1e6),
  })
  .map(({ batch, more, channels, seed, ...pool }) => {
    const [height, width] = [0, 1].map(
      (axis) => more[axis]! + (pool.padding === 'valid' ? pool.window[axis]! : 1),
    );
    return { ...pool, seed, image: noise([batch, height!, width!, channels], seed) };
  });

/** Each pixel's share in the weighted sum of an average pool's outputs, by small steps of the pixel. */
async function slopes(
  both: Pair,
  image: Values,
  sum: (tf: Pair['cpu']['tf'], x: Tensor) => Tensor,
): Promise<Values> {
  const step = 0.5; // The pool is linear, so that a large step costs no accuracy.
  const moved = (i: number, by: number): Values => ({
    shape: image.shape,
    data: Float32Array.from(image.data, (value, j) => (i === j ? value + by : value)),
  });
  const results = await on(both.cpu, (tf) =>
    Array.from(image.data, (_, i) =>
      tf.sub(sum(tf, tensorOf(tf, moved(i, step))), sum(tf, tensorOf(tf, moved(i, -step)))),
    ),
  );
  return { shape: image.shape, data: Float32Array.from(results, ({ data }) => data[0]!) };
}

describe('pools on WASM', () => {
  let both: Pair;
  before(async () => {
    both = await bothBackends();
  });

  for (const pool of ['maxPool', 'avgPool'] as const)
    it(`${pool} has the CPU's gradients for every window, stride and padding`, () =>
      fc.assert(
        fc.asyncProperty(pools, async ({ image, window, strides, padding, seed }) =>
          expectSame(both, (tf) =>
            withGradients(
              tf,
              [tensorOf(tf, image)],
              (x) => tf[pool](x as Tensor4D, window, strides, padding),
              seed,
            ),
          ),
        ),
        { seed: 43, numRuns: 60 },
      ));

  it('maxPool gives all to the first of equal pixels', async () => {
    const gradientOf = async (pixels: number[]): Promise<number[]> => {
      const [gradient] = await on(both.wasm, (tf) => [
        tf.grad((x) => tf.sum(tf.maxPool(x as Tensor4D, 2, 1, 'valid')))(tf.tensor4d(pixels, [1, 2, 3, 1])),
      ]);
      return Array.from(gradient!.data);
    };
    expect(await gradientOf([5, 5, 5, 5, 5, 5])).to.deep.equal([1, 1, 0, 0, 0, 0]);
    expect(await gradientOf([5, 6, 5, 5, 6, 6])).to.deep.equal([0, 2, 0, 0, 0, 0]);
    expect(await gradientOf([NaN, NaN, 1, NaN, NaN, 2])).to.deep.equal([0, 0, 0, 0, 0, 1]);
  });

  it('avgPool leaves the padding out of the gradient, as it does out of the average', () =>
    fc.assert(
      fc.asyncProperty(pools, async ({ image, window, strides, padding, seed }) => {
        const sum = (tf: Pair['cpu']['tf'], x: Tensor): Tensor => {
          const averages = tf.avgPool(x as Tensor4D, window, strides, padding);
          return tf.sum(tf.mul(averages, tensorOf(tf, noise(averages.shape, seed))));
        };
        const expected = await slopes(both, image, sum);
        for (const backend of [both.wasm, both.cpu]) {
          const actual = await on(backend, (tf) => [tf.grad((x) => sum(tf, x))(tensorOf(tf, image))]);
          expect(actual[0]!.data).to.have.length(expected.data.length);
          actual[0]!.data.forEach((value, i) => expect(value).to.be.closeTo(expected.data[i]!, 2e-6));
        }
      }),
      { seed: 44, numRuns: 15 },
    ));

  it('avgPool leaves native TensorFlow its own gradient, which is right', async () => {
    const { tf } = both.cpu;
    const given: number[][] = [];
    tf.registerBackend('tensorflow', () => Object.create(tf.findBackend('cpu')) as KernelBackend);
    tf.copyRegisteredKernels('cpu', 'tensorflow');
    const plain = tf.getKernel('AvgPoolGrad', 'tensorflow');
    tf.unregisterKernel('AvgPoolGrad', 'tensorflow');
    tf.registerKernel({
      ...plain,
      kernelFunc: (call) => {
        given.push(Array.from(tf.backend().readSync(call.inputs['dy']!.dataId) as Float32Array));
        return plain.kernelFunc(call);
      },
    });
    try {
      await tf.setBackend('tensorflow');
      tf.tidy(() => tf.grad((x) => tf.sum(tf.avgPool(x as Tensor4D, 2, 2, 'same')))(tf.ones([1, 3, 3, 1])));
    } finally {
      tf.removeBackend('tensorflow');
      for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
        tf.unregisterKernel(kernelName, 'tensorflow');
      await tf.setBackend('cpu');
    }
    expect(given).to.deep.equal([[1, 1, 1, 1]]);
  });
});

describe('embeddings on WASM', () => {
  let both: Pair;
  before(async () => {
    both = await bothBackends();
  });

  it('have the gradients of the CPU for repeated and unused indices', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          words: side(6),
          width: side(4),
          seed: fc.nat(1e6),
          picks: fc.array(fc.nat(100), { minLength: 1, maxLength: 12 }),
        }),
        async ({ words, width, seed, picks }) =>
          expectSame(both, (tf) => {
            const rows = tf.tensor2d(
              Int32Array.from(picks, (pick) => pick % words),
              [1, picks.length],
              'int32',
            );
            return withGradients(
              tf,
              [tensorOf(tf, noise([words, width], seed))],
              (table) => tf.gather(table, rows),
              seed,
            );
          }),
      ),
      { seed: 45, numRuns: 60 },
    ));

  it('sum the rows of each segment, and drop those of none', async () => {
    const sums = await on(both.wasm, (tf) => [
      tf.unsortedSegmentSum(
        tf.tensor3d([1, 2, 3, 4, 10, 20, 30, 40, 5, 5, 5, 5, 7, 7, 7, 7], [4, 2, 2]),
        tf.tensor1d([2, 2, -1, 3], 'int32'),
        3,
      ),
    ]);
    expectClose(sums, [{ shape: [3, 2, 2], data: Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 11, 22, 33, 44) }]);
  });
});
