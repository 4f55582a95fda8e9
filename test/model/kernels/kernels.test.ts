/** What a kernel itself promises: pieces of bounded size, refusals, and that it may be registered again. */
import type { KernelConfig, Rank, Tensor4D } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { conv2dBackpropFilter, conv2dBackpropInput } from '#model/kernels/convolution.ts';
import { registerGradients, registerWasmKernels } from '#model/kernels/register.ts';
import { type Backend, type Tensorflow, activate } from '#model/tensorflow.ts';
import {
  type Pair,
  type Values,
  bothBackends,
  expectClose,
  noise,
  on,
  tensorOf,
  withGradients,
} from './backends.ts';

const image = noise([3, 6, 5, 2], 1);
const filter = noise([3, 2, 2, 4], 2);

const gradients = (backend: Backend): Promise<Values[]> =>
  on(backend, (tf) =>
    withGradients(
      tf,
      [tensorOf(tf, image), tensorOf(tf, filter)],
      (x, w) => tf.conv2d(x as Tensor4D, w as Tensor4D, [2, 1], 'same'),
      3,
    ),
  );

describe('kernels for WASM', () => {
  let both: Pair;
  let tf: Tensorflow;
  before(async () => {
    both = await bothBackends();
    ({ tf } = both.wasm);
  });
  beforeEach(() => activate(both.wasm));
  afterEach(() => registerWasmKernels(tf));

  const use = (kernel: KernelConfig): void => {
    tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel(kernel);
  };

  /** The sizes of the matrices that a computation multiplies, as numbers in the left and the right one. */
  async function products(compute: () => Promise<unknown>): Promise<[number, number][]> {
    const sizes: [number, number][] = [];
    const plain = tf.getKernel('BatchMatMul', 'wasm');
    const size = (tensor?: { shape: number[] }): number => tf.util.sizeFromShape(tensor!.shape);
    use({
      ...plain,
      kernelFunc: (given) => {
        sizes.push([size(given.inputs['a']), size(given.inputs['b'])]);
        return plain.kernelFunc(given);
      },
    });
    try {
      await compute();
    } finally {
      use(plain);
    }
    return sizes;
  }

  it('never hold more columns than they may, and give the same in pieces', async () => {
    const whole = await gradients(both.cpu);
    // 9 output rows of 5 positions with 3 · 2 · 2 numbers each.
    const rowBytes = 4 * 5 * 12;
    for (const [bytes, rows] of [
      [64 * 2 ** 20, [9]],
      [4 * rowBytes, [4, 4, 1]],
      [4 * rowBytes - 1, [3, 3, 3]],
      [1, Array<number>(9).fill(1)],
    ] as const) {
      use(conv2dBackpropFilter(tf, bytes));
      use(conv2dBackpropInput(tf, bytes));
      const sizes = await products(async () => expectClose(await gradients(both.wasm), whole));
      // For the image, errors · weights; for the filter, errors · columns.
      const ofImage = rows.map((count) => [count * 5 * 4, 4 * 12]);
      const ofFilter = rows.map((count) => [4 * count * 5, count * 5 * 12]);
      expect(sizes).to.have.deep.members([...ofImage, ...ofFilter]);
    }
  });

  it('hold 64 MiB of columns unless told otherwise', async () => {
    // 1,024 · 1,024 positions with 9 · 2 numbers each: 72 MiB.
    const sizes = await products(() =>
      on(both.wasm, () => [
        tf.grad((w) => tf.sum(tf.conv2d(tf.ones<Rank.R4>([1, 1024, 1024, 2]), w as Tensor4D, 1, 'same')))(
          tf.ones([3, 3, 2, 1]),
        ),
      ]),
    );
    const rows = Math.floor(2 ** 26 / (4 * 1024 * 18));
    expect(sizes.map(([errors]) => errors / 1024)).to.deep.equal([rows, 1024 - rows]);
  });

  it('may be registered again, quietly, and change nothing', async () => {
    const printed: unknown[] = [];
    const { warn } = console;
    console.warn = (...args: unknown[]) => void printed.push(args);
    const once = tf.getKernel('Conv2D', 'wasm');
    const gradient = tf.getGradient('AvgPool');
    try {
      registerGradients(tf);
      registerWasmKernels(tf);
    } finally {
      console.warn = warn;
    }
    expect(printed).to.deep.equal([]);
    expect(tf.getKernel('Conv2D', 'wasm')).to.equal(once);
    expect(tf.getGradient('AvgPool')).to.equal(gradient);
  });

  it('refuse channels that come first', () => {
    const { kernelFunc } = conv2dBackpropFilter(tf);
    const x = tf.ones([1, 2, 4, 4]);
    const dy = tf.ones([1, 1, 4, 4]);
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NCHW', filterShape: [1, 1, 2, 1] };
    expect(() => kernelFunc({ inputs: { x, dy }, backend: tf.backend(), attrs })).to.throw(
      TypeError,
      'channels must come last, not as in NCHW',
    );
    tf.dispose([x, dy]);
  });

  it('refuse numbers of another type, and another backend', () => {
    const segments = (
      type: 'float32' | 'int32',
      idType: 'float32' | 'int32',
      backend: object = tf.backend(),
    ) => {
      const { kernelFunc } = tf.getKernel('UnsortedSegmentSum', 'wasm');
      const x = tf.ones([2, 2], type);
      const segmentIds = tf.ones([2], idType);
      return () => {
        try {
          return kernelFunc({ inputs: { x, segmentIds }, backend, attrs: { numSegments: 2 } });
        } finally {
          tf.dispose([x, segmentIds]);
        }
      };
    };
    expect(segments('int32', 'int32')).to.throw(TypeError, 'no use for a tensor of int32');
    expect(segments('float32', 'float32')).to.throw(TypeError, 'no use for a tensor of float32');
    for (const lacks of ['makeOutput', 'disposeData', 'typedArrayFromHeap']) {
      const backend = Object.assign(Object.create(tf.backend()) as object, { [lacks]: undefined });
      expect(segments('float32', 'int32', backend)).to.throw(TypeError, 'not the WASM backend');
    }
    expect(segments('float32', 'int32')).not.to.throw();
  });
});
