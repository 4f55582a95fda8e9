/** Signing and recovering typed messages, compact and low-s only. protocol.md §1.3 */
import type { SigningKey } from 'ethers';
import { fromHex, toBigInt } from '#crypto/bytes.ts';
import type { Signed } from './messages.ts';
import { recovered, type SignatureParts } from './recovered.ts';
import { keptSigner } from './signers-ahead.ts';
import type { Domain, PrimaryType } from './typed-data.ts';
import { typedDigest } from './typed-digest.ts';
import type { Address, Bytes32, CompactSignature } from './units.ts';

/** n / 2 of secp256k1: the largest s that EIP-2 and EIP-2098 admit. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Signs with an operator's key. @returns the EIP-2098 form, 64 bytes */
export function signTyped(
  key: SigningKey,
  domain: Domain,
  type: PrimaryType,
  message: object,
): CompactSignature {
  return key.sign(typedDigest(domain, type, message)).compactSerialized as CompactSignature;
}

/** r, then s with the parity of y in its highest bit: EIP-2098. Null where it is malformed or high-s. */
function partsOf(signature: string): SignatureParts | null {
  if (!/^0x[0-9a-fA-F]{128}$/.test(signature)) return null;
  const rs = fromHex(signature);
  const highest = rs[32] ?? 0;
  rs[32] = highest & 0x7f;
  return toBigInt(rs.subarray(32)) > HALF_ORDER ? null : { rs, yParity: highest >> 7 === 1 ? 1 : 0 };
}

/** The signer of a compact signature, or null where it is malformed, high-s, or recovers to nobody. */
export function recoverTyped(domain: Domain, type: PrimaryType, envelope: Signed<object>): Address | null {
  const kept = keptSigner(domain, type, envelope);
  if (kept !== undefined) return kept;
  const parts = partsOf(envelope.signature);
  if (parts === null) return null;
  let digest: Bytes32;
  try {
    digest = typedDigest(domain, type, envelope.message);
  } catch {
    return null;
  }
  return recovered(digest, parts);
}

/** Whether `signer` signed this message. */
export function signedBy(
  signer: Address,
  domain: Domain,
  type: PrimaryType,
  envelope: Signed<object>,
): boolean {
  return recoverTyped(domain, type, envelope) === signer;
}
