/** A round's secrets as they are sealed: kept until the settlement is on chain, then erased. protocol.md §3.6, §4.7 */
import { z } from 'zod';
import { fromHex, toHex } from '#crypto/bytes.ts';
import type { HeldShare } from '#crypto/commitments.ts';
import { decodeShare, encodeShare } from '#crypto/shamir.ts';
import { revealedShare } from '#protocol/messages.ts';
import { bytes32, hex, u32 } from '#protocol/units.ts';

const heldShare = z
  .strictObject({ dealer: u32, holder: u32, seed: hex, mask: hex, path: z.array(bytes32) })
  .transform((text): HeldShare => ({
    ...text,
    seed: decodeShare(fromHex(text.seed)),
    mask: decodeShare(fromHex(text.mask)),
    path: text.path.map((node) => fromHex(node)),
  }));

/** A share that this client holds, as JSON. */
export const heldShareText = (held: HeldShare) => ({
  dealer: held.dealer,
  holder: held.holder,
  seed: toHex(encodeShare(held.seed)),
  mask: toHex(encodeShare(held.mask)),
  path: held.path.map((node) => toHex(node)),
});

export const secrets = {
  /** The private halves of the enrolled keys. */
  keys: z.strictObject({ channel: bytes32, mask: bytes32 }),
  /** The self seed, its own share of its secrets, and the ciphertexts, which are never made again. */
  sharing: z.strictObject({ seed: bytes32, own: heldShare, ciphertexts: z.array(hex) }),
  /** What others dealt to this client, as far as it opened. */
  received: z.array(heldShare),
  /** What it opened at unmasking. */
  revealed: z.array(revealedShare),
} as const;

export type SecretName = keyof typeof secrets;
export type SecretOf<Name extends SecretName> = z.output<(typeof secrets)[Name]>;
export type SecretText<Name extends SecretName> = z.input<(typeof secrets)[Name]>;
