/**
 * Confirming in a sparse attempt: each survivor says that it may be opened in this very U3. Those who don't are left out,
 * and the others asked again of the smaller set; nothing of it binds before the escrow holds one of them. protocol.md §4.9
 */
import type { NearViewOf, SurvivorsProof } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Shares, Signed } from '#protocol/messages.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { nearSharesFlaw, shownRoot, survivorsIn, survivorsProofFlaw } from '#protocol/rules/neighbourhood.ts';
import { membersDigest, sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import { deliver, sign, type Attempt } from '../attempt.ts';
import { ownInput } from '../steps/mask.ts';
import { isFlaw, type Membership } from '../steps/membership.ts';
import { nearMembershipIn } from './membership.ts';

export async function confirmNear(attempt: Attempt, view: NearViewOf<'confirming'>): Promise<Flaw | null> {
  const membership = await nearMembershipIn(attempt, view.roster);
  if (isFlaw(membership)) return membership;
  const { roster, member } = membership;
  const { api, id } = attempt;
  // It is one of those that were lost: there is nothing to confirm.
  if (!survivorsIn(view.inputs).has(member)) return null;

  const survivors = shownRoot(roster, view.inputs);
  const broken = await nearSurvivalFlaw(attempt, membership, view.sharers, view.inputs);
  if (broken) {
    const abort = sign(attempt, 'Abort', { ...id, member, roster: roster.root, reason: broken.code });
    await deliver(attempt, `abort of ${survivors}`, () => api.abort(id, abort));
    return broken;
  }
  const sharers = membersDigest(sharersNear(roster, member, sharersOf(view.sharers)));
  const confirm = sign(attempt, 'Confirm', { ...id, member, roster: roster.root, sharers, survivors });
  await deliver(attempt, `confirm of ${survivors}`, () => api.confirm(id, confirm));
  return null;
}

/** What a client demands of U3 before it lets anyone open the sum of it; of a U3 without it, that it is one. */
export async function nearSurvivalFlaw(
  attempt: Attempt,
  { frame, roster, member }: Membership,
  sharers: readonly Signed<Shares>[],
  shown: SurvivorsProof,
): Promise<Flaw | null> {
  const own = ownInput(attempt)?.envelope.message;
  const near = sharersNear(roster, member, sharersOf(sharers));
  const broken =
    nearSharesFlaw(frame, member, sharers) ??
    (own && own.sharers !== membersDigest(near)
      ? flaw('sharers/changed', 'the coordinator shows other sharers than this client masked for')
      : null) ??
    survivorsProofFlaw(frame, member, near, shown, own?.inputRoot ?? null);
  const survivors = survivorsIn(shown);
  if (broken || !survivors.has(member)) return broken;

  const enrolled = seatsOf(attempt.record.decided('neighbourhood')?.shown.seats ?? '0x');
  const seats = await attempt.readSeats();
  const cohort = survivors.indices.map((index) => seats[enrolled[index] ?? -1]);
  return attempt.cohortFlaw(cohort.filter((seat) => seat !== undefined));
}
