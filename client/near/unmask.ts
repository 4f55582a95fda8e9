/** Unmasking and attesting in a sparse attempt: only of the survivors that the escrow holds, each of whom confirmed it. protocol.md §4.9 */
import type { NearViewOf } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import { nearConfirmationsFlaw, nearDigest, shownRoot, survivorsIn } from '#protocol/rules/neighbourhood.ts';
import { sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Attempt } from '../attempt.ts';
import { attestTo } from '../steps/attest.ts';
import { isFlaw, type Membership } from '../steps/membership.ts';
import { unmaskAmong } from '../steps/unmask.ts';
import { nearSurvivalFlaw } from './confirm.ts';
import { nearMembershipIn } from './membership.ts';

export const attestNear = (
  attempt: Attempt,
  { proposal, roster, inputs }: NearViewOf<'settling'>,
): Promise<Flaw | null> =>
  attestTo(attempt, proposal, async () => {
    const membership = await nearMembershipIn(attempt, roster);
    return isFlaw(membership) ? membership : { membership, survivors: shownRoot(membership.roster, inputs) };
  });

export async function unmaskNear(attempt: Attempt, view: NearViewOf<'unmasking'>): Promise<Flaw | null> {
  const membership = await nearMembershipIn(attempt, view.roster);
  if (isFlaw(membership)) return membership;
  const { roster, member } = membership;
  const survivors = shownRoot(roster, view.inputs);
  const sharers = nearDigest(roster, member, view.sharers);
  return unmaskAmong(
    attempt,
    view.sharers,
    survivorsIn(view.inputs),
    { sharers, survivors },
    async () => (await agreedFlaw(attempt, membership, view, survivors)) ?? membership,
  );
}

/** The escrow holds these survivors, for ever; this client is content with them; so is each neighbour among them. */
async function agreedFlaw(
  attempt: Attempt,
  membership: Membership,
  { sharers, inputs, confirmations }: NearViewOf<'unmasking'>,
  survivors: Bytes32,
): Promise<Flaw | null> {
  const { frame, roster, member } = membership;
  const near = sharersNear(roster, member, sharersOf(sharers));
  return (
    (await outcomeFlaw(attempt, survivors)) ??
    (await nearSurvivalFlaw(attempt, membership, sharers, inputs)) ??
    nearConfirmationsFlaw(frame, member, near, inputs, confirmations)
  );
}

async function outcomeFlaw(attempt: Attempt, shown: Bytes32): Promise<Flaw | null> {
  const { outcome, survivors } = await attempt.readAttempt(attempt.id);
  switch (outcome) {
    case 'survivors':
      return survivors === shown
        ? null
        : flaw('outcome/other-survivors', 'the coordinator shows other survivors than the escrow holds');
    case 'aborted':
      return flaw('unmask/aborted', 'the escrow holds that this attempt is aborted: nothing of it is opened');
    case 'none':
    case 'committed':
      return flaw(
        'outcome/not-final',
        'the escrow holds no survivors yet, or not deep enough to be believed',
      );
    default:
      return outcome satisfies never;
  }
}
