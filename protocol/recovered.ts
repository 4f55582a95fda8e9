/**
 * Signers of digests, recovered once: a message is judged before its body is read and again when it counts, and a recovery is
 * most of what a judgement costs. Of the same digest and signature there is one signer, so nothing is believed that was not checked.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Signature } from 'ethers';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { toAddress, type Address, type Bytes32 } from './units.ts';

/** Some 500 bytes each: the messages of a large cohort that are under way at once. */
const MOST = 4_096;

/** The least recently asked for is the first. Null: nobody signed this. */
const known = new Map<string, Address | null>();

/** @returns null where it recovers to nobody */
export function recovered(digest: Bytes32, signature: Signature): Address | null {
  const key = digest + signature.compactSerialized;
  const found = known.get(key);
  const signer = found === undefined ? recover(digest, signature) : found;
  known.delete(key);
  known.set(key, signer);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  return signer;
}

/** As ethers' `recoverAddress`, by a newer release of the same library, in two thirds of the time. */
function recover(digest: Bytes32, { r, s, yParity }: Signature): Address | null {
  try {
    const signature = new secp256k1.Signature(BigInt(r), BigInt(s), yParity);
    const key = signature.recoverPublicKey(fromHex(digest)).toBytes(false);
    return toAddress(toHex(keccak_256(key.subarray(1)).subarray(12)));
  } catch {
    return null;
  }
}
