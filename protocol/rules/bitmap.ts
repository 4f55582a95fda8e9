/** Bitmaps over a job's seats: bit s is bit s mod 8 of byte ⌊s / 8⌋. protocol.md §5.3 */
import { keccak256 } from 'ethers';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { toBytes32, type Bytes32, type Hex } from '../units.ts';

/** @param seats seat numbers below `count` */
export function seatBitmap(seats: Iterable<number>, count: number): Hex {
  const bitmap = new Uint8Array(Math.ceil(count / 8));
  for (const seat of seats) bitmap[seat >> 3] = (bitmap[seat >> 3] ?? 0) | (1 << (seat & 7));
  return toHex(bitmap);
}

/** The seats whose bit is set, ascending. */
export function seatsOf(bitmap: Hex): number[] {
  const seats: number[] = [];
  fromHex(bitmap).forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) seats.push(at * 8 + bit);
  });
  return seats;
}

/** What a settlement signs of its bitmap. */
export const bitmapDigest = (bitmap: Hex): Bytes32 => toBytes32(keccak256(bitmap));
