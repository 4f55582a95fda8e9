/** A dealer's commitments to its seed and to every share it deals, and revealed shares held against them. protocol.md §3.6 */
import { platform } from '#platform';

import { concat, lp, u32, utf8 } from './bytes.ts';
import { type Context, encodeContext } from './context.ts';
import { isElement } from './field.ts';
import type { MemberSet } from './members.ts';
import { verifyPath } from './merkle.ts';
import { encodeShare } from './shamir.ts';

/** A dealer's share of its self seed, or of its mask private key. */
export type ShareKind = 'seed' | 'mask';

/** The two shares that one dealer gave one holder, and the way to them in the dealer's share tree. */
export type HeldShare = Readonly<{
  dealer: number;
  holder: number;
  /** The share of the dealer's self seed, a field element. */
  seed: bigint;
  /** The share of the dealer's mask private key, a field element. */
  mask: bigint;
  /** From the holder's leaf up, 32 bytes a level. */
  path: readonly Uint8Array[];
}>;

/** One of the two shares, with what it takes to check it against the dealer's root: not the other share. */
export type RevealedShare = Readonly<{
  dealer: number;
  holder: number;
  kind: ShareKind;
  share: bigint;
  /** The commitment to the share that stays hidden, 32 bytes. */
  otherCommitment: Uint8Array;
  path: readonly Uint8Array[];
}>;

/** `H(lp("seed") ‖ ctx ‖ u32(dealer) ‖ seed)` */
export function seedDigest(context: Context, dealer: number, seed: Uint8Array): Uint8Array {
  return platform.sha256(lp(utf8('seed')), encodeContext(context), u32(dealer), seed);
}

/** The commitment to one share: a share has 256 bits of entropy, so it needs no salt. */
export function shareCommitment(
  context: Context,
  kind: ShareKind,
  dealer: number,
  holder: number,
  share: bigint,
): Uint8Array {
  const place = concat(lp(utf8(`share/${kind}`)), encodeContext(context), u32(dealer), u32(holder));
  return platform.sha256(place, encodeShare(share));
}

/** The data of a holder's leaf in the dealer's share tree: `cSeed ‖ cMask`. It names the holder, too. */
export function shareLeaf(context: Context, held: Omit<HeldShare, 'path'>): Uint8Array {
  const { dealer, holder, seed, mask } = held;
  return concat(
    shareCommitment(context, 'seed', dealer, holder, seed),
    shareCommitment(context, 'mask', dealer, holder, mask),
  );
}

/**
 * Whether both shares are the ones that the dealer's root commits to for this holder.
 * @param holders all to whom the dealer deals: a holder's leaf stands at its rank among them
 */
export function isCommitted(
  context: Context,
  held: HeldShare,
  shareRoot: Uint8Array,
  holders: MemberSet,
): boolean {
  return isLeaf(shareLeaf(context, held), held, shareRoot, holders);
}

/** Takes the one share out of a pair that may be shown, and the commitment to the one that may not. */
export function revealShare(context: Context, held: HeldShare, kind: ShareKind): RevealedShare {
  const { dealer, holder, path } = held;
  const other = kind === 'seed' ? 'mask' : 'seed';
  const otherCommitment = shareCommitment(context, other, dealer, holder, held[other]);
  return { dealer, holder, kind, share: held[kind], otherCommitment, path };
}

/**
 * Whether a revealed share is the one that the dealer's root commits to for its holder. False for a value outside
 * the field, even if a dealer committed to it.
 * @param holders as for `isCommitted`
 */
export function verifyRevealed(
  context: Context,
  revealed: RevealedShare,
  shareRoot: Uint8Array,
  holders: MemberSet,
): boolean {
  const { dealer, holder, kind, share, otherCommitment } = revealed;
  if (!isElement(share)) return false;
  const own = shareCommitment(context, kind, dealer, holder, share);
  const leaf = kind === 'seed' ? concat(own, otherCommitment) : concat(otherCommitment, own);
  return isLeaf(leaf, revealed, shareRoot, holders);
}

function isLeaf(
  leaf: Uint8Array,
  { holder, path }: Pick<HeldShare, 'holder' | 'path'>,
  shareRoot: Uint8Array,
  holders: MemberSet,
): boolean {
  const rank = holders.rankOf(holder);
  return rank !== undefined && verifyPath(leaf, rank, holders.size, path, shareRoot);
}
