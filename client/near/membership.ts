/** A sparse roster as this client accepts it, once: held against the chain, its neighbours proven. protocol.md §3.8, §4.9 */
import type { Neighbourhood } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Draw } from '#protocol/manifests.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { neighbourhoodFlaw, rosterFrom } from '#protocol/rules/neighbourhood.ts';
import { degreeFor, isSparse, rosterCommitment, unsafeFlaw } from '#protocol/rules/sparse.ts';
import type { Attempt } from '../attempt.ts';
import {
  changedRoster,
  isFlaw,
  minimumFlaw,
  ownEnrolmentFlaw,
  type Membership,
} from '../steps/membership.ts';

/**
 * The client's membership by the neighbourhood that the coordinator shows. The first that passes every check is
 * journalled with the graph that was drawn for it; from then on it is the only one.
 */
export async function nearMembershipIn(attempt: Attempt, shown: Neighbourhood): Promise<Membership | Flaw> {
  const { record, job, expected, seat } = attempt;
  const own = record.decided('enrolment');
  if (!own) return flaw('roster/not-enrolled', 'this client did not enrol in the attempt');
  const accepted = record.decided('neighbourhood');
  if (accepted) {
    const same = accepted.shown.tree === shown.tree && accepted.shown.seats === shown.seats;
    return same ? placeIn(attempt, accepted.shown, accepted.draw) : changedRoster;
  }
  if (record.decided('roster')) return changedRoster;

  const enrolled = seatsOf(shown.seats);
  const member = enrolled.indexOf(seat);
  if (member < 0) return flaw('roster/left-out', 'the coordinator left this client out of the roster');
  const draw = await drawFor(attempt, shown, enrolled.length);
  if (isFlaw(draw)) return draw;
  const roster = rosterFrom(shown, attempt.id.attempt, draw);
  const seats = await attempt.readSeats();
  const broken =
    neighbourhoodFlaw(job.id, shown, roster, member, expected, seats) ??
    ownEnrolmentFlaw(roster.enrolments, own) ??
    minimumFlaw(job.manifest.minimumCohort, roster.size) ??
    attempt.cohortFlaw(enrolled.map((one) => seats[one]).filter((one) => one !== undefined));
  if (broken) return broken;

  record.decide('neighbourhood', { shown, draw });
  return placeIn(attempt, shown, draw);
}

function placeIn({ job, id, seat }: Attempt, shown: Neighbourhood, draw: Draw): Membership {
  const roster = rosterFrom(shown, id.attempt, draw);
  return { frame: { domain: job.id, id, roster }, roster, member: seatsOf(shown.seats).indexOf(seat) };
}

/** The graph of a roster that the escrow holds, from randomness that its block fixed: by this client's own RPC. */
async function drawFor(attempt: Attempt, { seats, tree }: Neighbourhood, n: number): Promise<Draw | Flaw> {
  const { sparse } = attempt.job;
  if (!isSparse(sparse, n)) {
    return flaw('graph/not-sparse', `a roster of ${n} uses the complete graph under these terms`);
  }
  const unsafe = unsafeFlaw(n, sparse);
  if (unsafe) return unsafe;
  const { outcome, roster, seedBlock } = await attempt.readAttempt(attempt.id);
  if (outcome === 'none') {
    return flaw('roster/not-final', 'the roster is not on chain yet, or not deep enough to be believed');
  }
  if (roster !== rosterCommitment(seats, tree)) {
    return flaw('roster/not-on-chain', 'the coordinator shows another roster than the escrow holds');
  }
  if (outcome === 'aborted') return flaw('roster/aborted', 'the escrow holds that this attempt is aborted');
  const randao = await attempt.readSeed(seedBlock);
  return randao === null
    ? flaw('graph/not-drawn', `block ${seedBlock}, which draws the graph, is not deep enough yet`)
    : { ...degreeFor(n, sparse), seedBlock, randao };
}
