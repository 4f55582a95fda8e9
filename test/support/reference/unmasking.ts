/** Recovery and unmasking by the reference, which check the vector that was just made. docs/protocol.md §3.6, §6.4 */
import { holdersIn } from './graph.ts';
import { derived, maskOf, sharedSecret } from './keys.ts';
import { type Dealt, restore } from './sharing.ts';
import { at, keyOf, plus, type RoundVector } from './vector.ts';

/** Unmasks by the protocol, from the revealed shares, and finds the plain sum; else the vector is wrong. */
export function checkUnmasking(v: RoundVector): void {
  const points = (dealer: number, { shares }: Dealt): { x: number; y: string }[] => {
    const holders = holdersIn(v.neighbours, dealer);
    const revealing = holders.filter((j) => v.revealers.includes(j)).slice(0, v.threshold);
    if (revealing.length < v.threshold) throw new Error(`${v.name}: too few reveal shares of ${dealer}`);
    return revealing.map((j) => ({ x: j + 1, y: at(shares, holders.indexOf(j)) }));
  };
  const survivors = v.survivors.members;
  const mask = (key: string): bigint[] => maskOf(key, v.parameters.dimension, v.wordBits);

  let total = v.sum.map(() => 0n);
  for (const { masked } of v.inputs) total = plus(total, masked.map(BigInt), 1n);
  for (const i of survivors) {
    const seed = restore(points(i, at(v.members, i).seedShares));
    total = plus(total, mask(derived(seed, keyOf(v.selfKeys, i).info)), -1n);
  }
  for (const d of v.sharers.members.filter((member) => !survivors.includes(member))) {
    const maskSecret = restore(points(d, at(v.members, d).maskShares));
    for (const i of survivors.filter((member) => at(v.neighbours, d).includes(member))) {
      const { info } = keyOf(v.pairKeys, Math.min(i, d), Math.max(i, d));
      const key = derived(sharedSecret(maskSecret, at(v.members, i).maskKey), info);
      total = plus(total, mask(key), i < d ? -1n : 1n);
    }
  }
  const modulus = 1n << BigInt(v.wordBits);
  const same = total.every((word, c) => ((word % modulus) + modulus) % modulus === BigInt(at(v.sum, c)));
  if (!same) throw new Error(`${v.name}: the unmasked sum is not the sum of the inputs`);
}
