/** Who masks with whom and holds whose shares. Source: Bell et al. 2020; protocol.md §3.7, §3.8 */
import { platform } from '#platform';

import { lp, u32, utf8 } from './bytes.ts';
import { TributaryError } from './error.ts';
import { everyMember, type MemberSet, memberSet } from './members.ts';
import { threshold as completeThreshold } from './parameters.ts';
import { shuffled } from './shuffle.ts';

/** An undirected, regular graph over a roster. */
export type Graph = Readonly<{
  /** Members of the roster. */
  n: number;
  /** Neighbours of each. */
  degree: number;
  /** Shares that restore a secret. */
  threshold: number;
  /** Whom a member shares pair masks with, gathered anew: never itself. @throws TributaryError `roster/not-a-member` */
  neighboursOf(member: number): MemberSet;
}>;

/** Every share is held against its holders: they are gathered once. */
const knownHolders = new WeakMap<Graph, Map<number, MemberSet>>();

/** Whom a member deals shares to: its neighbours and itself. @throws TributaryError `roster/not-a-member` */
export function holdersOf(graph: Graph, member: number): MemberSet {
  const known = knownHolders.get(graph) ?? new Map<number, MemberSet>();
  knownHolders.set(graph, known);
  const holders = known.get(member) ?? memberSet([...graph.neighboursOf(member), member]);
  known.set(member, holders);
  return holders;
}

/** Everyone with everyone, at the threshold of the complete graph. @throws TributaryError `parameters/cohort` */
export function completeGraph(n: number): Graph {
  return everyoneWithEveryone(n, completeThreshold(n));
}

/** What draws a sparse graph: `H(lp("graph") ‖ roster root ‖ u32(attempt) ‖ randao)`, 32 bytes */
export function graphSeed(rosterRoot: Uint8Array, attempt: number, randao: Uint8Array): Uint8Array {
  return platform.sha256(lp(utf8('graph')), rosterRoot, u32(attempt), randao);
}

/**
 * The Harary graph over a ring whose order the seed draws: a member's neighbours are the degree / 2 next to it on
 * either side. A degree of n − 1 or more is everyone with everyone. That degree and threshold are safe is
 * graph-parameters.ts' to say.
 *
 * @param seed 32 bytes that nobody could foresee when the roster was fixed
 * @throws TributaryError `graph/degree` unless the degree is even and at least 2, or n − 1,
 *   `graph/threshold` unless 1 ≤ threshold ≤ degree + 1
 */
export function hararyGraph(n: number, degree: number, threshold: number, seed: Uint8Array): Graph {
  const whole = degree >= n - 1;
  if (!Number.isInteger(degree) || degree < 2 || (degree % 2 !== 0 && !whole)) {
    throw new TributaryError('graph/degree', `a degree of ${degree} is not even and at least 2`);
  }
  // A holder more than neighbours: the member itself.
  const most = Math.min(degree, n - 1) + 1;
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > most) {
    throw new TributaryError(
      'graph/threshold',
      `a threshold of ${threshold} is not between 1 and ${most} holders`,
    );
  }
  if (whole) return everyoneWithEveryone(n, threshold);
  const ring = ringOrder(n, seed);
  const place = new Map(ring.map((member, at) => [member, at]));
  return graphOf(n, degree, threshold, (member) => {
    const first = (place.get(member) ?? 0) + n - degree / 2;
    return Array.from({ length: degree + 1 }, (_, step) => ring[(first + step) % n] ?? member);
  });
}

function everyoneWithEveryone(n: number, threshold: number): Graph {
  return graphOf(n, n - 1, threshold, () => everyMember(n));
}

/** @param near gives a member's neighbours, perhaps with itself */
function graphOf(
  n: number,
  degree: number,
  threshold: number,
  near: (member: number) => Iterable<number>,
): Graph {
  const neighboursOf = (member: number): MemberSet =>
    memberSet([...near(inRoster(member, n))].filter((other) => other !== member));
  return { n, degree, threshold, neighboursOf };
}

function inRoster(member: number, n: number): number {
  if (Number.isInteger(member) && member >= 0 && member < n) return member;
  throw new TributaryError('roster/not-a-member', `the roster has no member ${member}`);
}

/** Each draw: the next 4 bytes, big-endian, of the AES-256-CTR keystream of `H(lp("ring order") ‖ seed)` (zero counter). */
function ringOrder(n: number, seed: Uint8Array): number[] {
  const key = platform.sha256(lp(utf8('ring order')), seed);
  const stream = platform.aesCtrStream(key, new Uint8Array(16));
  return shuffled(n, () => new DataView(stream.next(4).buffer).getUint32(0));
}
