/** What a vector of one attempt holds, and how the reference looks things up in it. docs/protocol.md §2, §3 */
import type { ReferenceBinding } from './keys.ts';
import type { Dealt } from './sharing.ts';
import type { ReferenceParameters } from './words.ts';

/** Who leaves when: each list is of members that were there until then. */
export type Losses = { sharing: number[]; upload: number[]; unmasking: number[] };

export type Scenario = {
  name: string;
  n: number;
  /** Neighbours of each member; n − 1 is the complete graph. */
  degree: number;
  threshold: number;
  parameters: ReferenceParameters;
  weights: number[];
  updates: number[][];
  lostBefore: Losses;
};

export type MemberVector = {
  channelSecret: string;
  channelKey: string;
  maskSecret: string;
  maskKey: string;
  seed: string;
  seedDigest: string;
  seedShares: Dealt;
  maskShares: Dealt;
  /** The leaves of the share tree, one a holder: both commitments. */
  leaves: string[];
  shareRoot: string;
  ciphertexts: string[];
  ciphertextRoot: string;
  quantised: number[];
};

/** What draws a sparse graph, and the ring that it draws. */
export type RingVector = {
  /** Bitmap over the seats, root over the enrolments: of the roster root. */
  seats: string;
  tree: string;
  randao: string;
  seed: string;
  ring: number[];
};

export type InputVector = { masked: number[]; packed: string; inputRoot: string };
export type KeyVector = { members: number[]; info: string; key: string };

export type RoundVector = Scenario & {
  binding: ReferenceBinding;
  context: string;
  wordBits: number;
  /** Null where the graph is complete. */
  sparse: RingVector | null;
  /** Of each member, ascending. */
  neighbours: number[][];
  members: MemberVector[];
  selfKeys: KeyVector[];
  pairKeys: KeyVector[];
  channelKeys: KeyVector[];
  sharers: { members: number[]; digest: string };
  survivors: { members: number[]; digest: string };
  /** What the escrow holds of the survivors where the graph is sparse; else null. */
  survivorsRoot: string | null;
  /** By survivor, in their order. */
  inputs: InputVector[];
  revealers: number[];
  sum: number[];
  signed: number[];
  average: number[];
};

export function keyOf(keys: KeyVector[], ...members: number[]): KeyVector {
  const found = keys.find((key) => key.members.join() === members.join());
  if (found === undefined) throw new Error(`no key of ${members.join()}`);
  return found;
}

export function plus(a: bigint[], b: bigint[], sign: bigint): bigint[] {
  return a.map((word, c) => word + sign * at(b, c));
}

export function at<T>(list: T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}
