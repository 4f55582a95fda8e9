/** A small attempt for tests: members with keys, what they deal, mask and reveal. docs/protocol.md §3 */
import { type Binding, type EphemeralKeys, generateKeys, type MemberKeys } from '#crypto/agreement.ts';
import { utf8 } from '#crypto/bytes.ts';
import type { HeldShare } from '#crypto/commitments.ts';
import { type Graph, hararyGraph, holdersOf } from '#crypto/graph.ts';
import { maskInput, type RecoveredSecrets } from '#crypto/masking.ts';
import { type MemberSet, memberSet } from '#crypto/members.ts';
import { pack } from '#crypto/packing.ts';
import { type AggregationParameters, wordBits } from '#crypto/parameters.ts';
import { quantise } from '#crypto/quantise.ts';
import { seededRng } from '#crypto/random.ts';
import { SecretRecovery } from '#crypto/recovery.ts';
import { Secret } from '#crypto/secret.ts';
import { type DealtShares, openShare, shareSecrets } from '#crypto/sharing.ts';

import { at } from './replay/load.ts';

export type Member = Readonly<{ keys: EphemeralKeys; seed: Secret }>;

export type Attempt = Readonly<{
  binding: Binding;
  parameters: AggregationParameters;
  graph: Graph;
  w: number;
  members: readonly Member[];
  roster: readonly MemberKeys[];
}>;

/** Everyone with everyone, at any threshold. */
export const wholeGraph = (n: number, threshold: number): Graph =>
  hararyGraph(n, n - 1, threshold, new Uint8Array(32));

/**
 * n members with keys that follow from the seed.
 * @param shape the graph, or the threshold of one of everyone with everyone
 */
export function startAttempt(
  n: number,
  shape: Graph | number,
  parameters: AggregationParameters,
  seed = 'attempt',
): Attempt {
  const rng = seededRng(utf8(seed));
  const members = Array.from({ length: n }, () => ({
    keys: generateKeys(rng),
    seed: new Secret(rng.bytes(32)),
  }));
  return {
    binding: {
      context: { chainId: 31337n, escrow: rng.bytes(20), job: 4n, round: 5, attempt: 6 },
      roster: rng.bytes(32),
      parameters: rng.bytes(32),
      model: rng.bytes(32),
    },
    parameters,
    graph: typeof shape === 'number' ? wholeGraph(n, shape) : shape,
    w: wordBits(parameters.bits, n),
    members,
    roster: members.map(({ keys }) => ({
      channelKey: keys.channel.publicKey,
      maskKey: keys.mask.publicKey,
    })),
  };
}

export function deal(attempt: Attempt, member: number): DealtShares {
  const { keys, seed } = at(attempt.members, member);
  return shareSecrets({
    binding: attempt.binding,
    member,
    seed,
    maskSecret: keys.mask.secret,
    channelSecret: keys.channel.secret,
    roster: attempt.roster,
    graph: attempt.graph,
    rng: seededRng(utf8(`shares of ${member}`)),
  });
}

/** A dealer's shares as a holder has them: opened from its ciphertext, or kept if they are its own. */
export function heldShare(attempt: Attempt, dealt: DealtShares, dealer: number, holder: number): HeldShare {
  if (dealer === holder) return dealt.own;
  const held = openShare({
    binding: attempt.binding,
    dealer,
    holder,
    channelSecret: at(attempt.members, holder).keys.channel.secret,
    roster: attempt.roster,
    holders: holdersOf(attempt.graph, dealer),
    ciphertext: at(dealt.ciphertexts, rankOf(attempt, dealer, holder)),
    shareRoot: dealt.shareRoot,
  });
  if (typeof held === 'string') throw new Error(held);
  return held;
}

/** A holder's place among those to whom the dealer deals. */
export function rankOf({ graph }: Attempt, dealer: number, holder: number): number {
  return holdersOf(graph, dealer).rankOf(holder) ?? -1;
}

/** A member's packed, masked input. */
export function packedInput(
  attempt: Attempt,
  member: number,
  sharers: MemberSet,
  update: Float64Array,
  weight: number,
): Uint8Array {
  const { keys, seed } = at(attempt.members, member);
  const masked = maskInput({
    binding: attempt.binding,
    quantised: quantise(update, weight, attempt.parameters),
    wordBits: attempt.w,
    member,
    seed,
    maskSecret: keys.mask.secret,
    sharers: memberSet(sharers.indices.filter((index) => holdersOf(attempt.graph, member).has(index))),
    roster: attempt.roster,
  });
  return pack(masked, attempt.w);
}

/** Survivors' seeds and dropouts' mask keys, from the shares that the revealers hold. */
export function recoverAll(
  attempt: Attempt,
  dealt: ReadonlyMap<number, DealtShares>,
  survivors: MemberSet,
  revealers: readonly number[],
): RecoveredSecrets {
  const recovery = new SecretRecovery(attempt.binding.context, attempt.graph.threshold);
  const seeds = new Map<number, Uint8Array>();
  const maskSecrets = new Map<number, Uint8Array>();
  for (const dealer of memberSet(dealt.keys())) {
    const shares = dealt.get(dealer) ?? deal(attempt, dealer);
    const holders = revealers.filter((index) => holdersOf(attempt.graph, dealer).has(index));
    const held = holders.map((holder) => heldShare(attempt, shares, dealer, holder));
    if (survivors.has(dealer)) {
      const points = held.map(({ holder, seed }) => ({ x: holder + 1, y: seed }));
      seeds.set(dealer, recovery.seed(dealer, points, shares.seedDigest));
    } else {
      const points = held.map(({ holder, mask }) => ({ x: holder + 1, y: mask }));
      maskSecrets.set(dealer, recovery.maskSecret(dealer, points, at(attempt.roster, dealer).maskKey));
    }
  }
  return { seeds, maskSecrets };
}
