/** Byte strings and the fixed-width, big-endian integers of the protocol. protocol.md §1.1 */
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

import { TributaryError } from './error.ts';

/** Bytes as text: `0x` and lower-case hexadecimal digits. */
export type Hex = `0x${string}`;

const encoder = new TextEncoder();
const PREFIX = [0x30, 0x78] as const;
const DIGITS = encoder.encode('0123456789abcdef');
/** Bytes: each digit is an argument of one call. */
const MOST_FLAT = 512;

/** The parts one after another, in a new array. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  return concatBytes(...parts);
}

/** One byte. @throws TributaryError `bytes/out-of-range` unless 0 ≤ n < 2^8 */
export function u8(n: number): Uint8Array {
  return bigEndian(n, 1);
}

/** 4 bytes. @throws TributaryError `bytes/out-of-range` unless n is an integer, 0 ≤ n < 2^32 */
export function u32(n: number): Uint8Array {
  return bigEndian(n, 4);
}

/** 8 bytes. @throws TributaryError `bytes/out-of-range` unless 0 ≤ n < 2^64 */
export function u64(n: bigint): Uint8Array {
  return bigEndian(n, 8);
}

/** 32 bytes. @throws TributaryError `bytes/out-of-range` unless 0 ≤ n < 2^256 */
export function u256(n: bigint): Uint8Array {
  return bigEndian(n, 32);
}

/**
 * A non-negative integer in exactly `width` bytes.
 * @throws TributaryError `bytes/out-of-range` if it is negative, fractional, or needs more
 */
export function bigEndian(n: number | bigint, width: number): Uint8Array {
  if (typeof n === 'number' && !Number.isSafeInteger(n)) throw outOfRange(n, width);
  const digits = BigInt(n).toString(16);
  if (n < 0 || digits.length > 2 * width) throw outOfRange(n, width);
  return hexToBytes(digits.padStart(2 * width, '0'));
}

/** The integer that big-endian bytes stand for; none is 0. */
export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x0${bytesToHex(bytes)}`);
}

/** Length-prefixed: `u32(length) ‖ bytes`, so that a list of fields has one reading. */
export function lp(bytes: Uint8Array): Uint8Array {
  return concat(u32(bytes.length), bytes);
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Whether both hold the same bytes; takes as long wherever they differ, but shows a differing length. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}

/**
 * As lower-case hexadecimal. What a digest or a signature comes to is one flat string: one that is joined byte by byte is kept as
 * the tree of its parts by V8, in ten times the memory.
 */
export function toHex(bytes: Uint8Array): Hex {
  if (bytes.length > MOST_FLAT) return `0x${bytesToHex(bytes)}`;
  const codes = new Array<number>(2 + 2 * bytes.length);
  codes[0] = PREFIX[0];
  codes[1] = PREFIX[1];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    codes[2 + 2 * i] = DIGITS[byte >> 4] ?? 0;
    codes[3 + 2 * i] = DIGITS[byte & 15] ?? 0;
  }
  return String.fromCharCode(...codes) as Hex;
}

/**
 * Bytes from `0x` hexadecimal of either case (addresses come with a checksum's capitals; that the wire
 * has lower case only is the wire schemas' rule).
 * @throws TributaryError `bytes/hex` for anything else, an odd number of digits included
 */
export function fromHex(text: string): Uint8Array {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw new TributaryError('bytes/hex', 'expected 0x and an even number of hexadecimal digits');
  }
  return hexToBytes(text.slice(2));
}

function outOfRange(n: number | bigint, width: number): TributaryError {
  return new TributaryError('bytes/out-of-range', `${n} does not fit an unsigned integer of ${width} bytes`);
}
