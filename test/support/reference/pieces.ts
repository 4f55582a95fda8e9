/** Vectors of single steps, at the values where they can go wrong. docs/protocol.md §1.4, §2.2, §2.4, §3.2 */
import { deal, type Dealt } from './sharing.ts';
import { drawn } from './text.ts';
import { treePath, treeRoot } from './trees.ts';
import { gridWords, packedWords, type ReferenceParameters } from './words.ts';

export type TreeVector = { leaves: string[]; root: string; paths: string[][] };
export type SharingVector = Dealt & { secret: string; n: number; threshold: number };
export type PackingVector = { w: number; words: number[]; packed: string };
export type QuantisationVector = {
  parameters: ReferenceParameters;
  weight: number;
  update: number[];
  words: number[];
};

/** Trees of 0 … 9 and 19 leaves, of lengths from none up. */
export function treeVectors(): TreeVector[] {
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 19].map((size) => {
    const leaves = Array.from({ length: size }, (_, i) => drawn(`leaf ${i} of ${size}`, i));
    return { leaves, root: treeRoot(leaves), paths: leaves.map((_, i) => treePath(i, leaves)) };
  });
}

export function sharingVectors(): SharingVector[] {
  const secrets = ['00'.repeat(32), 'ff'.repeat(32), drawn('a secret', 32)];
  const shapes = [
    { n: 1, threshold: 1 },
    { n: 3, threshold: 3 },
    { n: 7, threshold: 5 },
  ];
  return secrets.flatMap((secret, i) =>
    shapes.map((shape) => ({
      secret,
      ...shape,
      ...deal(secret, shape.n, shape.threshold, `sharing ${i} among ${shape.n}`),
    })),
  );
}

/** Every word size that a roster of 3 … 100 can have, and the widest. */
export function packingVectors(): PackingVector[] {
  const sizes = [...Array.from({ length: 18 }, (_, i) => 10 + i), 31, 32];
  return sizes.map((w) => {
    const words = Array.from(
      { length: 11 },
      (_, i) => Number.parseInt(drawn(`word ${i} of ${w}`, 4), 16) % 2 ** w,
    );
    const edges = [0, 2 ** w - 1, ...words];
    return { w, words: edges, packed: packedWords(edges, w) };
  });
}

/** Halves between grid points, both ends, beyond them, and the neighbours of zero. */
export function quantisationVectors(): QuantisationVector[] {
  const steps = [
    -300, -127.5, -127, -126.5, -1.5, -1, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5, 126.5, 127, 127.5, 300,
  ];
  const update = [...steps, Number.MIN_VALUE, 0.49999999999999994];
  return [
    { bits: 8, clip: 1000, range: 127, dimension: update.length, maxWeight: 1, chunkWords: 8 },
    { bits: 8, clip: 1000, range: 127, dimension: update.length, maxWeight: 4, chunkWords: 8 },
    { bits: 20, clip: 100, range: 127, dimension: update.length, maxWeight: 1, chunkWords: 8 },
    { bits: 9, clip: 0.3, range: 0.3, dimension: update.length, maxWeight: 2, chunkWords: 8 },
  ].map((parameters) => ({ parameters, weight: 1, update, words: gridWords(update, 1, parameters) }));
}
