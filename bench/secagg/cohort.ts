/** A cohort as an attempt finds it: graph, keys, seeds, updates. From seeds: each run measures the same. */
import { generateKeys, type Binding, type EphemeralKeys } from '#crypto/agreement.ts';
import { utf8 } from '#crypto/bytes.ts';
import { type Graph, hararyGraph } from '#crypto/graph.ts';
import { graphParameters } from '#crypto/graph-parameters.ts';
import { type AggregationParameters, wordBits } from '#crypto/parameters.ts';
import { seededRng } from '#crypto/random.ts';
import { Secret } from '#crypto/secret.ts';

export type Adversity = Readonly<{ corruption: number; dropout: number }>;
export type Shape = Readonly<{ degree: number; threshold: number }>;

/** Two thirds of the neighbours, as others measure it: for n = 100 such a graph is not safe. */
export const degree20: Shape = { degree: 20, threshold: 14 };

/** What 2^-40 of failure on either side asks of the graph. */
export function safeShape(n: number, adversity: Adversity): Shape {
  return graphParameters(n, adversity, { secrecyBits: 40, livenessBits: 40 });
}

export type Cohort = Readonly<{
  graph: Graph;
  binding: Binding;
  parameters: AggregationParameters;
  w: number;
  members: readonly Readonly<{
    keys: EphemeralKeys;
    seed: Secret;
    channelKey: Uint8Array;
    maskKey: Uint8Array;
  }>[];
  /** A member's update: float32 within the clipping bound. */
  updateOf(member: number): Float32Array;
}>;

export function cohort(n: number, dimension: number, shape: Shape): Cohort {
  const rng = seededRng(utf8(`bench/secagg/${n}`));
  const parameters = { bits: 16, clip: 1, range: 1, dimension, maxWeight: 1, chunkWords: 65_536 };
  const noise = new Uint32Array(rng.bytes(4 * dimension).buffer);
  // Norm about 0.9.
  const scale = 1.5 / Math.sqrt(dimension);
  const base = Float32Array.from(noise, (word) => (word / 2 ** 31 - 1) * scale);
  const members = Array.from({ length: n }, () => {
    const keys = generateKeys(rng);
    const seed = new Secret(rng.bytes(32));
    return { keys, seed, channelKey: keys.channel.publicKey, maskKey: keys.mask.publicKey };
  });
  return {
    graph: hararyGraph(n, shape.degree, shape.threshold, rng.bytes(32)),
    binding: {
      context: { chainId: 31_337n, escrow: rng.bytes(20), job: 1n, round: 1, attempt: 1 },
      roster: rng.bytes(32),
      parameters: rng.bytes(32),
      model: rng.bytes(32),
    },
    parameters,
    w: wordBits(parameters.bits, n),
    members,
    updateOf(member) {
      const turned = new Float32Array(dimension);
      const at = (7_919 * member) % dimension;
      turned.set(base.subarray(at));
      turned.set(base.subarray(0, at), dimension - at);
      return turned;
    },
  };
}
