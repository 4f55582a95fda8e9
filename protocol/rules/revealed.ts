/** The shares that a holder opens, as the bytes that its `Unmasking` signs the hash of. protocol.md §4.6 */
import { concat, fromHex, toHex, u32 } from '#crypto/bytes.ts';
import { ELEMENT_LENGTH } from '#crypto/field.ts';
import { platform } from '#platform';
import type { RevealedShare } from '../messages.ts';
import type { Bytes32 } from '../units.ts';

const HASH_LENGTH = 32;

/** `u32(dealer) ‖ u8(0 seed | 1 mask) ‖ y33 ‖ other commitment (32) ‖ u32(path length) ‖ path`, one after another. */
export const encodeRevealed = (shares: readonly RevealedShare[]): Uint8Array =>
  concat(
    ...shares.flatMap((share) => [
      u32(share.member),
      Uint8Array.of(share.kind === 'seed' ? 0 : 1),
      fromHex(share.y),
      fromHex(share.other),
      u32(share.path.length),
      ...share.path.map((node) => fromHex(node)),
    ]),
  );

/** The same back again, of shares that were found under their dealers' roots: each y has 33 bytes. */
export function decodeRevealed(bytes: Uint8Array): RevealedShare[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shares: RevealedShare[] = [];
  let at = 0;
  const take = (length: number): Uint8Array => bytes.slice(at, (at += length));
  const number = (): number => view.getUint32((at += 4) - 4);
  const hash = (): Bytes32 => toHex(take(HASH_LENGTH)) as Bytes32;
  while (at < bytes.length) {
    const member = number();
    const kind = take(1)[0] === 0 ? 'seed' : 'mask';
    const y = toHex(take(ELEMENT_LENGTH));
    const other = hash();
    const path = Array.from({ length: number() }, hash);
    shares.push({ member, kind, y, other, path });
  }
  return shares;
}

/** What an `Unmasking` message signs of the shares beside it. */
export const revealedDigest = (shares: readonly RevealedShare[]): Bytes32 =>
  toHex(platform.sha256(encodeRevealed(shares))) as Bytes32;
