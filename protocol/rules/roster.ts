/** The frozen roster U1: its order, its root, and what makes it acceptable. protocol.md §4.2, §3.7 */
import { checkPublicKey } from '#crypto/agreement.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { completeGraph, type Graph } from '#crypto/graph.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { AttemptId } from '../job-id.ts';
import type { Draw } from '../manifests.ts';
import type { Enrolment, Signed } from '../messages.ts';
import { recoverTyped } from '../signature.ts';
import { typedDigest } from '../typed-digest.ts';
import { seatBitmap } from './bitmap.ts';
import type { Domain } from '../typed-data.ts';
import type { Address, Bytes32 } from '../units.ts';
import { rosterCommitment, sparseGraph } from './sparse.ts';

/** A member of U1; its index is its place in the list. */
export type Member = Readonly<{
  index: number;
  seat: number;
  operator: Address;
  channelKey: Uint8Array;
  maskKey: Uint8Array;
}>;

export type Roster = Readonly<{
  /** The root over the enrolments; of a sparse roster, what the escrow holds of it (§3.8). */
  root: Bytes32;
  /** n */
  size: number;
  /** By index. A client of a sparse roster knows itself and its neighbours: other places are empty. */
  members: readonly Member[];
  graph: Graph;
  /** Shares that restore a secret; in a complete graph confirmations that fix the survivors, too. */
  threshold: number;
  /** Null for the complete graph. */
  draw: Draw | null;
  /** Of those that are known, ascending. */
  enrolments: readonly Signed<Enrolment>[];
}>;

/** What makes a roster sparse: the draw of its graph, and how many seats the job has. */
export type Sparse = Readonly<{ draw: Draw; seats: number }>;

/** What every enrolment of an attempt must repeat. */
export type Expected = AttemptId &
  Readonly<{ model: Bytes32; recipe: Bytes32; terms: Bytes32; parameters: Bytes32 }>;

/** A seat as the chain holds it now. */
export type SeatFacts = Readonly<{ dataset: bigint; operator: Address; owner: Address }>;

/** Orders enrolments by seat and hashes them. The caller has checked them, or does so with `rosterFlaw`. */
export function buildRoster(
  domain: Domain,
  enrolments: readonly Signed<Enrolment>[],
  sparse: Sparse | null = null,
): Roster {
  const ordered = [...enrolments].sort((a, b) => a.message.seat - b.message.seat);
  const size = ordered.length;
  const members = ordered.map(({ message }, index) => memberOf(message, index));
  const tree = toHex(merkleRoot(rosterLeaves(domain, ordered))) as Bytes32;
  if (!sparse) {
    return rosterOn(completeGraph(size), { root: tree, size, members, draw: null, enrolments: ordered });
  }
  const { draw, seats } = sparse;
  const root = rosterCommitment(
    seatBitmap(
      members.map(({ seat }) => seat),
      seats,
    ),
    tree,
  );
  const attempt = ordered[0]?.message.attempt ?? 1;
  return rosterOn(sparseGraph(size, root, attempt, draw), { root, size, members, draw, enrolments: ordered });
}

export const rosterOn = (graph: Graph, of: Omit<Roster, 'graph' | 'threshold'>): Roster => ({
  ...of,
  graph,
  threshold: graph.threshold,
});

/** The leaves of the roster's tree: the enrolments' EIP-712 digests, in seat order. */
export const rosterLeaves = (domain: Domain, enrolments: readonly Signed<Enrolment>[]): Uint8Array[] =>
  enrolments.map(({ message }) => fromHex(typedDigest(domain, 'Enrolment', message)));

export const memberOf = (message: Enrolment, index: number): Member => ({
  index,
  seat: message.seat,
  operator: message.operator,
  channelKey: fromHex(message.channelKey),
  maskKey: fromHex(message.maskKey),
});

/** What is wrong with one enrolment, given the seat that the chain holds; null where nothing is. */
export function enrolmentFlaw(
  domain: Domain,
  envelope: Signed<Enrolment>,
  expected: Expected,
  seat: SeatFacts | undefined,
): Flaw | null {
  const { message } = envelope;
  const place = `seat ${message.seat}`;
  if (!seat) return flaw('enrolment/unknown-seat', `${place} is not a seat of job ${expected.job}`);
  if (
    message.job !== expected.job ||
    message.round !== expected.round ||
    message.attempt !== expected.attempt
  ) {
    return flaw('message/other-attempt', `${place} enrolled for another job, round or attempt`);
  }
  for (const term of ['model', 'recipe', 'terms', 'parameters'] as const) {
    if (message[term] !== expected[term]) {
      return flaw('enrolment/other-terms', `${place} enrolled for another ${term}`);
    }
  }
  if (message.operator !== seat.operator) {
    return flaw(
      'enrolment/wrong-operator',
      `${place} belongs to another operator key than ${message.operator}`,
    );
  }
  if (recoverTyped(domain, 'Enrolment', envelope) !== seat.operator) {
    return flaw('message/bad-signature', `${place}: the enrolment is not signed by the seat's operator`);
  }
  return keyFlaw(place, message.channelKey) ?? keyFlaw(place, message.maskKey);
}

/** One key that nobody can agree with would stop the whole cohort later. */
function keyFlaw(place: string, key: Bytes32): Flaw | null {
  try {
    checkPublicKey(fromHex(key));
    return null;
  } catch (error) {
    if (error instanceof TributaryError) return flaw(error.code, `${place}: ${error.message}`);
    throw error;
  }
}

/** What makes a roster unacceptable to a member or an auditor; null where nothing does. */
export function rosterFlaw(
  domain: Domain,
  enrolments: readonly Signed<Enrolment>[],
  expected: Expected,
  seats: readonly SeatFacts[],
): Flaw | null {
  if (enrolments.length < 3)
    return flaw('roster/too-small', `a roster needs 3 members, this one has ${enrolments.length}`);
  let last = -1;
  for (const envelope of enrolments) {
    const broken = enrolmentFlaw(domain, envelope, expected, seats[envelope.message.seat]);
    if (broken) return broken;
    if (envelope.message.seat <= last) return flaw('roster/order', 'seats must ascend, each at most once');
    last = envelope.message.seat;
  }
  return (
    repeated(
      'roster/duplicate-operator',
      enrolments.map(({ message }) => message.operator),
    ) ??
    repeated(
      'roster/duplicate-owner',
      enrolments.map(({ message }) => seats[message.seat]?.owner ?? ''),
    ) ??
    repeated(
      'roster/duplicate-key',
      enrolments.flatMap(({ message }) => [message.channelKey, message.maskKey]),
    )
  );
}

export function repeated(code: string, values: readonly string[]): Flaw | null {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) return flaw(code, `${value} stands in the roster twice`);
    seen.add(value);
  }
  return null;
}
