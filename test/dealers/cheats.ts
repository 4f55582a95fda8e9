/** Owners' clients that deal falsely, and do all else as the protocol says. */
import { concat, toHex } from '#crypto/bytes.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { holdersOf } from '#crypto/graph.ts';
import { Secret } from '#crypto/secret.ts';
import { shareSecrets, type DealtShares } from '#crypto/sharing.ts';
import { bindingFor, sign, type Attempt } from '#client/attempt.ts';
import { heldShareText } from '#client/journal/secrets.ts';
import type { Membership } from '#client/steps/membership.ts';
import { ephemeralKeys } from '#client/steps/share.ts';
import type { Bytes32 } from '#protocol/units.ts';

/** What a dealer may do falsely. */
export type Cheat =
  /** Ciphertexts that nobody can open. */
  | 'ciphertexts'
  /** Shares that open, and are not those that its root commits to. */
  | 'off-root'
  /** A polynomial of another seed than the one it masks with and published the digest of. */
  | 'other-seed'
  /** The digest of another seed than it dealt and masks with. */
  | 'other-digest'
  /** A polynomial of another key than the one it enrolled. */
  | 'other-mask-key'
  /** Points of a polynomial that more than t holders were needed for. */
  | 'steep';

/**
 * Deals in place of the step that would: journals the lie, and sends it.
 *
 * @param to whom it deals falsely, where the cheat is in the ciphertexts
 */
export async function dealFalsely(
  attempt: Attempt,
  { roster, member }: Membership,
  cheat: Cheat,
  to: (holder: number) => boolean = () => true,
): Promise<void> {
  const keys = ephemeralKeys(attempt);
  if (!keys) throw new Error('not enrolled');
  const seed = new Secret(attempt.rng.bytes(32));
  const deal = (its: Readonly<{ seed?: Secret; mask?: Secret; steps?: number }> = {}): DealtShares =>
    shareSecrets({
      binding: bindingFor(attempt, roster),
      member,
      seed: its.seed ?? seed,
      maskSecret: its.mask ?? keys.mask,
      channelSecret: keys.channel,
      roster: roster.members,
      graph: { ...roster.graph, threshold: roster.graph.threshold + (its.steps ?? 0) },
      rng: attempt.rng,
    });
  const other = new Secret(attempt.rng.bytes(32));
  const honest = deal();

  /** Others' ciphertexts at the places of those who are cheated. */
  const mixed = (false_: (honest: Uint8Array, rank: number) => Uint8Array): DealtShares => {
    const ciphertexts = honest.ciphertexts.map((ciphertext, rank) => {
      const holder = holdersOf(roster.graph, member).indices[rank] ?? member;
      return holder !== member && to(holder) ? false_(ciphertext, rank) : ciphertext;
    });
    return { ...honest, ciphertexts, ciphertextRoot: merkleRoot(ciphertexts) };
  };
  const bent = ((): DealtShares => {
    switch (cheat) {
      case 'ciphertexts':
        return mixed((ciphertext) => concat(ciphertext.slice(0, -1), Uint8Array.of(ciphertext.at(-1)! ^ 1)));
      case 'off-root': {
        const elsewhere = deal({ seed: other }).ciphertexts;
        return mixed((_, rank) => elsewhere[rank] ?? new Uint8Array());
      }
      case 'other-seed':
        return { ...deal({ seed: other }), seedDigest: honest.seedDigest };
      case 'other-digest':
        return { ...honest, seedDigest: deal({ seed: other }).seedDigest };
      case 'other-mask-key':
        return deal({ mask: other });
      case 'steep':
        return deal({ steps: 1 });
      default:
        return cheat satisfies never;
    }
  })();

  const ciphertexts = bent.ciphertexts.map(toHex);
  attempt.record.keep('sharing', { seed: toHex(seed.reveal()), own: heldShareText(bent.own), ciphertexts });
  const message = {
    ...attempt.id,
    member,
    roster: roster.root,
    seedDigest: toHex(bent.seedDigest) as Bytes32,
    shareRoot: toHex(bent.shareRoot) as Bytes32,
    ciphertextRoot: toHex(bent.ciphertextRoot) as Bytes32,
  };
  const envelope = sign(attempt, 'Shares', message);
  attempt.record.decide('shares', envelope);
  await attempt.api.share(attempt.id, { ...envelope, ciphertexts });
}
