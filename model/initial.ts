/**
 * A job's first weights, from its seed: uniform within each tensor's bound (model/keras/tensors.ts), biases zero.
 * Plain float64 arithmetic and one rounding to float32, so that an auditor recomputes them without
 * TensorFlow, bit for bit. protocol.md §6.2 (initial model)
 */
import { seededRng } from '#crypto/random.ts';
import type { Topology } from './topology.ts';

const wordBytes = 4;

/**
 * Tensor by tensor in the topology's order, but for biases, one big-endian u32 a weight:
 * fround(((2u + 1) / 2³² − 1) · bound).
 *
 * @param seed 32 bytes
 * @returns `topology.dimension` numbers
 */
export function initialWeights(topology: Topology, seed: Uint8Array): Float32Array {
  const rng = seededRng(seed);
  const weights = new Float32Array(topology.dimension);
  for (const { bound, size, offset } of topology.tensors) {
    if (bound === 0) continue;
    const random = rng.bytes(size * wordBytes);
    const view = new DataView(random.buffer, random.byteOffset, random.byteLength);
    for (let i = 0; i < size; i += 1) {
      const centred = (2 * view.getUint32(i * wordBytes) + 1) / 2 ** 32 - 1;
      weights[offset + i] = Math.fround(centred * bound);
    }
  }
  return weights;
}
