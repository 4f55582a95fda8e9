/** Packed vectors, masks, and files of sealed ones, for sums that are made in more than one way. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { pack } from '#crypto/packing.ts';
import { seededRng } from '#crypto/random.ts';
import { type Mask, RingAccumulator } from '#crypto/ring.ts';
import { Sealer } from '#model/unmasking/seal.ts';
import type { SealedInput } from '#model/unmasking/sealed-inputs.ts';

export const w = 23;
export const parameters = {
  ...{ bits: 16, clip: 1, range: 1, maxWeight: 1 },
  ...{ dimension: 20_011, chunkWords: 1_024 },
};
export const shape = { parameters, w };
const rng = seededRng(utf8('unmask'));

export const masks: Mask[] = Array.from({ length: 300 }, (_, i) => ({
  key: rng.bytes(32),
  subtract: i % 3 !== 0,
}));

export const vectors = Array.from({ length: 9 }, () =>
  pack(
    new Uint32Array(rng.bytes(4 * parameters.dimension).buffer).map((word) => word % 2 ** w),
    w,
  ),
);

/** The sum of these vectors and masks, by one accumulator. */
export function sumOf(packed: readonly Uint8Array[], removed: readonly Mask[]): Uint32Array {
  const sum = new RingAccumulator(parameters.dimension, w);
  for (const vector of packed) sum.addPacked(vector);
  sum.applyMasks(removed);
  return sum.words();
}

/** Writes a vector to a file and seals it. */
export function sealedFile(folder: string, member: number, packed: Uint8Array): SealedInput {
  const path = join(folder, `${member}.input`);
  writeFileSync(path, packed);
  const sealer = new Sealer();
  sealer.push(packed);
  return { member, path, seal: sealer.seal() };
}

export async function codeOf(action: Promise<unknown>): Promise<string | undefined> {
  try {
    await action;
  } catch (error) {
    if (error instanceof TributaryError) return error.code;
    throw error;
  }
  return undefined;
}
