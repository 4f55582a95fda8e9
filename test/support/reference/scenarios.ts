/** The rounds that the vectors hold: who is lost when, and shapes whose words meet no byte or chunk boundary. */
import type { Scenario } from './vector.ts';
import { drawn } from './text.ts';

const NOBODY = { sharing: [], upload: [], unmasking: [] };

export const scenarios: Scenario[] = [
  scenario('three-nobody-lost', 2, {
    n: 3,
    threshold: 3,
    parameters: { bits: 8, clip: 1, range: 1, dimension: 5, maxWeight: 1, chunkWords: 8 },
    weights: [1, 1, 1],
    lostBefore: NOBODY,
    scales: [0.4, 2, 0.01],
  }),
  scenario('five-one-lost-before-sharing', 4, {
    n: 5,
    threshold: 4,
    parameters: { bits: 11, clip: 2.5, range: 2.5, dimension: 21, maxWeight: 64, chunkWords: 8 },
    weights: [64, 1, 32, 8, 2],
    lostBefore: { ...NOBODY, sharing: [2] },
    scales: [0.5, 0.25, 1, 3, 0.125],
  }),
  scenario('five-first-lost-before-upload', 4, {
    n: 5,
    threshold: 4,
    parameters: { bits: 16, clip: 1.5, range: 0.75, dimension: 33, maxWeight: 256, chunkWords: 16 },
    weights: [16, 256, 256, 64, 128],
    lostBefore: { ...NOBODY, upload: [0] },
    scales: [1, 40, 0.3, 0.2, 5],
  }),
  scenario('seven-lost-before-sharing-and-upload', 6, {
    n: 7,
    threshold: 5,
    parameters: { bits: 20, clip: 10, range: 10, dimension: 19, maxWeight: 4096, chunkWords: 8 },
    weights: [4096, 1024, 2048, 512, 4096, 1, 4096],
    lostBefore: { sharing: [5], upload: [3], unmasking: [] },
    scales: [1, 2, 3, 4, 5, 6, 7],
  }),
  scenario('seven-lost-before-upload-and-unmasking', 6, {
    n: 7,
    threshold: 5,
    parameters: { bits: 13, clip: 0.1, range: 0.1, dimension: 16, maxWeight: 2, chunkWords: 8 },
    weights: [2, 1, 2, 1, 2, 1, 2],
    lostBefore: { sharing: [], upload: [6], unmasking: [1] },
    scales: [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07],
  }),
  scenario('nine-sparse-lost-before-upload', 4, {
    n: 9,
    threshold: 3,
    parameters: { bits: 10, clip: 4, range: 4, dimension: 18, maxWeight: 16, chunkWords: 8 },
    weights: [16, 1, 2, 4, 8, 16, 4, 2, 1],
    lostBefore: { sharing: [], upload: [3], unmasking: [] },
    scales: [1, 2, 0.5, 0.25, 3, 1, 2, 0.75, 5],
  }),
  scenario('eleven-sparse-lost-in-every-phase', 6, {
    n: 11,
    threshold: 4,
    parameters: { bits: 14, clip: 1, range: 1, dimension: 13, maxWeight: 8, chunkWords: 8 },
    weights: [1, 8, 4, 2, 1, 8, 4, 2, 8, 8, 4],
    lostBefore: { sharing: [10], upload: [4], unmasking: [0] },
    scales: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1],
  }),
];

type Shape = Omit<Scenario, 'name' | 'updates' | 'degree'> & {
  /** Half-ranges of the members' updates. */
  scales: number[];
};

function scenario(name: string, degree: number, { scales, ...shape }: Shape): Scenario {
  const updates = scales.map((scale, i) =>
    Array.from(
      { length: shape.parameters.dimension },
      (_, c) => scale * fraction(`${name} update ${i} ${c}`),
    ),
  );
  const { n, ...others } = shape;
  return { name, n, degree, ...others, updates };
}

/** A number in [−1, 1) that follows from a label. */
function fraction(label: string): number {
  return Number.parseInt(drawn(label, 4), 16) / 2 ** 31 - 1;
}
