/** Unmasking: members reveal one share a sharer, until every secret can be restored. protocol.md §4.6 */
import { verifyRevealed } from '#crypto/commitments.ts';
import { holdersOf } from '#crypto/graph.ts';
import { fromHex } from '#crypto/bytes.ts';
import { decodeShare } from '#crypto/shamir.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Fault } from '#protocol/fault.ts';
import { contextOf } from '#protocol/job-id.ts';
import type {
  RevealedShare,
  Signed,
  Unmasking as UnmaskingMessage,
  UnmaskingUpload,
} from '#protocol/messages.ts';
import { survivorsOf } from '#protocol/rules/survivors.ts';
import { revealedDigest } from '#protocol/rules/revealed.ts';
import type { Seconds } from '#protocol/units.ts';
import { idOf, refuse, type Refusal, type WithConfirmations } from './base.ts';
import { fail, type Failed } from './failed.ts';
import { agreedRootOf, rosterOf } from './frame.ts';
import { propose, type Attesting, type Result } from './settling.ts';
import { byMember, inserted } from './slots.ts';

/** A member's message, and the dealers of whom it revealed a share; the shares are kept beside the state. */
export type Revealed = Signed<UnmaskingMessage> & Readonly<{ dealers: readonly number[] }>;

export type Unmasking = WithConfirmations &
  Readonly<{
    phase: 'unmasking';
    /** By ascending member. */
    unmaskings: readonly Revealed[];
  }>;

export function onUnmasking(state: Unmasking, upload: UnmaskingUpload): Unmasking | Refusal {
  const { message, signature, shares } = upload;
  if (message.survivors !== agreedRootOf(state)) {
    return refuse(
      'unmasking/other-survivors',
      `member ${message.member} speaks of other survivors than were confirmed`,
    );
  }
  if (message.shares !== revealedDigest(shares)) {
    return refuse('unmasking/other-shares', `member ${message.member} signed other shares than it sent`);
  }
  const broken = listFlaw(state, message.member, shares);
  if (broken) return broken;
  const revealed = { message, signature, dealers: shares.map(({ member }) => member) };
  return { ...state, unmaskings: inserted(state.unmaskings, revealed, byMember) };
}

/** Whether t shares of every sharer's secret are here; of one whose neighbours are all lost, too. */
export function canAggregate(state: Unmasking): boolean {
  const { threshold, size } = rosterOf(state);
  if (state.unmaskings.length < threshold) return false;
  const counts = new Uint16Array(size);
  for (const { dealers } of state.unmaskings) {
    for (const dealer of dealers) counts[dealer] = (counts[dealer] ?? 0) + 1;
  }
  return state.shares.every((shares) => (counts[byMember(shares)] ?? 0) >= threshold);
}

/** The sum is made and everything that follows from it is stored. */
export const onAggregated = (state: Unmasking, result: Result, now: Seconds): Attesting =>
  propose(state, result, now);

/** A dealer lied: no sum can be made, and everyone can see why. */
export const onFault = (state: Unmasking, reason: string, fault: Fault): Failed => fail(state, reason, fault);

/** The sum is none of honest inputs. */
export const onFailed = (state: Unmasking, reason: string): Failed => fail(state, reason);

function listFlaw(state: Unmasking, holder: number, shares: readonly RevealedShare[]): Refusal | null {
  const survivors = survivorsOf(state.inputs);
  const dealers = new Map(state.shares.map((entry) => [byMember(entry), entry.message]));
  let last = -1;
  for (const share of shares) {
    const dealer = dealers.get(share.member);
    const place = `member ${holder}'s share of member ${share.member}`;
    if (!dealer) return refuse('unmasking/not-a-sharer', `${place}: only sharers' secrets are opened`);
    if (share.member <= last) return refuse('unmasking/order', 'shares must ascend by member, each once');
    last = share.member;
    if ((share.kind === 'seed') !== survivors.has(share.member)) {
      return refuse('unmasking/wrong-kind', `${place}: of survivors the seed, of dropouts the mask secret`);
    }
    if (!isCommitted(state, holder, share, fromHex(dealer.shareRoot))) {
      return refuse('unmasking/off-root', `${place} is not what its dealer committed to: withhold it`);
    }
  }
  return null;
}

function isCommitted(state: Unmasking, holder: number, share: RevealedShare, root: Uint8Array): boolean {
  try {
    const revealed = {
      dealer: share.member,
      holder,
      kind: share.kind,
      share: decodeShare(fromHex(share.y)),
      otherCommitment: fromHex(share.other),
      path: share.path.map((node) => fromHex(node)),
    };
    const context = contextOf(state.rules.domain, idOf(state));
    return verifyRevealed(context, revealed, root, holdersOf(rosterOf(state).graph, share.member));
  } catch (error) {
    if (error instanceof TributaryError) return false;
    throw error;
  }
}
