/** The same computation on the WASM and the plain CPU backend, and how near its results must be. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Backend, type Tensorflow, activate, loadBackend } from '#model/tensorflow.ts';

export type Values = Readonly<{ shape: readonly number[]; data: Float32Array | Int32Array }>;
export type Pair = Readonly<{ wasm: Backend; cpu: Backend }>;

export async function bothBackends(): Promise<Pair> {
  return { cpu: await loadBackend({ prefer: 'cpu' }), wasm: await loadBackend({ prefer: 'wasm' }) };
}

/** Numbers between -1 and 1 of which no two products are alike, from a seed. */
export function noise(shape: readonly number[], seed: number): Values {
  const size = shape.reduce((product, length) => product * length, 1);
  let state = seed >>> 0;
  const data = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { shape, data };
}

/** Runs on one backend and reads the results; no tensor outlives it. */
export async function on(
  backend: Backend,
  compute: (tf: Tensorflow) => readonly Tensor[],
): Promise<Values[]> {
  await activate(backend);
  const { tf } = backend;
  const results: Values[] = [];
  tf.tidy(() => {
    for (const tensor of compute(tf)) {
      const data = tensor.dataSync();
      if (data instanceof Uint8Array) throw new TypeError('a result of numbers was expected');
      results.push({ shape: tensor.shape, data });
    }
  });
  return results;
}

export const tensorOf = (tf: Tensorflow, { shape, data }: Values): Tensor =>
  tf.tensor(data, [...shape], data instanceof Float32Array ? 'float32' : 'int32');

/** Every number within 1e-5 of the largest number of its tensor. */
export function expectClose(actual: readonly Values[], expected: readonly Values[]): void {
  expect(actual.map(({ shape }) => shape)).to.deep.equal(expected.map(({ shape }) => shape));
  expected.forEach((values, result) => {
    const wanted = Array.from(values.data);
    const scale = Math.max(1e-30, ...wanted.map(Math.abs));
    const errors = wanted.map((value, i) => Math.abs(value - (actual[result]?.data[i] ?? Number.NaN)));
    expect(Math.max(0, ...errors) / scale, `result ${result}`).to.be.at.most(1e-5);
  });
}

/** What WASM gives is what the plain CPU backend gives. */
export async function expectSame(
  { wasm, cpu }: Pair,
  compute: (tf: Tensorflow) => readonly Tensor[],
): Promise<void> {
  expectClose(await on(wasm, compute), await on(cpu, compute));
}

/** The output, and the gradients of its sum weighted by noise. */
export function withGradients(
  tf: Tensorflow,
  inputs: readonly Tensor[],
  output: (...inputs: Tensor[]) => Tensor,
  seed: number,
): Tensor[] {
  const gradients = tf.grads((...given: Tensor[]) => {
    const result = output(...given);
    return tf.sum(tf.mul(result, tensorOf(tf, noise(result.shape, seed))));
  });
  return [output(...inputs), ...gradients([...inputs])];
}

export const side = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most });
export const pair = (most: number): fc.Arbitrary<[number, number]> => fc.tuple(side(most), side(most));
