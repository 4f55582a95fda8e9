/** One attempt from keys to average, with every value on the way. docs/protocol.md §2, §3 */
import {
  bitmapOf,
  everyoneNear,
  holdersIn,
  neighboursOn,
  ringOf,
  rosterRoot,
  seedOf,
  survivorsRoot,
} from './graph.ts';
import {
  derived,
  infoBytes,
  maskOf,
  publicKeyOf,
  type ReferenceBinding,
  sealed,
  sharedSecret,
  type Side,
} from './keys.ts';
import { deal, type Dealt } from './sharing.ts';
import { contextBytes, drawn, hash, integer, membersDigest, prefixed, text } from './text.ts';
import { treePath, treeRoot } from './trees.ts';
import { checkUnmasking } from './unmasking.ts';
import {
  at,
  keyOf,
  type MemberVector,
  plus,
  type RingVector,
  type RoundVector,
  type Scenario,
} from './vector.ts';
import { averageOf, gridHalf, gridWords, packedWords, rootOfInput, wordSize } from './words.ts';

const ATTEMPT = 3;

export function playRound(scenario: Scenario): RoundVector {
  const { name, n, degree, parameters, weights, lostBefore } = scenario;
  const w = wordSize(parameters.bits, n);
  const drawnRing = degree < n - 1 ? ringVector(name, n) : null;
  const binding = bindingOf(name, drawnRing);
  const neighbours = drawnRing ? neighboursOn(drawnRing.ring, degree) : everyoneNear(n);
  const near = (i: number): number[] => at(neighbours, i);
  const everyone = Array.from({ length: n }, (_, index) => index);
  const sharers = everyone.filter((i) => !lostBefore.sharing.includes(i));
  const survivors = sharers.filter((i) => !lostBefore.upload.includes(i));
  const revealers = survivors.filter((i) => !lostBefore.unmasking.includes(i));

  const keys = everyone.map((i) => keysOf(name, i));
  const sides = (kind: 'channelKey' | 'maskKey', ...of: number[]): Side[] =>
    of.map((index) => ({ index, publicKey: at(keys, index)[kind] }));

  const selfKeys = everyone.map((i) => {
    const info = infoBytes('self', binding, sides('maskKey', i));
    return { members: [i], info, key: derived(at(keys, i).seed, info) };
  });
  const pairs = everyone.flatMap((i) =>
    near(i)
      .filter((j) => i < j)
      .map((j) => [i, j] as const),
  );
  const pairKeys = pairs.map(([i, j]) => {
    const info = infoBytes('pair', binding, sides('maskKey', i, j));
    return {
      members: [i, j],
      info,
      key: derived(sharedSecret(at(keys, i).maskSecret, at(keys, j).maskKey), info),
    };
  });
  const channels = everyone.flatMap((i) => near(i).map((j) => [i, j] as const));
  const channelKeys = channels.map(([i, j]) => {
    const info = infoBytes('channel', binding, sides('channelKey', i, j));
    const shared = sharedSecret(at(keys, i).channelSecret, at(keys, j).channelKey);
    return { members: [i, j], info, key: derived(shared, info) };
  });

  const members = everyone.map((i) => {
    const { seed, maskSecret } = at(keys, i);
    const holders = holdersIn(neighbours, i);
    const dealt = (secret: string, label: string): Dealt => {
      const { draws, shares } = deal(secret, n, scenario.threshold, label);
      return { draws, shares: holders.map((j) => at(shares, j)) };
    };
    const seedShares = dealt(seed, `${name} seed ${i}`);
    const maskShares = dealt(maskSecret, `${name} mask ${i}`);
    const commit = (kind: string, j: number, y: string): string =>
      hash(prefixed(text(kind)) + contextBytes(binding.context) + integer(i, 4) + integer(j, 4) + y);
    const leaves = holders.map(
      (j, rank) =>
        commit('share/seed', j, at(seedShares.shares, rank)) +
        commit('share/mask', j, at(maskShares.shares, rank)),
    );
    const ciphertexts = holders.map((j, rank) => {
      if (j === i) return '';
      const { key, info } = keyOf(channelKeys, i, j);
      const plaintext =
        at(seedShares.shares, rank) + at(maskShares.shares, rank) + treePath(rank, leaves).join('');
      return sealed(key, plaintext, info);
    });
    return {
      ...at(keys, i),
      seedDigest: hash(prefixed(text('seed')) + contextBytes(binding.context) + integer(i, 4) + seed),
      seedShares,
      maskShares,
      leaves,
      shareRoot: treeRoot(leaves),
      ciphertexts,
      ciphertextRoot: treeRoot(ciphertexts),
      quantised: gridWords(at(scenario.updates, i), at(weights, i), parameters),
    };
  });

  const modulus = 1n << BigInt(w);
  const mask = (key: string): bigint[] => maskOf(key, parameters.dimension, w);
  const inputs = survivors.map((i) => {
    let y = at(members, i).quantised.map(BigInt);
    y = plus(y, mask(keyOf(selfKeys, i).key), 1n);
    for (const j of near(i).filter((other) => sharers.includes(other))) {
      if (j > i) y = plus(y, mask(keyOf(pairKeys, i, j).key), 1n);
      if (j < i) y = plus(y, mask(keyOf(pairKeys, j, i).key), -1n);
    }
    const masked = y.map((word) => Number(((word % modulus) + modulus) % modulus));
    const packed = packedWords(masked, w);
    return { masked, packed, inputRoot: rootOfInput(packed, parameters, w) };
  });

  const sum = Array.from({ length: parameters.dimension }, (_, c) =>
    survivors.reduce((total, i) => total + at(at(members, i).quantised, c), 0),
  );
  const signed = sum.map((word) => word - survivors.length * gridHalf(parameters.bits));
  const weightSum = survivors.reduce((total, i) => total + at(weights, i), 0);
  const vector: RoundVector = {
    ...scenario,
    binding,
    context: contextBytes(binding.context),
    wordBits: w,
    sparse: drawnRing,
    neighbours,
    members,
    selfKeys,
    pairKeys,
    channelKeys,
    sharers: { members: sharers, digest: membersDigest(sharers) },
    survivors: { members: survivors, digest: membersDigest(survivors) },
    survivorsRoot: drawnRing
      ? survivorsRoot(
          binding.roster,
          n,
          survivors,
          inputs.map(({ inputRoot }) => inputRoot),
        )
      : null,
    inputs,
    revealers,
    sum,
    signed,
    average: averageOf(signed, weightSum, parameters),
  };
  checkUnmasking(vector);
  return vector;
}

type OwnKeys = Pick<MemberVector, 'channelSecret' | 'channelKey' | 'maskSecret' | 'maskKey' | 'seed'>;

function keysOf(name: string, i: number): OwnKeys {
  const channelSecret = drawn(`${name} channel secret ${i}`, 32);
  const maskSecret = drawn(`${name} mask secret ${i}`, 32);
  return {
    channelSecret,
    channelKey: publicKeyOf(channelSecret),
    maskSecret,
    maskKey: publicKeyOf(maskSecret),
    seed: drawn(`${name} self seed ${i}`, 32),
  };
}

/** A roster of every other seat, and what its block draws. */
function ringVector(name: string, n: number): RingVector {
  const seats = bitmapOf(
    2 * n,
    Array.from({ length: n }, (_, i) => 2 * i),
  );
  const tree = drawn(`${name} enrolments`, 32);
  const randao = drawn(`${name} randao`, 32);
  const seed = seedOf(rosterRoot(seats, tree), ATTEMPT, randao);
  return { seats, tree, randao, seed, ring: ringOf(n, seed) };
}

function bindingOf(name: string, sparse: RingVector | null): ReferenceBinding {
  const escrow = drawn(`${name} escrow`, 20);
  return {
    context: { chainId: 31337, escrow, job: 7, round: 2, attempt: ATTEMPT },
    roster: sparse ? rosterRoot(sparse.seats, sparse.tree) : drawn(`${name} roster`, 32),
    parameters: drawn(`${name} parameters`, 32),
    model: drawn(`${name} model`, 32),
  };
}
