/** Products with transposed factors, which the gradients of Dense layers are. */
import type { KernelConfig, NamedAttrMap } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { registerWasmKernels } from '#model/kernels/register.ts';
import { activate } from '#model/tensorflow.ts';
import { type Pair, bothBackends, expectSame, noise, on, side, tensorOf } from './backends.ts';

const cases = fc.record({
  batch: fc.array(side(2), { maxLength: 2 }),
  sizes: fc.tuple(side(6), side(6), side(6)),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.nat(1e6),
});

describe('matrix products on WASM', () => {
  let both: Pair;
  before(async () => {
    both = await bothBackends();
  });

  it('are those of the CPU, transposed or not', () =>
    fc.assert(
      fc.asyncProperty(cases, async ({ batch, sizes: [m, k, n], transposeA, transposeB, seed }) => {
        const left = noise([...batch, ...(transposeA ? [k, m] : [m, k])], seed);
        const right = noise([...batch, ...(transposeB ? [n, k] : [k, n])], seed + 1);
        await expectSame(both, (tf) => [
          tf.matMul(tensorOf(tf, left), tensorOf(tf, right), transposeA, transposeB),
        ]);
      }),
      { seed: 46, numRuns: 60 },
    ));

  it('leave no transposed factor to the slow loop of the backend, and no copy behind', async () => {
    await activate(both.wasm);
    const { tf } = both.wasm;
    const ours = tf.getKernel('BatchMatMul', 'wasm');
    const seen: (NamedAttrMap | undefined)[] = [];
    const use = (kernel: KernelConfig): void => {
      tf.unregisterKernel('BatchMatMul', 'wasm');
      tf.registerKernel(kernel);
    };
    use({
      ...ours,
      kernelFunc: (given) => {
        seen.push(given.attrs);
        return ours.kernelFunc(given);
      },
    });
    try {
      registerWasmKernels(tf);
      const [held, before] = [tf.backend().numDataIds(), seen.length];
      await on(both.wasm, () => [tf.matMul(tf.ones([2, 3]), tf.ones([4, 2]), true, true)]);
      expect(seen.slice(before)).to.deep.equal([{ transposeA: false, transposeB: false }]);
      expect(tf.backend().numDataIds()).to.equal(held);
    } finally {
      use(ours);
    }
  });
});
