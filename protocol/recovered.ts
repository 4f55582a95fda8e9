/**
 * Signers of digests, recovered once: a message is judged before its body is read and again when it counts, and a recovery is
 * most of what a judgement costs. Of the same digest and signature there is one signer, so nothing is believed that was not checked.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { toAddress, type Address, type Bytes32 } from './units.ts';

/** A signature's parts as text, so that it can go to a thread; `compact` is its EIP-2098 form. */
export type PlainSignature = Readonly<{ r: string; s: string; yParity: 0 | 1; compact: string }>;

/** Some 500 bytes each: the messages of a large cohort that are under way at once. */
const MOST = 4_096;

/** The least recently asked for is the first. Null: nobody signed this. */
const known = new Map<string, Address | null>();

const keyOf = (digest: Bytes32, { compact }: PlainSignature): string => digest + compact;

/** @returns null where it recovers to nobody */
export function recovered(digest: Bytes32, signature: PlainSignature): Address | null {
  const found = known.get(keyOf(digest, signature));
  const signer = found === undefined ? recover(digest, signature) : found;
  remember(digest, signature, signer);
  return signer;
}

export const isRemembered = (digest: Bytes32, signature: PlainSignature): boolean =>
  known.has(keyOf(digest, signature));

/** @param signer as {@link recovered} gave it, in this thread or another */
export function remember(digest: Bytes32, signature: PlainSignature, signer: Address | null): void {
  const key = keyOf(digest, signature);
  known.delete(key);
  known.set(key, signer);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
}

/** As ethers' `recoverAddress`, by a newer release of the same library, in two thirds of the time. */
function recover(digest: Bytes32, { r, s, yParity }: PlainSignature): Address | null {
  try {
    const signature = new secp256k1.Signature(BigInt(r), BigInt(s), yParity);
    const key = signature.recoverPublicKey(fromHex(digest)).toBytes(false);
    return toAddress(toHex(keccak_256(key.subarray(1)).subarray(12)));
  } catch {
    return null;
  }
}
