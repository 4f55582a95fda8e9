/**
 * EIP-712 digests of our messages, which are flat: no structs and no arrays in them. ethers' encoder, the reference of the tests, goes
 * through text at each step and takes two to three times as long; a coordinator, a member and an auditor make one for each message they read.
 */
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bigEndian, concat, fromHex, toHex, utf8 } from '#crypto/bytes.ts';
import { typedData, typedDomain, type Domain, type PrimaryType } from './typed-data.ts';
import type { Bytes32 } from './units.ts';

type Field = Readonly<{ name: string; type: string }>;

/** EIP-712: the encoding of a domain whose every field but the salt is there. */
const domainFields: readonly Field[] = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
];

const PREFIX = Uint8Array.of(0x19, 0x01);
const WORD = 32;
const ADDRESS = 20;
const MOST_SEPARATORS = 64;

const typeHashes = new Map<string, Uint8Array>();
const separators = new Map<string, Uint8Array>();

/**
 * What is signed of a message: 32 bytes.
 *
 * @throws TypeError, RangeError, TributaryError `bytes/hex`, `bytes/out-of-range`: a field is missing, or not of its type
 */
export function typedDigest(domain: Domain, type: PrimaryType, message: object): Bytes32 {
  const struct = hashStruct(type, typedData[type], message);
  return toHex(keccak_256(concat(PREFIX, separatorOf(domain), struct))) as Bytes32;
}

/** A process is of one deployment, or of a few. */
function separatorOf(domain: Domain): Uint8Array {
  const key = `${domain.chainId} ${domain.escrow}`;
  const separator = separators.get(key) ?? hashStruct('EIP712Domain', domainFields, typedDomain(domain));
  if (separators.size < MOST_SEPARATORS) separators.set(key, separator);
  return separator;
}

function hashStruct(type: string, fields: readonly Field[], values: object): Uint8Array {
  const of = values as Readonly<Record<string, unknown>>;
  return keccak_256(
    concat(typeHashOf(type, fields), ...fields.map((field) => encoded(field, of[field.name]))),
  );
}

function typeHashOf(name: string, fields: readonly Field[]): Uint8Array {
  const made = typeHashes.get(name);
  if (made) return made;
  const list = fields.map((field) => `${field.type} ${field.name}`).join(',');
  const hash = keccak_256(utf8(`${name}(${list})`));
  typeHashes.set(name, hash);
  return hash;
}

/** EIP-712, `encodeData`: a word each; what is longer is hashed. */
function encoded({ name, type }: Field, value: unknown): Uint8Array {
  switch (type) {
    case 'uint256':
    case 'uint64':
    case 'uint32':
      return whole(name, value, Number(type.slice('uint'.length)) / 8);
    case 'bytes32':
      return ofLength(name, value, WORD);
    case 'address':
      return concat(new Uint8Array(WORD - ADDRESS), ofLength(name, value, ADDRESS));
    case 'bytes':
      return keccak_256(fromHex(text(name, value)));
    case 'string':
      return keccak_256(utf8(text(name, value)));
    default:
      throw new TypeError(`${name}: no message has a field of type ${type}`);
  }
}

function whole(name: string, value: unknown, bytes: number): Uint8Array {
  const isWhole = typeof value === 'number' || typeof value === 'bigint';
  if (!isWhole && !/^(0|[1-9]\d*)$/.test(text(name, value))) throw new TypeError(`${name}: expected digits`);
  return concat(new Uint8Array(WORD - bytes), bigEndian(isWhole ? value : BigInt(value as string), bytes));
}

function ofLength(name: string, value: unknown, length: number): Uint8Array {
  const bytes = fromHex(text(name, value));
  if (bytes.length !== length) throw new RangeError(`${name}: expected ${length} bytes`);
  return bytes;
}

/** Half of a surrogate pair has no UTF-8: an encoder would sign another character in its place. */
function text(name: string, value: unknown): string {
  if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return value;
  throw new TypeError(`${name}: expected text`);
}
