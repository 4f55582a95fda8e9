/**
 * Signers of digests, recovered once: a message is judged before its body is read and again when it counts, and a recovery is
 * most of what a judgement costs. Of the same digest and signature there is one signer, so nothing is believed that was not checked.
 */
import { recoverAddress, type Signature } from 'ethers';
import { toAddress, type Address } from './units.ts';

/** Some 300 bytes each: the messages of a large cohort that are under way at once. */
const MOST = 4_096;

/** The least recently asked for is the first. Null: nobody signed this. */
const known = new Map<string, Address | null>();

/** @returns null where it recovers to nobody */
export function recovered(digest: string, signature: Signature): Address | null {
  const key = digest + signature.compactSerialized;
  const found = known.get(key);
  const signer = found === undefined ? recover(digest, signature) : found;
  known.delete(key);
  known.set(key, signer);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  return signer;
}

function recover(digest: string, signature: Signature): Address | null {
  try {
    return toAddress(recoverAddress(digest, signature));
  } catch {
    return null;
  }
}
