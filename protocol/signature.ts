/** Signing and recovering typed messages, compact and low-s only. protocol.md §1.3 */
import { concat, keccak256, Signature, SigningKey, TypedDataEncoder } from 'ethers';
import type { Signed } from './messages.ts';
import { recovered, type PlainSignature } from './recovered.ts';
import { keptSigner } from './signers-ahead.ts';
import { typedData, typedDomain, type Domain, type PrimaryType } from './typed-data.ts';
import { toBytes32, type Address, type Bytes32, type CompactSignature } from './units.ts';

/** n / 2 of secp256k1: the largest s that EIP-2 and EIP-2098 admit. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

const encoders = new Map<PrimaryType, TypedDataEncoder>();
const separators = new Map<string, string>();

/** The EIP-712 digest of a message: what is signed. */
export function typedDigest(domain: Domain, type: PrimaryType, message: object): Bytes32 {
  return toBytes32(keccak256(concat(['0x1901', separatorOf(domain), encoderOf(type).hash(message)])));
}

function encoderOf(type: PrimaryType): TypedDataEncoder {
  const encoder = encoders.get(type) ?? TypedDataEncoder.from({ [type]: [...typedData[type]] });
  encoders.set(type, encoder);
  return encoder;
}

/** A process is of one deployment, or of a few. */
function separatorOf(domain: Domain): string {
  const key = `${domain.chainId} ${domain.escrow}`;
  const separator = separators.get(key) ?? TypedDataEncoder.hashDomain(typedDomain(domain));
  if (separators.size < MOST_SEPARATORS) separators.set(key, separator);
  return separator;
}
const MOST_SEPARATORS = 64;

/** Signs with an operator's key. @returns the EIP-2098 form, 64 bytes */
export function signTyped(
  key: SigningKey,
  domain: Domain,
  type: PrimaryType,
  message: object,
): CompactSignature {
  return key.sign(typedDigest(domain, type, message)).compactSerialized as CompactSignature;
}

/** The parts of a compact signature, or null where it is malformed or high-s. */
function plainSignature(signature: string): PlainSignature | null {
  try {
    const { r, s, yParity } = Signature.from(signature);
    return signature.length !== 130 || BigInt(s) > HALF_ORDER ? null : { rs: concat([r, s]), yParity };
  } catch {
    return null;
  }
}

/** The signer of a compact signature, or null where it is malformed, high-s, or recovers to nobody. */
export function recoverTyped(domain: Domain, type: PrimaryType, envelope: Signed<object>): Address | null {
  const kept = keptSigner(domain, type, envelope);
  if (kept !== undefined) return kept;
  const plain = plainSignature(envelope.signature);
  if (plain === null) return null;
  let digest: Bytes32;
  try {
    digest = typedDigest(domain, type, envelope.message);
  } catch {
    return null;
  }
  return recovered(digest, plain);
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
