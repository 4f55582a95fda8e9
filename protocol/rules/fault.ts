/**
 * Whether a proof of fault holds: the dealer's own signatures, and t shares under its root that restore another secret
 * than it published. An honest dealer's shares lie on one polynomial, so no choice of them makes one. protocol.md §4.10
 */
import { fromHex } from '#crypto/bytes.ts';
import { verifyRevealed } from '#crypto/commitments.ts';
import { type Graph, holdersOf } from '#crypto/graph.ts';
import { isDealersLie, SecretRecovery } from '#crypto/recovery.ts';
import { decodeShare, type Share } from '#crypto/shamir.ts';
import { TributaryError } from '#crypto/error.ts';
import type { SparseTerms } from '../aggregation.ts';
import type { Fault } from '../fault.ts';
import { flaw, type Flaw } from '../flaw.ts';
import { contextOf, type AttemptId } from '../job-id.ts';
import type { Signed } from '../messages.ts';
import { signedBy } from '../signature.ts';
import { typedDigest } from '../typed-digest.ts';
import type { Domain, PrimaryType } from '../typed-data.ts';
import type { Address } from '../units.ts';
import type { Committed } from './committed.ts';
import { dealersGraph } from './fault-graph.ts';
import type { SeatFacts } from './roster.ts';

/** What a reader of a proof knows without it. */
export type FaultBasis = Readonly<{
  domain: Domain;
  id: AttemptId;
  /** All seats of the job, by the chain. */
  seats: readonly Pick<SeatFacts, 'operator'>[];
  /** By the job's terms. */
  sparse: SparseTerms | null;
  /** What the escrow holds of the attempt; null where it was not told of one. */
  committed: Committed | null;
}>;

/** Who is at fault, for a person: the seat, its operator, and the secret that it dealt falsely. */
export function culpritOf({ enrolment, kind }: Fault): string {
  const { seat, operator } = enrolment.message;
  return `operator ${operator} of seat ${seat} dealt false shares of its ${kind === 'seed' ? 'seed' : 'mask key'}`;
}

/** @returns null where the dealer is at fault; else why this proves nothing */
export function faultProven(basis: FaultBasis, fault: Fault): Flaw | null {
  const unsigned = signaturesFlaw(basis, fault);
  if (unsigned) return unsigned;
  const { message: enrolment } = fault.enrolment;
  const { message: shares } = fault.shares;
  const dealer = {
    ...shares,
    seat: enrolment.seat,
    enrolment: typedDigest(basis.domain, 'Enrolment', enrolment),
  };
  const graph = dealersGraph(basis, dealer, fault);
  if ('code' in graph) return graph;
  return openedFlaw(basis, fault, graph) ?? innocenceOf(basis, fault, graph);
}

function signaturesFlaw({ domain, id, seats }: FaultBasis, { enrolment, shares }: Fault): Flaw | null {
  const { seat, operator } = enrolment.message;
  const known = seats[seat]?.operator;
  if (!known) return flaw('enrolment/unknown-seat', `seat ${seat} is not a seat of job ${id.job}`);
  if (operator !== known) {
    return flaw('enrolment/wrong-operator', `seat ${seat} belongs to another operator key than ${operator}`);
  }
  return (
    signedFlaw(domain, id, known, 'Enrolment', enrolment) ?? signedFlaw(domain, id, known, 'Shares', shares)
  );
}

function signedFlaw(
  domain: Domain,
  { job, round, attempt }: AttemptId,
  operator: Address,
  type: PrimaryType,
  envelope: Signed<AttemptId>,
): Flaw | null {
  const { message } = envelope;
  if (message.job !== job || message.round !== round || message.attempt !== attempt) {
    return flaw('message/other-attempt', `the ${type} is for another job, round or attempt`);
  }
  return signedBy(operator, domain, type, envelope)
    ? null
    : flaw('message/bad-signature', `the ${type} is not signed by ${operator}`);
}

/** Exactly t shares of one kind, of holders in order, each the one that the dealer's root commits to. */
function openedFlaw({ domain, id }: FaultBasis, { shares, kind, opened }: Fault, graph: Graph): Flaw | null {
  const { member: dealer, shareRoot } = shares.message;
  if (opened.length !== graph.threshold) {
    return flaw(
      'fault/share-count',
      `${opened.length} shares are shown, ${graph.threshold} restore a secret`,
    );
  }
  const holders = holdersOf(graph, dealer);
  let last = -1;
  for (const { holder, y, other, path } of opened) {
    if (holder <= last) return flaw('fault/share-count', 'holders must ascend, each once');
    last = holder;
    const share = elementOf(y);
    const revealed = {
      dealer,
      holder,
      kind,
      share: share ?? 0n,
      otherCommitment: fromHex(other),
      path: path.map((node) => fromHex(node)),
    };
    const opens =
      share !== null && verifyRevealed(contextOf(domain, id), revealed, fromHex(shareRoot), holders);
    if (!opens) {
      return flaw(
        'fault/off-root',
        `the share of holder ${holder} is not the one that its dealer committed to`,
      );
    }
  }
  return null;
}

/** Null where the shares restore something else than the dealer published. */
function innocenceOf({ domain, id }: FaultBasis, fault: Fault, { threshold }: Graph): Flaw | null {
  const { shares, enrolment, kind, opened } = fault;
  const { member, seedDigest } = shares.message;
  const points: Share[] = opened.map(({ holder, y }) => ({ x: holder + 1, y: decodeShare(fromHex(y)) }));
  const recovery = new SecretRecovery(contextOf(domain, id), threshold);
  try {
    if (kind === 'seed') recovery.seed(member, points, fromHex(seedDigest));
    else recovery.maskSecret(member, points, fromHex(enrolment.message.maskKey));
  } catch (error) {
    if (isDealersLie(error)) return null;
    throw error;
  }
  return flaw('fault/none', `member ${member}'s shares restore what it published: it did nothing wrong`);
}

/** Null for what is no element of the field, even if the dealer committed to it. */
function elementOf(y: string): bigint | null {
  try {
    return decodeShare(fromHex(y));
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'shamir/share-out-of-range') return null;
    throw error;
  }
}
