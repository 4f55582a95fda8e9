/**
 * Between a model's tensors, its bytes and the flat vector that is trained, masked and summed:
 * float32 numbers in the order of the topology's trainable tensors. protocol.md §2.1
 */
import { TributaryError } from '#crypto/error.ts';
import { type NamedTensor, decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import type { Topology } from './topology.ts';

/** Room for a header: far more than any allowed topology needs. */
const headerAllowance = 256 * 1024;

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/**
 * @returns `topology.dimension` numbers, a copy
 * @throws TributaryError `model/weights-tensors` unless the tensors are exactly the topology's, in any order
 */
export function flatten(topology: Topology, tensors: readonly NamedTensor[]): Float32Array {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  if (byName.size !== topology.tensors.length || tensors.length !== byName.size) {
    throw new TributaryError(
      'model/weights-tensors',
      `the model has ${topology.tensors.length} tensors, the weights ${tensors.length}`,
    );
  }
  const flat = new Float32Array(topology.dimension);
  for (const { name, shape, offset, size } of topology.tensors) {
    const tensor = byName.get(name);
    if (tensor === undefined || tensor.data.length !== size || !sameShape(tensor.shape, shape)) {
      const found = tensor === undefined ? 'is missing' : `has shape [${tensor.shape.join(', ')}]`;
      throw new TributaryError(
        'model/weights-tensors',
        `tensor ${name} ${found}, expected [${shape.join(', ')}]`,
      );
    }
    flat.set(tensor.data, offset);
  }
  return flat;
}

/**
 * @returns one tensor for each of the topology's, in its order, copied out of `flat`
 * @throws TributaryError `model/weights-length` unless `flat` has `topology.dimension` numbers
 */
export function unflatten(topology: Topology, flat: Float32Array): NamedTensor[] {
  if (flat.length !== topology.dimension) {
    throw new TributaryError(
      'model/weights-length',
      `the model has ${topology.dimension} weights, the vector ${flat.length}`,
    );
  }
  return topology.tensors.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    data: flat.slice(offset, offset + size),
  }));
}

/** The model's bytes, the same for the same weights. @throws as `unflatten` and `encodeSafetensors` */
export const encodeWeights = (topology: Topology, flat: Float32Array): Uint8Array =>
  encodeSafetensors(unflatten(topology, flat));

/** The flat weights of untrusted bytes. @throws as `decodeSafetensors` and `flatten` */
export const decodeWeights = (topology: Topology, bytes: Uint8Array): Float32Array =>
  flatten(topology, decodeSafetensors(bytes, { maxBytes: topology.dimension * 4 + headerAllowance }));
