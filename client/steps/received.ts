/** The shares that others dealt to this client: opened, checked, and a bad dealer's withheld. protocol.md §3.6 */
import { fromHex } from '#crypto/bytes.ts';
import { isCommitted, type HeldShare } from '#crypto/commitments.ts';
import { holdersOf } from '#crypto/graph.ts';
import { openShare } from '#crypto/sharing.ts';
import type { Delivery } from '#protocol/attempt-view.ts';
import type { Shares, Signed } from '#protocol/messages.ts';
import { bindingFor, type Attempt } from '../attempt.ts';
import { heldShareText } from '../journal/secrets.ts';
import type { Membership } from './membership.ts';
import { ephemeralKeys } from './share.ts';

/**
 * Every share that this client holds of the sharers, its own share of its own secrets included, ascending. What is
 * not journalled yet is fetched; a share that does not open or is off its dealer's root is left out, and said so.
 */
export async function heldShares(
  attempt: Attempt,
  membership: Membership,
  sharers: readonly Signed<Shares>[],
): Promise<HeldShare[]> {
  const own = attempt.record.secret('sharing')?.own;
  const kept = attempt.record.secret('received') ?? [];
  const known = new Set([membership.member, ...kept.map(({ dealer }) => dealer)]);
  const missing = sharers.filter(({ message }) => !known.has(message.member));
  const opened =
    missing.length === 0
      ? []
      : openDeliveries(
          attempt,
          membership,
          missing,
          await attempt.api.deliveries(attempt.id, membership.member),
        );
  if (opened.length > 0) {
    attempt.record.keep('received', [...kept, ...opened].map(heldShareText));
  }
  const held = [...(own ? [own] : []), ...kept, ...opened];
  return sharers
    .map(({ message }) => committed(attempt, membership, message, held))
    .filter((share) => share !== undefined);
}

/** The share of a dealer, if it is the one that the dealer's root, as shown now, commits to. */
function committed(
  attempt: Attempt,
  { roster }: Membership,
  { member, shareRoot }: Shares,
  held: readonly HeldShare[],
): HeldShare | undefined {
  const { context } = bindingFor(attempt, roster);
  return held.find(
    (share) =>
      share.dealer === member &&
      isCommitted(context, share, fromHex(shareRoot), holdersOf(roster.graph, member)),
  );
}

function openDeliveries(
  attempt: Attempt,
  { roster, member }: Membership,
  dealers: readonly Signed<Shares>[],
  deliveries: readonly Delivery[],
): HeldShare[] {
  const keys = ephemeralKeys(attempt);
  if (!keys) return [];
  const held: HeldShare[] = [];
  for (const { message } of dealers) {
    const delivery = deliveries.find(({ dealer }) => dealer === message.member);
    const share = delivery
      ? openShare({
          binding: bindingFor(attempt, roster),
          dealer: message.member,
          holder: member,
          channelSecret: keys.channel,
          roster: roster.members,
          holders: holdersOf(roster.graph, message.member),
          ciphertext: fromHex(delivery.ciphertext),
          shareRoot: fromHex(message.shareRoot),
        })
      : 'share/not-delivered';
    if (typeof share === 'string') {
      attempt.log.warn({ dealer: message.member, code: share }, 'withholding the share of this dealer');
    } else {
      held.push(share);
    }
  }
  return held;
}
