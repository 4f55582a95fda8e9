/** Dealing a member's seed and mask key among the roster, and opening what others dealt. protocol.md §3.6 */
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
import { merklePath, merkleRoot } from './merkle.ts';
import type { Rng } from './random.ts';
import type { Secret } from './secret.ts';
import { decodeShare, encodeShare, split } from './shamir.ts';

/** What a dealer signs, sends and keeps. */
export type DealtShares = Readonly<{
  /** 32 bytes each. */
  seedDigest: Uint8Array;
  shareRoot: Uint8Array;
  ciphertextRoot: Uint8Array;
  /** One for each member; empty at the dealer's own place. */
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
 * Splits a member's two secrets among the whole roster and encrypts each holder's part.
 *
 * Drawn from `rng`, in this order: the coefficients for the seed, then those for the mask key. The ciphertexts
 * are journalled before they are sent and never made again: a second set would reuse the channel keys.
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
    threshold: number;
    rng: Rng;
  }>,
): DealtShares {
  const { binding, member, roster, threshold, rng } = of;
  const { context } = binding;
  const seeds = split(of.seed.reveal(), roster.length, threshold, rng);
  const masks = split(of.maskSecret.reveal(), roster.length, threshold, rng);

  const dealt = roster.map((_, holder) => ({
    dealer: member,
    holder,
    seed: at(seeds, holder).y,
    mask: at(masks, holder).y,
  }));
  const leaves = dealt.map((shares) => shareLeaf(context, shares));
  const held = dealt.map((shares, holder) => ({ ...shares, path: merklePath(leaves, holder) }));

  const own = ownParty(roster, member, of.channelSecret);
  const peers = roster.map((_, index) => party(roster, index)).filter(({ index }) => index !== member);
  const keys = sendingKeys(binding, own, peers);
  const ciphertexts = held.map((shares, holder) => {
    const key = keys.get(holder);
    if (key === undefined) return new Uint8Array(0);
    const aad = channelInfo(binding, own, party(roster, holder));
    return platform.aesGcmSeal(key, NONCE, encodeHeld(shares), aad);
  });

  return {
    seedDigest: seedDigest(context, member, of.seed.reveal()),
    shareRoot: merkleRoot(leaves),
    ciphertextRoot: merkleRoot(ciphertexts),
    ciphertexts,
    own: at(held, member),
  };
}

/**
 * Opens what a dealer encrypted for a holder and holds it against the dealer's share root. A refusal is a value:
 * the holder withholds that dealer's share and says so.
 */
export function openShare(
  of: Readonly<{
    binding: Binding;
    dealer: number;
    holder: number;
    channelSecret: Secret;
    roster: readonly MemberKeys[];
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
    return isCommitted(binding.context, held, of.shareRoot, roster.length) ? held : 'share/off-root';
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
