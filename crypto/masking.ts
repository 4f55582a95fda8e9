/** Masks an input, and takes the masks off a sum: the two must mirror each other. protocol.md §3.5, §6.4 */
import {
  type Binding,
  eachPairMaskKey,
  type MemberKeys,
  type OwnParty,
  type Party,
  selfMaskKey,
} from './agreement.ts';
import { TributaryError } from './error.ts';
import type { Graph } from './graph.ts';
import { type MemberSet, memberSet } from './members.ts';
import { type Mask, RingAccumulator, type RingSum } from './ring.ts';
import type { Secret } from './secret.ts';

/**
 * A member's masked input y = u + PRG(self) ± PRG(pair) for every other sharer that it masks with.
 *
 * @param of.quantised `dimension` words in [0, 2L]
 * @param of.wordBits the word size w of the roster (not of the sharers)
 * @param of.sharers the member and those of its neighbours that are in U2, exactly as published
 * @returns `dimension` words below 2^w
 * @throws TributaryError `roster/not-a-sharer` unless the member is one of the sharers
 */
export function maskInput(
  of: Readonly<{
    binding: Binding;
    quantised: Uint32Array;
    wordBits: number;
    member: number;
    seed: Secret;
    maskSecret: Secret;
    sharers: MemberSet;
    roster: readonly MemberKeys[];
  }>,
): Uint32Array {
  const { binding, quantised, member, sharers, roster } = of;
  if (!sharers.has(member)) {
    throw new TributaryError(
      'roster/not-a-sharer',
      `member ${member} is not among the sharers: don't upload`,
    );
  }
  const own = { ...party(roster, member), secret: of.maskSecret.reveal() };
  const sum = new RingAccumulator(quantised.length, of.wordBits);
  sum.addWords(quantised);
  const self = { key: selfMaskKey(binding, own, of.seed.reveal()), subtract: false };
  const pairs = [...pairKeys(binding, own, sharers, roster)].map(([peer, key]) => ({
    key,
    subtract: peer < member,
  }));
  sum.applyMasks([self, ...pairs]);
  return sum.lastWords();
}

/** The secrets that unmasking brought back: what opens a sum. */
export type RecoveredSecrets = Readonly<{
  /** The self seeds of all survivors, by index; 32 bytes each. */
  seeds: ReadonlyMap<number, Uint8Array>;
  /** The mask private keys of the sharers that did not survive, by index; 32 bytes each. */
  maskSecrets: ReadonlyMap<number, Uint8Array>;
}>;

/** What says which masks are in the sum of the survivors' inputs. */
export type MaskedSum = Readonly<{
  binding: Binding;
  survivors: MemberSet;
  sharers: MemberSet;
  roster: readonly MemberKeys[];
  graph: Graph;
  recovered: RecoveredSecrets;
}>;

/**
 * Takes the masks off a sum of the survivors' inputs: their self masks, and their pair masks with those neighbours
 * that shared and dropped out (those among survivors have cancelled).
 *
 * @throws TributaryError `recovery/missing` if a secret is not there, `recovery/both` if both secrets of one
 *   member are (its lone input would be open), `roster/not-a-sharer` if a survivor is no sharer
 */
export function removeMasks(sum: RingSum, of: MaskedSum): void {
  sum.applyMasks([...masksIn(of)]);
}

/** The masks that `removeMasks` removes, each derived when it is asked for. @throws as `removeMasks` */
export function* masksIn(of: MaskedSum): Generator<Mask, void> {
  const { binding, survivors, sharers, roster, graph, recovered } = of;
  if (!survivors.isSubsetOf(sharers)) {
    throw new TributaryError('roster/not-a-sharer', 'a survivor is not among the sharers');
  }
  refuseBoth(recovered);
  for (const survivor of survivors) {
    const seed = secretOf(recovered.seeds, survivor);
    yield { key: selfMaskKey(binding, party(roster, survivor), seed), subtract: true };
  }
  for (const dropout of sharers.without(survivors)) {
    const own = { ...party(roster, dropout), secret: secretOf(recovered.maskSecrets, dropout) };
    const bereft = graph.neighboursOf(dropout).indices.filter((index) => survivors.has(index));
    for (const [survivor, key] of pairKeys(binding, own, memberSet(bereft), roster)) {
      // The survivor added this mask if its index is the lower one.
      yield { key, subtract: survivor < dropout };
    }
  }
}

/** How many masks `masksIn` gives. */
export function masksLeftIn({
  survivors,
  sharers,
  graph,
}: Pick<MaskedSum, 'survivors' | 'sharers' | 'graph'>): number {
  const bereft = sharers
    .without(survivors)
    .indices.map((dropout) => graph.neighboursOf(dropout).indices.filter((index) => survivors.has(index)));
  return bereft.reduce((sum, { length }) => sum + length, survivors.size);
}

function pairKeys(
  binding: Binding,
  own: OwnParty,
  members: MemberSet,
  roster: readonly MemberKeys[],
): Generator<[number, Uint8Array], void> {
  const peers = members.indices.filter((index) => index !== own.index);
  return eachPairMaskKey(
    binding,
    own,
    peers.map((index) => party(roster, index)),
  );
}

function party(roster: readonly MemberKeys[], index: number): Party {
  const keys = roster[index];
  if (keys === undefined)
    throw new TributaryError('roster/not-a-member', `the roster has no member ${index}`);
  return { index, publicKey: keys.maskKey };
}

function secretOf(secrets: ReadonlyMap<number, Uint8Array>, member: number): Uint8Array {
  const secret = secrets.get(member);
  if (secret === undefined) {
    throw new TributaryError('recovery/missing', `the secret of member ${member} was not recovered`);
  }
  return secret;
}

function refuseBoth({ seeds, maskSecrets }: RecoveredSecrets): void {
  const both = [...seeds.keys()].find((member) => maskSecrets.has(member));
  if (both !== undefined) {
    throw new TributaryError(
      'recovery/both',
      `both secrets of member ${both} are here: its input would be open`,
    );
  }
}
