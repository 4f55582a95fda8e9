/** Receiving: opens what others dealt, and says once, signed, whose shares it can't open. protocol.md §4.11 */
import type { ViewOf } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { Shares, Signed } from '#protocol/messages.ts';
import { listFlaw } from '#protocol/rules/phase-messages.ts';
import { unopenedBitmap } from '#protocol/rules/received.ts';
import { membersDigest, sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import { deliver, isAcknowledged, sign, type Attempt } from '../attempt.ts';
import { isFlaw, membershipIn, type Membership } from './membership.ts';
import { heldShares } from './received.ts';

export const receive = (attempt: Attempt, { roster, sharers }: ViewOf<'receiving'>): Promise<Flaw | null> =>
  receiveAmong(attempt, sharers, () => membershipIn(attempt, roster));

/**
 * @param shares all that were dealt, as far as this client sees them
 * @param accept checks the roster that the coordinator shows, of either graph
 */
export async function receiveAmong(
  attempt: Attempt,
  shares: readonly Signed<Shares>[],
  accept: () => Promise<Membership | Flaw>,
): Promise<Flaw | null> {
  if (isAcknowledged(attempt, 'received')) return null;
  if (!attempt.record.decided('received')) {
    const membership = await accept();
    if (isFlaw(membership)) return membership;
    const broken = listFlaw(membership.frame, 'Shares', shares);
    if (broken) return broken;
    await journalReceipt(attempt, membership, shares);
  }
  const envelope = attempt.record.decided('received');
  if (envelope) await deliver(attempt, 'received', () => attempt.api.receive(attempt.id, envelope));
  return null;
}

/** Not what it learned of a share, only whether it holds one that opens. */
async function journalReceipt(
  attempt: Attempt,
  membership: Membership,
  shares: readonly Signed<Shares>[],
): Promise<void> {
  const { roster, member } = membership;
  const held = new Set((await heldShares(attempt, membership, shares)).map(({ dealer }) => dealer));
  const near = sharersNear(roster, member, sharersOf(shares));
  const unopened = near.indices.filter((dealer) => dealer !== member && !held.has(dealer));
  attempt.record.decide(
    'received',
    sign(attempt, 'Received', {
      ...attempt.id,
      member,
      roster: roster.root,
      sharers: membersDigest(near),
      unopened: unopenedBitmap(unopened, roster.size),
    }),
  );
}
