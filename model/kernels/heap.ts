/**
 * The part of the WASM backend that kernels need, and that its package does not type for outsiders:
 * tensors on its heap, as typed arrays, and its own matrix product.
 */
import type * as tfjs from '@tensorflow/tfjs-core';

/** The package as `import()` gives it. */
export type Tensorflow = Omit<typeof tfjs, 'default'>;
type TensorInfo = tfjs.TensorInfo;

export type Heap = Readonly<{
  /** A new float32 tensor whose numbers are whatever the heap held there. */
  allocate: (shape: readonly number[]) => TensorInfo;
  free: (tensor: TensorInfo) => void;
  /** The tensor's numbers, in place. Valid until the next `allocate` or `product`, which may move the heap. */
  floats: (tensor: TensorInfo) => Float32Array;
  integers: (tensor: TensorInfo) => Int32Array;
  /** The matrix product of [m, k] and [k, n]: a new tensor of [m, n]. */
  product: (left: TensorInfo, right: TensorInfo) => TensorInfo;
}>;

/** What `Heap` is made of. tfjs-backend-wasm 4.22: dist/backend_wasm.d.ts */
type WasmBackend = Readonly<{
  makeOutput: (shape: number[], dtype: 'float32') => TensorInfo;
  disposeData: (dataId: tfjs.DataId) => boolean;
  typedArrayFromHeap: (tensor: TensorInfo) => unknown;
}>;

const isWasmBackend = (backend: unknown): backend is WasmBackend =>
  typeof backend === 'object' &&
  backend !== null &&
  ['makeOutput', 'disposeData', 'typedArrayFromHeap'].every(
    (name) => name in backend && typeof Reflect.get(backend, name) === 'function',
  );

function wrongType(tensor: TensorInfo): never {
  throw new TypeError(`this kernel has no use for a tensor of ${tensor.dtype}`);
}

/** @throws TypeError when the backend has not the methods of tfjs-backend-wasm 4.22 */
export function heapOf(tf: Tensorflow, backend: unknown): Heap {
  if (!isWasmBackend(backend)) throw new TypeError('this is not the WASM backend of TensorFlow.js 4.22');
  const matrixProduct = tf.getKernel('BatchMatMul', 'wasm').kernelFunc;
  return {
    allocate: (shape) => backend.makeOutput([...shape], 'float32'),
    free: ({ dataId }) => void backend.disposeData(dataId),
    floats: (tensor) => {
      const values = backend.typedArrayFromHeap(tensor);
      return values instanceof Float32Array ? values : wrongType(tensor);
    },
    integers: (tensor) => {
      const values = backend.typedArrayFromHeap(tensor);
      return values instanceof Int32Array ? values : wrongType(tensor);
    },
    product: (a, b) => {
      // Never transposed: that path of the backend is ten times slower than transposing by hand.
      const attrs = { transposeA: false, transposeB: false };
      return matrixProduct({ inputs: { a, b }, backend, attrs }) as TensorInfo;
    },
  };
}
