/** Degree and threshold of the sparse graph, from what it must bear. protocol.md §3.8, §3.9 */
import { TributaryError } from './error.ts';
import { upperTails } from './hypergeometric.ts';

/** What a graph must bear, as parts of a roster: from 0 to below 1. */
export type Adversity = Readonly<{
  /** γ: members that the adversary runs or reads, besides the coordinator. It chooses who drops out, and when. */
  corruption: number;
  /** δ: members that are lost, by chance; whoever is silent counts, corrupt or not. */
  dropout: number;
}>;

/** A failure is bounded by 2^-bits, over all members of a roster together. */
export type Bits = Readonly<{ secrecyBits: number; livenessBits: number }>;

export type GraphParameters = Readonly<{
  /** k, the neighbours of each member: even. */
  degree: number;
  /** t, the shares that restore a secret; each survivor has as many surviving neighbours, or confirms nothing. */
  threshold: number;
}>;

/** Bounds on what can go wrong with a drawn graph, each over all members; from 0 up, and may pass 1. */
export type Failures = Readonly<{
  /** On one side of some honest member t − k/2 are corrupt: dropping the others there could cut the graph. */
  cut: number;
  /** t of an honest member's neighbours are corrupt. Never unless `cut`. */
  colluders: number;
  /** Without agreement on chain: 2t ≤ k + corrupt neighbours, so that two sets could be unmasked. Never unless `cut`. */
  equivocation: number;
  /** Some member has fewer than t neighbours left. */
  starved: number;
}>;

/** What is asked of secrecy before grinding, and of liveness. */
const TARGET_BITS = 40;

/**
 * What the adversary gains by trying draws: at most 8 attempts a round (3 bits), and a choice of 2^m values for a
 * proposer who holds the last m slots before the draw, of which 8 in a row are assumed never to collude (8 bits).
 */
export const GRINDING_BITS = 3 + 8;
export const SECRECY_BITS = TARGET_BITS + GRINDING_BITS;
export const LIVENESS_BITS = TARGET_BITS;

/** More than a tail errs by (hypergeometric.ts): bounds are held against the target from the unsafe side. */
const ROUNDING = 1 + 1e-9;
const LARGEST = 100_000;

const solved = new Map<string, GraphParameters>();

/**
 * The least even degree, up to n − 1, for which some threshold is safe; of several thresholds the least, which is
 * the kindest to members that are lost. The same on every machine. Remembered.
 *
 * @param n 3 … 100,000
 * @throws TributaryError `parameters/no-safe-graph` where no degree will do, with the closest miss;
 *   `parameters/adversity` for parts that are not from 0 to below 1, `parameters/cohort` for another n
 */
export function graphParameters(n: number, adversity: Adversity, bits: Bits): GraphParameters {
  const key = [n, adversity.corruption, adversity.dropout, bits.secrecyBits, bits.livenessBits].join();
  const found = solved.get(key) ?? solve(n, adversity, bits);
  if (solved.size >= 64) solved.clear();
  solved.set(key, found);
  return found;
}

/** Why a degree and threshold are not safe, in words and numbers; null where they are. */
export function graphFlaw(
  n: number,
  { degree, threshold }: GraphParameters,
  adversity: Adversity,
  bits: Bits,
): string | null {
  if (degree % 2 !== 0 || degree < 2 || degree > n - 1) {
    return `a degree of ${degree} is not an even number from 2 to ${n - 1}`;
  }
  if (!Number.isInteger(threshold) || threshold <= degree / 2 || threshold > degree) {
    return `a threshold of ${threshold} is not between half the degree and all of it: ${degree / 2 + 1} to ${degree}`;
  }
  const { least, most } = thresholds(n, degree, adversity, bits);
  const graph = `with ${degree} neighbours of ${n - 1}`;
  if (threshold < least) {
    const { cut } = graphFailures(n, { degree, threshold }, adversity);
    return `${graph} and a threshold of ${threshold}, corrupt members cut it with probability ${power(cut)}, above 2^-${bits.secrecyBits}: ${least} would do`;
  }
  if (threshold > most) {
    const { starved } = graphFailures(n, { degree, threshold }, adversity);
    return `${graph} and a threshold of ${threshold}, too many are lost with probability ${power(starved)}, above 2^-${bits.livenessBits}: ${most} would do`;
  }
  return null;
}

/** What a degree and threshold risk: the exact tails, times members and sides. @throws as `graphParameters` */
export function graphFailures(
  n: number,
  { degree, threshold }: GraphParameters,
  adversity: Adversity,
): Failures {
  const { corrupt, lost } = counts(n, adversity);
  const among = upperTails(n - 1, corrupt, degree);
  const beside = upperTails(n - 1, corrupt, degree / 2);
  const gone = upperTails(n - 1, lost, degree);
  return {
    cut: 2 * n * from(beside, threshold - degree / 2),
    colluders: n * from(among, threshold),
    equivocation: n * from(among, 2 * threshold - degree),
    starved: n * from(gone, degree - threshold + 1),
  };
}

function solve(n: number, adversity: Adversity, bits: Bits): GraphParameters {
  counts(n, adversity);
  let miss = { degree: 1, least: Infinity, most: 0 };
  for (let degree = 2; degree <= n - 1; degree += 2) {
    const { least, most } = thresholds(n, degree, adversity, bits);
    if (least <= most) return { degree, threshold: least };
    if ((least - most) / degree < (miss.least - miss.most) / miss.degree) miss = { degree, least, most };
  }
  const { corruption, dropout } = adversity;
  throw new TributaryError(
    'parameters/no-safe-graph',
    `no graph on ${n} members bears ${corruption} corrupt and ${dropout} lost: with ${miss.degree} neighbours the threshold must be at least ${miss.least} for secrecy and at most ${miss.most} for liveness; assume less, or take a roster of up to 100 with the complete graph`,
  );
}

/** The thresholds that keep secrecy (`least` and more) and liveness (`most` and less). */
function thresholds(
  n: number,
  degree: number,
  adversity: Adversity,
  { secrecyBits, livenessBits }: Bits,
): { least: number; most: number } {
  const { corrupt, lost } = counts(n, adversity);
  const beside = upperTails(n - 1, corrupt, degree / 2);
  const gone = upperTails(n - 1, lost, degree);
  const corruptBeside = firstWithin(beside, 2 ** -secrecyBits / (2 * n));
  const lostNear = firstWithin(gone, 2 ** -livenessBits / n) - 1;
  return { least: degree / 2 + corruptBeside, most: degree - lostNear };
}

/** The least count that is reached with a probability of at most `limit`; the last tail is 0. */
function firstWithin(tails: Float64Array, limit: number): number {
  let count = 0;
  while ((tails[count] ?? 0) * ROUNDING > limit) count++;
  return count;
}

/** Whole members, rounded up: a part in a billion is the product's rounding. */
function counts(n: number, { corruption, dropout }: Adversity): { corrupt: number; lost: number } {
  if (!Number.isInteger(n) || n < 3 || n > LARGEST) {
    throw new TributaryError('parameters/cohort', `a graph has 3 to ${LARGEST} members, not ${n}`);
  }
  if (![corruption, dropout].every((part) => part >= 0 && part < 1)) {
    throw new TributaryError(
      'parameters/adversity',
      `corruption and dropout are parts from 0 to below 1, not ${corruption} and ${dropout}`,
    );
  }
  // Of the others an honest member is not one: at most n − 1 are corrupt.
  const whole = (part: number): number => Math.min(n - 1, Math.ceil(part * n - 1e-9));
  return { corrupt: whole(corruption), lost: whole(dropout) };
}

/** Thresholds outside the table are certain, or impossible. */
const from = (tails: Float64Array, count: number): number => (count <= 0 ? 1 : (tails[count] ?? 0));

const power = (probability: number): string => `2^${Math.log2(probability).toFixed(1)}`;
