/** Dealing a member's seed and mask key among its holders, and opening what others dealt. protocol.md §3.6 */
import { platform } from '#platform';

import {
  type Binding,
  channelInfo,
  type MemberKeys,
  type OwnParty,
  type Party,
  receivingKey,
  sendingKeys,
} from './agreement.ts';
import { concat } from './bytes.ts';
import { type HeldShare, isCommitted, seedDigest, shareLeaf } from './commitments.ts';
import { TributaryError } from './error.ts';
import { ELEMENT_LENGTH } from './field.ts';
import { type Graph, holdersOf } from './graph.ts';
import type { MemberSet } from './members.ts';
import { merklePaths, merkleRoot } from './merkle.ts';
import type { Rng } from './random.ts';
import type { Secret } from './secret.ts';
import { decodeShare, encodeShare, splitAmong } from './shamir.ts';

/** What a dealer signs, sends and keeps. */
export type DealtShares = Readonly<{
  /** 32 bytes each. */
  seedDigest: Uint8Array;
  shareRoot: Uint8Array;
  ciphertextRoot: Uint8Array;
  /** One for each holder, ascending; empty at the dealer's own place. */
  ciphertexts: readonly Uint8Array[];
  /** The dealer's share of its own secrets, which it keeps. */
  own: HeldShare;
}>;

/** Why a holder can't use what a dealer sent it. */
export type ShareRefusal =
  /** Not encrypted for this holder by this dealer in this attempt. */
  | 'share/undecryptable'
  /** Decrypted, but not two field elements and a path. */
  | 'share/malformed'
  /** Not what the dealer's signed share root commits to. */
  | 'share/off-root'
  /** The dealer's channel key is of small order. */
  | 'key/low-order';

/** Every channel key encrypts one message, so the nonce may be fixed. */
const NONCE = new Uint8Array(12);
const HASH_LENGTH = 32;

/**
 * Splits a member's two secrets among its neighbours and itself, and encrypts each holder's part.
 *
 * Drawn from `rng`, in this order: the coefficients for the seed, then those for the mask key. The ciphertexts
 * are journalled before they are sent and never made again: a second set would reuse the channel keys.
 * @param of.roster by index; of others than the holders nothing is read
 * @throws TributaryError `shamir/threshold`, `key/low-order`, `roster/not-a-member`
 */
export function shareSecrets(
  of: Readonly<{
    binding: Binding;
    member: number;
    seed: Secret;
    maskSecret: Secret;
    channelSecret: Secret;
    roster: readonly MemberKeys[];
    graph: Graph;
    rng: Rng;
  }>,
): DealtShares {
  const { binding, member, roster, graph, rng } = of;
  const { context } = binding;
  const holders = holdersOf(graph, member);
  const xs = holders.indices.map((holder) => holder + 1);
  const seeds = splitAmong(of.seed.reveal(), xs, graph.threshold, rng);
  const masks = splitAmong(of.maskSecret.reveal(), xs, graph.threshold, rng);

  const dealt = holders.indices.map((holder, rank) => ({
    dealer: member,
    holder,
    seed: at(seeds, rank).y,
    mask: at(masks, rank).y,
  }));
  const leaves = dealt.map((shares) => shareLeaf(context, shares));
  const paths = merklePaths(leaves);
  const held = dealt.map((shares, rank) => ({ ...shares, path: at(paths, rank) }));

  const own = ownParty(roster, member, of.channelSecret);
  const peers = graph.neighboursOf(member).indices.map((index) => party(roster, index));
  const keys = sendingKeys(binding, own, peers);
  const ciphertexts = held.map((shares) => {
    const key = keys.get(shares.holder);
    if (key === undefined) return new Uint8Array(0);
    const aad = channelInfo(binding, own, party(roster, shares.holder));
    return platform.aesGcmSeal(key, NONCE, encodeHeld(shares), aad);
  });

  return {
    seedDigest: seedDigest(context, member, of.seed.reveal()),
    shareRoot: merkleRoot(leaves),
    ciphertextRoot: merkleRoot(ciphertexts),
    ciphertexts,
    own: at(held, holders.rankOf(member) ?? 0),
  };
}

/**
 * Opens what a dealer encrypted for a holder and holds it against the dealer's share root. A refusal is a value:
 * the holder withholds that dealer's share and says so.
 * @param of.holders all to whom the dealer deals, `holder` among them
 */
export function openShare(
  of: Readonly<{
    binding: Binding;
    dealer: number;
    holder: number;
    channelSecret: Secret;
    roster: readonly MemberKeys[];
    holders: MemberSet;
    ciphertext: Uint8Array;
    shareRoot: Uint8Array;
  }>,
): HeldShare | ShareRefusal {
  const { binding, roster, dealer, holder } = of;
  const sender = party(roster, dealer);
  const own = ownParty(roster, holder, of.channelSecret);
  try {
    const key = receivingKey(binding, own, sender);
    const plaintext = platform.aesGcmOpen(key, NONCE, of.ciphertext, channelInfo(binding, sender, own));
    const held = { dealer, holder, ...decodeHeld(plaintext) };
    return isCommitted(binding.context, held, of.shareRoot, of.holders) ? held : 'share/off-root';
  } catch (error) {
    const code = error instanceof TributaryError ? error.code : undefined;
    if (code === 'cipher/forged') return 'share/undecryptable';
    if (code === 'key/low-order') return 'key/low-order';
    if (code === 'shamir/share-out-of-range') return 'share/malformed';
    throw error;
  }
}

/** `ySeed (33) ‖ yMask (33) ‖ path` */
function encodeHeld({ seed, mask, path }: HeldShare): Uint8Array {
  return concat(encodeShare(seed), encodeShare(mask), ...path);
}

/** A path of another length than the tree's is found off the root. */
function decodeHeld(bytes: Uint8Array): Pick<HeldShare, 'seed' | 'mask' | 'path'> {
  const seed = decodeShare(bytes.slice(0, ELEMENT_LENGTH));
  const mask = decodeShare(bytes.slice(ELEMENT_LENGTH, 2 * ELEMENT_LENGTH));
  const path: Uint8Array[] = [];
  for (let start = 2 * ELEMENT_LENGTH; start < bytes.length; start += HASH_LENGTH) {
    path.push(bytes.slice(start, start + HASH_LENGTH));
  }
  return { seed, mask, path };
}

function party(roster: readonly MemberKeys[], index: number): Party {
  return { index, publicKey: at(roster, index).channelKey };
}

function ownParty(roster: readonly MemberKeys[], index: number, secret: Secret): OwnParty {
  return { ...party(roster, index), secret: secret.reveal() };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined)
    throw new TributaryError('roster/not-a-member', `the roster has no member ${index}`);
  return item;
}
