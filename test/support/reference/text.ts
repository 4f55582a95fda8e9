/**
 * The reference's byte strings: plain text of lower-case hexadecimal digits, joined by `+`. Slow on purpose and
 * sharing nothing with crypto/. docs/protocol.md §1.1, §1.2, §1.5
 */
import { createHash } from 'node:crypto';

/** A big-endian integer of `width` bytes. */
export function integer(n: number | bigint, width: number): string {
  const digits = n.toString(16);
  if (digits.length > 2 * width) throw new Error(`${n} is too large for ${width} bytes`);
  return '0'.repeat(2 * width - digits.length) + digits;
}

export function text(ascii: string): string {
  return Array.from(ascii, (letter) => integer(letter.charCodeAt(0), 1)).join('');
}

export function prefixed(hex: string): string {
  return integer(hex.length / 2, 4) + hex;
}

export function hash(hex: string): string {
  return createHash('sha256').update(hex, 'hex').digest('hex');
}

/** `count` bytes that follow from a label: where the protocol draws randomness, the reference draws these. */
export function drawn(label: string, count: number): string {
  let digits = '';
  for (let block = 0; digits.length < 2 * count; block++) digits += hash(text(`${label} ${block}`));
  return digits.slice(0, 2 * count);
}

export type ReferenceContext = {
  chainId: number;
  escrow: string;
  job: number;
  round: number;
  attempt: number;
};

export function contextBytes(of: ReferenceContext): string {
  return (
    prefixed(text('tributary/v1')) +
    integer(of.chainId, 32) +
    of.escrow +
    integer(of.job, 32) +
    integer(of.round, 4) +
    integer(of.attempt, 4)
  );
}

export function membersDigest(members: number[]): string {
  const list = members.map((member) => integer(member, 4)).join('');
  return hash(prefixed(text('members')) + integer(members.length, 4) + list);
}
