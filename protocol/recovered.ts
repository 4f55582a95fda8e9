/**
 * Signers of digests, recovered once: many read the same messages, a recovery is most of what judging one costs, and of the
 * same digest and signature there is one signer.
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { platform } from '#platform';
import { toAddress, type Address, type Bytes32 } from './units.ts';

/** A signature's parts; r and s, 32 bytes each. */
export type SignatureParts = Readonly<{ rs: Uint8Array; yParity: 0 | 1 }>;

/** Some 500 bytes each: the messages of a large cohort that are under way at once. */
const MOST = 4_096;

/** The least recently asked for is the first. Null: nobody signed this. */
const known = new Map<string, Address | null>();

/** @returns null where it recovers to nobody */
export function recovered(digest: Bytes32, signature: SignatureParts): Address | null {
  const key = `${digest} ${toHex(signature.rs)} ${signature.yParity}`;
  const found = known.get(key);
  const signer = found === undefined ? recover(digest, signature) : found;
  known.delete(key);
  known.set(key, signer);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  return signer;
}

/** As ethers' `recoverAddress`. */
function recover(digest: Bytes32, { rs, yParity }: SignatureParts): Address | null {
  const key = platform.recoverSecp256k1(fromHex(digest), rs, yParity);
  return key && toAddress(toHex(keccak_256(key.subarray(1)).subarray(12)));
}
