/** U2, U3 and what is signed of them. protocol.md §1.5, §4.5, §4.6 */
import { concat, fromHex, toHex, u32 } from '#crypto/bytes.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { platform } from '#platform';
import type { Input, RevealedShare, Shares, Signed } from '../messages.ts';
import type { Bytes32 } from '../units.ts';

/** U2 from the shares that arrived. */
export const sharersOf = (shares: readonly Signed<Shares>[]): MemberSet =>
  memberSet(shares.map(({ message }) => message.member));

/** U3 from the inputs that arrived. */
export const survivorsOf = (inputs: readonly Signed<Input>[]): MemberSet =>
  memberSet(inputs.map(({ message }) => message.member));

export const membersDigest = (set: MemberSet): Bytes32 => toHex(set.digest) as Bytes32;

/** The root that confirmations sign: who survived, and with which input. */
export function survivorsRoot(inputs: readonly Signed<Input>[]): Bytes32 {
  const leaves = [...inputs]
    .sort((a, b) => a.message.member - b.message.member)
    .map(({ message }) => concat(u32(message.member), fromHex(message.inputRoot)));
  return toHex(merkleRoot(leaves)) as Bytes32;
}

/** What an `Unmasking` message signs of the shares beside it. */
export function revealedDigest(shares: readonly RevealedShare[]): Bytes32 {
  const parts = shares.map((share) =>
    concat(
      u32(share.member),
      Uint8Array.of(share.kind === 'seed' ? 0 : 1),
      fromHex(share.y),
      fromHex(share.other),
      u32(share.path.length),
      ...share.path.map((node) => fromHex(node)),
    ),
  );
  return toHex(platform.sha256(concat(...parts))) as Bytes32;
}
