/** The graph that an accused dealer dealt on: of the very roster that its `Shares` signs. protocol.md §4.10, §3.7, §3.8 */
import { fromHex, toHex } from '#crypto/bytes.ts';
import { completeGraph, type Graph } from '#crypto/graph.ts';
import { merkleRoot, verifyPath } from '#crypto/merkle.ts';
import type { SparseTerms } from '../aggregation.ts';
import type { Fault } from '../fault.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { Bytes32 } from '../units.ts';
import { seatsOf } from './bitmap.ts';
import { type Committed, drawnFlaw } from './committed.ts';
import { drawFlaw, isSparse, LARGEST_SPARSE, rosterCommitment, sparseGraph } from './sparse.ts';

/** The graph by the job's terms, and by what the escrow holds of the attempt: null where it was not told of one. */
type Basis = Readonly<{ sparse: SparseTerms | null; committed: Committed | null }>;

/** Where the dealer stands: what it signed, its seat, and the digest of its enrolment. */
type Dealer = Readonly<{
  roster: Bytes32;
  attempt: number;
  member: number;
  seat: number;
  enrolment: Bytes32;
}>;
type SparseRoster = Extract<Fault['roster'], { graph: 'sparse' }>;

/** How many members there are decides on the threshold: so it is taken from nothing but the root. */
export function dealersGraph(basis: Basis, dealer: Dealer, { roster }: Pick<Fault, 'roster'>): Graph | Flaw {
  return roster.graph === 'complete'
    ? completeOf(basis, dealer, roster.enrolments)
    : sparseOf(basis, dealer, roster);
}

function completeOf({ sparse }: Basis, dealer: Dealer, enrolments: readonly Bytes32[]): Graph | Flaw {
  const n = enrolments.length;
  if (isSparse(sparse, n)) {
    return flaw('graph/other-parameters', `a roster of ${n} uses the sparse graph under these terms`);
  }
  if (toHex(merkleRoot(enrolments.map((digest) => fromHex(digest)))) !== dealer.roster) return otherRoster;
  return enrolments[dealer.member] === dealer.enrolment ? completeGraph(n) : otherDealer;
}

function sparseOf({ sparse, committed }: Basis, dealer: Dealer, shown: SparseRoster): Graph | Flaw {
  const { seats, tree, path, draw } = shown;
  const root = rosterCommitment(seats, tree);
  if (root !== dealer.roster) return otherRoster;
  const enrolled = seatsOf(seats);
  const n = enrolled.length;
  const nodes = path.map((node) => fromHex(node));
  const stands =
    n <= LARGEST_SPARSE &&
    enrolled[dealer.member] === dealer.seat &&
    verifyPath(fromHex(dealer.enrolment), dealer.member, n, nodes, fromHex(tree));
  if (!stands) return otherDealer;
  if (!committed) return flaw('roster/not-on-chain', 'the escrow holds nothing of this attempt');
  // The chain first: parameters are computed only for a roster that was one.
  return (
    drawnFlaw(root, draw, committed) ??
    drawFlaw(n, sparse, draw) ??
    sparseGraph(n, root, dealer.attempt, draw)
  );
}

const otherRoster = flaw(
  'message/other-roster',
  'the roster that is shown is not the one that the shares are for',
);
const otherDealer = flaw('fault/other-dealer', 'the shares are of another member than the enrolment');
