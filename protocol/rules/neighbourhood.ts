/**
 * A sparse attempt as one member sees it: its neighbours with proofs, and two bits for everyone else. What is checked
 * here takes as many signatures and hashes as there are neighbours, however large the roster is. protocol.md §3.8, §4.9
 */
import { fromHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { verifyPath } from '#crypto/merkle.ts';
import type { Neighbourhood, SurvivorsProof } from '../attempt-view.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { Draw } from '../manifests.ts';
import type { Confirm, Shares, Signed } from '../messages.ts';
import { typedDigest } from '../typed-digest.ts';
import type { Domain } from '../typed-data.ts';
import type { Bytes32 } from '../units.ts';
import { seatsOf } from './bitmap.ts';
import { listFlaw, memberFlaw, type Frame } from './phase-messages.ts';
import {
  enrolmentFlaw,
  memberOf,
  repeated,
  rosterOn,
  type Expected,
  type Member,
  type Roster,
  type SeatFacts,
} from './roster.ts';
import { rosterCommitment, sparseGraph, survivorsCommitment } from './sparse.ts';
import { inputLeaf, membersDigest, sharersNear, sharersOf } from './survivors.ts';

/** The roster as far as a neighbourhood shows it; `neighbourhoodFlaw` says whether it holds. */
export function rosterFrom(shown: Neighbourhood, attempt: number, draw: Draw): Roster {
  const root = rosterCommitment(shown.seats, shown.tree);
  const size = seatsOf(shown.seats).length;
  const members: Member[] = [];
  members.length = size;
  for (const { member, envelope } of shown.members) members[member] = memberOf(envelope.message, member);
  const enrolments = shown.members.map(({ envelope }) => envelope);
  return rosterOn(sparseGraph(size, root, attempt, draw), { root, size, members, draw, enrolments });
}

/**
 * What makes a sparse roster unacceptable to its member `own`. Whether the escrow holds its root, and the graph's
 * randomness, are the caller's to check.
 *
 * @param seats all seats of the job, by the chain
 */
export function neighbourhoodFlaw(
  domain: Domain,
  shown: Neighbourhood,
  roster: Roster,
  own: number,
  expected: Expected,
  seats: readonly SeatFacts[],
): Flaw | null {
  const enrolled = seatsOf(shown.seats);
  const wanted = holdersOf(roster.graph, own);
  if (shown.members.map(({ member }) => member).join() !== wanted.indices.join()) {
    return flaw('roster/other-neighbours', `the coordinator shows other neighbours than the graph gives`);
  }
  for (const { member, envelope, path } of shown.members) {
    const { seat } = envelope.message;
    if (enrolled[member] !== seat) {
      return flaw('roster/order', `member ${member} is seat ${String(enrolled[member])}, not seat ${seat}`);
    }
    const broken = enrolmentFlaw(domain, envelope, expected, seats[seat]);
    if (broken) return broken;
    const leaf = fromHex(typedDigest(domain, 'Enrolment', envelope.message));
    if (
      !verifyPath(
        leaf,
        member,
        roster.size,
        path.map((node) => fromHex(node)),
        fromHex(shown.tree),
      )
    ) {
      return flaw('roster/off-root', `the enrolment of member ${member} is not in the roster's tree`);
    }
  }
  const known = enrolled.map((seat) => seats[seat]).filter((seat) => seat !== undefined);
  if (known.length < enrolled.length)
    return flaw('enrolment/unknown-seat', 'the roster has seats the job has not');
  return (
    repeated(
      'roster/duplicate-operator',
      known.map(({ operator }) => operator),
    ) ??
    repeated(
      'roster/duplicate-owner',
      known.map(({ owner }) => owner),
    ) ??
    repeated(
      'roster/duplicate-key',
      roster.enrolments.flatMap(({ message }) => [message.channelKey, message.maskKey]),
    )
  );
}

/** U2 near `own`: sound shares of neighbours and itself, of at least t neighbours. */
export function nearSharesFlaw(frame: Frame, own: number, shares: readonly Signed<Shares>[]): Flaw | null {
  const { roster } = frame;
  const broken = listFlaw(frame, 'Shares', shares);
  if (broken) return broken;
  const near = sharersNear(roster, own, sharersOf(shares));
  const neighbours = near.has(own) ? near.size - 1 : near.size;
  return neighbours < roster.graph.threshold
    ? flaw('sharers/too-few', `${neighbours} neighbours share, ${roster.graph.threshold} are needed`)
    : null;
}

/** The survivors that a proof speaks of. @throws TributaryError `bytes/hex` never: the schema has seen to it */
export const survivorsIn = ({ members }: SurvivorsProof): MemberSet => memberSet(seatsOf(members));

/** What a `Confirm` of these survivors signs, and the escrow is told. */
export const shownRoot = (roster: Roster, { members, tree }: SurvivorsProof): Bytes32 =>
  survivorsCommitment(roster.root, members, tree);

/**
 * U3 as a proof shows it: inside the roster; and where `own` is in it, with the input that it sent, and with at least t
 * of the neighbours that it masked with.
 *
 * @param sent the root of the input that `own` sent; null where it sent none
 */
export function survivorsProofFlaw(
  frame: Frame,
  own: number,
  near: MemberSet,
  shown: SurvivorsProof,
  sent: Bytes32 | null,
): Flaw | null {
  const { roster } = frame;
  const survivors = survivorsIn(shown);
  const last = survivors.indices.at(-1) ?? -1;
  if (fromHex(shown.members).length !== Math.ceil(roster.size / 8) || last >= roster.size) {
    return flaw('survivors/not-members', 'the survivors are not members of this roster');
  }
  // Whoever survives shared: else some would mask with a neighbour that others were told is gone, and sums come apart.
  const unseen = roster.graph
    .neighboursOf(own)
    .indices.find((peer) => survivors.has(peer) && !near.has(peer));
  if (unseen !== undefined) {
    return flaw('survivors/not-sharers', `neighbour ${unseen} survives, and was not shown among the sharers`);
  }
  if (!survivors.has(own)) return null;
  const alive = near.indices.filter((index) => index !== own && survivors.has(index)).length;
  const { threshold } = roster.graph;
  if (alive < threshold) {
    return flaw('survivors/cut-off', `${alive} neighbours are left, ${threshold} are needed`);
  }
  const leaf = sent && inputLeaf({ member: own, inputRoot: sent });
  const path = (shown.path ?? []).map((node) => fromHex(node));
  const place = survivors.indices.indexOf(own);
  return leaf && verifyPath(leaf, place, survivors.size, path, fromHex(shown.tree))
    ? null
    : flaw('survivors/own-input', 'the coordinator shows another input of this client than it sent');
}

/** Every neighbour that survives has confirmed this very U3. */
export function nearConfirmationsFlaw(
  frame: Frame,
  own: number,
  near: MemberSet,
  shown: SurvivorsProof,
  confirmations: readonly Signed<Confirm>[],
): Flaw | null {
  const root = shownRoot(frame.roster, shown);
  const survivors = survivorsIn(shown);
  for (const member of near.indices.filter((index) => index !== own && survivors.has(index))) {
    const envelope = confirmations.find(({ message }) => message.member === member);
    if (!envelope) return flaw('confirm/too-few', `neighbour ${member} has not confirmed these survivors`);
    const broken = memberFlaw(frame, 'Confirm', envelope);
    if (broken) return broken;
    if (envelope.message.survivors !== root) {
      return flaw('confirm/other-survivors', `neighbour ${member} confirmed another set`);
    }
  }
  return null;
}

/** The digest of the sharers that a member masks with, as its `Input` signs it. */
export const nearDigest = (roster: Roster, own: number, shares: readonly Signed<Shares>[]): Bytes32 =>
  membersDigest(sharersNear(roster, own, sharersOf(shares)));
