/** U2, U3 and what is signed of them. protocol.md §1.5, §3.8, §4.5, §4.6 */
import { concat, fromHex, toHex, u32 } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import type { Input, Shares, Signed } from '../messages.ts';
import type { Bytes32, Hex } from '../units.ts';
import { seatBitmap } from './bitmap.ts';
import type { Roster } from './roster.ts';
import { survivorsCommitment } from './sparse.ts';

/** A survivor, and the root of its input. */
export type Survivor = Readonly<Pick<Input, 'member' | 'inputRoot'>>;

/** U2 from the shares that arrived. */
export const sharersOf = (shares: readonly Signed<Shares>[]): MemberSet =>
  memberSet(shares.map(({ message }) => message.member));

/** U3 from the inputs that arrived. */
export const survivorsOf = (inputs: readonly Signed<Input>[]): MemberSet =>
  memberSet(inputs.map(({ message }) => message.member));

export const membersDigest = (set: MemberSet): Bytes32 => toHex(set.digest) as Bytes32;

/** The part of U2 that a member masks with, itself included: all of it in a complete graph. */
export function sharersNear({ graph, draw }: Roster, member: number, sharers: MemberSet): MemberSet {
  if (!draw) return sharers;
  const near = holdersOf(graph, member);
  return memberSet(sharers.indices.filter((index) => near.has(index)));
}

/** The leaves of the inputs' tree: `u32(member) ‖ inputRoot` of each survivor, ascending. */
export const inputLeaves = (inputs: readonly Signed<Input>[]): Uint8Array[] =>
  leavesOf(inputs.map(({ message }) => message));

const leavesOf = (survivors: readonly Survivor[]): Uint8Array[] =>
  [...survivors].sort((a, b) => a.member - b.member).map(inputLeaf);

export const inputLeaf = ({ member, inputRoot }: Survivor): Uint8Array =>
  concat(u32(member), fromHex(inputRoot));

/** Who survived, and with which input: what confirmations in a complete graph sign. */
export const survivorsRoot = (inputs: readonly Signed<Input>[]): Bytes32 =>
  toHex(merkleRoot(inputLeaves(inputs))) as Bytes32;

/** What confirmations sign in either graph. */
export const agreedRoot = (roster: Roster, inputs: readonly Signed<Input>[]): Bytes32 =>
  listedRoot(
    roster,
    inputs.map(({ message }) => message),
  );

/** The same of survivors as a manifest lists them. */
export function listedRoot({ root, size, draw }: Roster, survivors: readonly Survivor[]): Bytes32 {
  const tree = toHex(merkleRoot(leavesOf(survivors))) as Bytes32;
  const members = memberSet(survivors.map(({ member }) => member));
  return draw ? survivorsCommitment(root, memberBitmap(members, size), tree) : tree;
}

/** A set of members as a bitmap over the roster, laid out as that over seats. */
export const memberBitmap = (members: MemberSet, size: number): Hex => seatBitmap(members, size);
