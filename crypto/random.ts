/** Randomness is passed in: from the system, or from a seed where a run must be repeatable. */
import { platform } from '#platform';

import { lp, utf8 } from './bytes.ts';

/** A source of random bytes. */
export type Rng = Readonly<{
  /** The next `n` bytes. */
  bytes(n: number): Uint8Array;
}>;

/** The system's secure generator: the source of every key, seed and share. */
export function systemRng(): Rng {
  return { bytes: (n) => platform.randomBytes(n) };
}

/**
 * The same bytes for the same seed, of any length: the AES-256-CTR keystream of `H(lp("seeded-rng") ‖ seed)`.
 * For tests, vectors and public initial weights. Never for secrets: whoever knows the seed knows them all.
 */
export function seededRng(seed: Uint8Array): Rng {
  const key = platform.sha256(lp(utf8('seeded-rng')), seed);
  const stream = platform.aesCtrStream(key, new Uint8Array(16));
  return { bytes: (n) => stream.next(n) };
}
