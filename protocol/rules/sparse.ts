/** When a roster's graph is sparse, how it is drawn, and what the escrow holds of roster and survivors. protocol.md §3.8 */
import { concat, fromHex, lp, toHex, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { graphSeed, hararyGraph, type Graph } from '#crypto/graph.ts';
import { graphParameters, LIVENESS_BITS, SECRECY_BITS } from '#crypto/graph-parameters.ts';
import { platform } from '#platform';
import type { SparseTerms } from '../aggregation.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { Draw } from '../manifests.ts';
import type { Bytes32, Hex } from '../units.ts';

/** A roster may hold no more: by the complete graph, and by the sparse one. protocol.md §3.7, §3.8 */
export const LARGEST_COMPLETE = 100;
export const LARGEST_SPARSE = 1024;

export const largestRoster = (terms: object | null): number => (terms ? LARGEST_SPARSE : LARGEST_COMPLETE);

/** Whether a roster of n members uses the sparse graph under these terms. */
export const isSparse = (terms: SparseTerms | null, n: number): terms is SparseTerms =>
  terms !== null && n > Math.min(terms.above, LARGEST_COMPLETE);

/** Degree and threshold for n members. @throws TributaryError `parameters/no-safe-graph`, `parameters/cohort` */
export function degreeFor(n: number, { corruption, dropout }: SparseTerms) {
  return graphParameters(
    n,
    { corruption, dropout },
    { secrecyBits: SECRECY_BITS, livenessBits: LIVENESS_BITS },
  );
}

/** Why no graph on n members is safe under these terms, `parameters/…`; null where one is. */
export function unsafeFlaw(n: number, terms: SparseTerms): Flaw | null {
  try {
    degreeFor(n, terms);
    return null;
  } catch (error) {
    if (error instanceof TributaryError) return flaw(error.code, error.message);
    throw error;
  }
}

/** The graph that the public randomness of its block draws for a committed roster. */
export const sparseGraph = (n: number, root: Bytes32, attempt: number, draw: Draw): Graph =>
  hararyGraph(n, draw.degree, draw.threshold, graphSeed(fromHex(root), attempt, fromHex(draw.randao)));

/** The graph has the degree and threshold that terms and size ask for; a flaw too where these give none. */
export function drawFlaw(n: number, terms: SparseTerms | null, draw: Draw | null): Flaw | null {
  if (!isSparse(terms, n)) {
    return draw
      ? flaw('graph/not-sparse', `a roster of ${n} uses the complete graph under these terms`)
      : null;
  }
  const unsafe = unsafeFlaw(n, terms);
  if (unsafe) return unsafe;
  const { degree, threshold } = degreeFor(n, terms);
  return draw !== null && draw.degree === degree && draw.threshold === threshold
    ? null
    : flaw('graph/other-parameters', `${n} members need degree ${degree} and threshold ${threshold}`);
}

/** `H(lp("roster") ‖ lp(bitmap over the seats) ‖ root of the enrolments)`: no seat can stand in it twice. */
export const rosterCommitment = (seats: Hex, tree: Bytes32): Bytes32 =>
  toHex(platform.sha256(lp(utf8('roster')), lp(fromHex(seats)), fromHex(tree))) as Bytes32;

/** `H(lp("survivors") ‖ roster ‖ lp(bitmap over the members) ‖ root of the survivors' inputs)` */
export const survivorsCommitment = (roster: Bytes32, members: Hex, tree: Bytes32): Bytes32 =>
  toHex(
    platform.sha256(concat(lp(utf8('survivors')), fromHex(roster), lp(fromHex(members)), fromHex(tree))),
  ) as Bytes32;
