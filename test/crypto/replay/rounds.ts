/** Whole attempts against the reference's vectors, every value on the way. docs/protocol.md §2, §3 */
import { expect } from 'chai';

import {
  type HeldShare,
  isCommitted,
  revealShare,
  seedDigest,
  shareLeaf,
  verifyRevealed,
} from '#crypto/commitments.ts';
import { maskInput, removeMasks } from '#crypto/masking.ts';
import { memberSet } from '#crypto/members.ts';
import { inputRoot, pack } from '#crypto/packing.ts';
import { average, dequantiseSum, quantise, signedCoordinates } from '#crypto/quantise.ts';
import { SecretRecovery } from '#crypto/recovery.ts';
import { CoordinateSum, RingAccumulator, type RingSum } from '#crypto/ring.ts';
import { encodeShare } from '#crypto/shamir.ts';
import { openShare, shareSecrets } from '#crypto/sharing.ts';
import { scenarios } from '#test/support/reference/scenarios.ts';
import type { RoundVector } from '#test/support/reference/vector.ts';

import { replayKeys, replayParameters } from './agreement.ts';
import { RoundCase, secret } from './case.ts';
import { at, bytes, digits, load, type Replay } from './load.ts';
import { replayGraph } from './graph.ts';
import { tapeRng } from './pieces.ts';

export function rounds(): Replay[] {
  return scenarios.map(({ name }) => {
    const file = `round-${name}.json`;
    return { name: file, run: () => new RoundReplay(new RoundCase(load(file) as RoundVector)).run() };
  });
}

class RoundReplay {
  readonly #of: RoundCase;
  /** What each holder has of each dealer, its own included. */
  readonly #held = new Map<string, HeldShare>();

  constructor(of: RoundCase) {
    this.#of = of;
  }

  run(): void {
    replayParameters(this.#of);
    replayGraph(this.#of);
    replayKeys(this.#of);
    this.#shares();
    this.#inputs();
    this.#unmasking();
  }

  #shares(): void {
    const { members } = this.#of.v;
    for (const [dealer, member] of members.entries()) {
      const dealt = shareSecrets({
        binding: this.#of.binding,
        member: dealer,
        seed: secret(member.seed),
        maskSecret: secret(member.maskSecret),
        channelSecret: secret(member.channelSecret),
        roster: this.#of.roster,
        graph: this.#of.graph,
        rng: tapeRng([...member.seedShares.draws, ...member.maskShares.draws]),
      });
      expect(digits(dealt.seedDigest)).to.equal(member.seedDigest);
      expect(digits(seedDigest(this.#of.binding.context, dealer, bytes(member.seed)))).to.equal(
        member.seedDigest,
      );
      expect(digits(dealt.shareRoot)).to.equal(member.shareRoot);
      expect(dealt.ciphertexts.map(digits)).to.deep.equal(member.ciphertexts);
      expect(digits(dealt.ciphertextRoot)).to.equal(member.ciphertextRoot);
      const holders = this.#of.holders(dealer);
      for (const [rank, holder] of holders.indices.entries()) {
        const held = holder === dealer ? dealt.own : this.#open(dealer, holder);
        expect(digits(encodeShare(held.seed))).to.equal(at(member.seedShares.shares, rank));
        expect(digits(encodeShare(held.mask))).to.equal(at(member.maskShares.shares, rank));
        expect(digits(shareLeaf(this.#of.binding.context, held))).to.equal(at(member.leaves, rank));
        expect(isCommitted(this.#of.binding.context, held, dealt.shareRoot, holders)).to.equal(true);
        this.#held.set(`${dealer} to ${holder}`, held);
      }
    }
  }

  #inputs(): void {
    const { parameters, wordBits: w, survivors, members } = this.#of.v;
    for (const [place, i] of survivors.members.entries()) {
      const expected = at(this.#of.v.inputs, place);
      const member = at(members, i);
      const quantised = quantise(
        Float64Array.from(at(this.#of.v.updates, i)),
        at(this.#of.v.weights, i),
        parameters,
      );
      expect([...quantised]).to.deep.equal(member.quantised);
      const masked = maskInput({
        binding: this.#of.binding,
        quantised,
        wordBits: w,
        member: i,
        seed: secret(member.seed),
        maskSecret: secret(member.maskSecret),
        sharers: this.#of.sharersNear(i),
        roster: this.#of.roster,
      });
      expect([...masked]).to.deep.equal(expected.masked);
      const packed = pack(masked, w);
      expect(digits(packed)).to.equal(expected.packed);
      expect(digits(inputRoot(packed, parameters, w))).to.equal(expected.inputRoot);
    }
  }

  /** From the shares that the revealers hold to the average; whole, and at some coordinates. */
  #unmasking(): void {
    const v = this.#of.v;
    const { parameters, wordBits: w, survivors } = v;
    const seeds = survivors.members.map((i) => [i, this.#recover(i, 'seed')] as const);
    const dropouts = v.sharers.members.filter((i) => !survivors.members.includes(i));
    const maskSecrets = dropouts.map((i) => [i, this.#recover(i, 'mask')] as const);
    const unmask = (sum: RingSum): Uint32Array => {
      for (const { packed } of v.inputs) sum.addPacked(bytes(packed));
      removeMasks(sum, {
        binding: this.#of.binding,
        survivors: memberSet(survivors.members),
        sharers: memberSet(v.sharers.members),
        roster: this.#of.roster,
        graph: this.#of.graph,
        recovered: { seeds: new Map(seeds), maskSecrets: new Map(maskSecrets) },
      });
      return sum.words();
    };

    const sum = unmask(new RingAccumulator(parameters.dimension, w));
    expect([...sum]).to.deep.equal(v.sum);
    const signed = dequantiseSum(sum, survivors.members.length, parameters);
    expect([...signed]).to.deep.equal(v.signed);
    const weightSum = survivors.members.reduce((total, i) => total + at(v.weights, i), 0);
    expect([...average(signed, weightSum, parameters)]).to.deep.equal(v.average);

    const chosen = [parameters.dimension - 1, 0, 3];
    const some = unmask(new CoordinateSum(chosen, parameters.dimension, w));
    expect([...some]).to.deep.equal(chosen.map((c) => at(v.sum, c)));
    const someSigned = signedCoordinates(some, survivors.members.length, parameters);
    expect([...someSigned]).to.deep.equal(chosen.map((c) => at(v.signed, c)));
  }

  #recover(dealer: number, kind: 'seed' | 'mask'): Uint8Array {
    const { context } = this.#of.binding;
    const { members, revealers, threshold: needed } = this.#of.v;
    const holders = this.#of.holders(dealer);
    const { shareRoot, seedDigest: digest, maskKey } = at(members, dealer);
    const revealing = revealers.filter((holder) => holders.has(holder));
    const shares = revealing.map((holder) => {
      const held = this.#held.get(`${dealer} to ${holder}`) ?? expect.fail('no share was dealt');
      const revealed = revealShare(context, held, kind);
      expect(verifyRevealed(context, revealed, bytes(shareRoot), holders)).to.equal(true);
      return { x: holder + 1, y: revealed.share };
    });
    const recovery = new SecretRecovery(context, needed);
    return kind === 'seed'
      ? recovery.seed(dealer, shares, bytes(digest))
      : recovery.maskSecret(dealer, shares, bytes(maskKey));
  }

  #open(dealer: number, holder: number): HeldShare {
    const { members } = this.#of.v;
    const holders = this.#of.holders(dealer);
    const held = openShare({
      binding: this.#of.binding,
      dealer,
      holder,
      channelSecret: secret(at(members, holder).channelSecret),
      roster: this.#of.roster,
      holders,
      ciphertext: bytes(at(at(members, dealer).ciphertexts, holders.rankOf(holder) ?? -1)),
      shareRoot: bytes(at(members, dealer).shareRoot),
    });
    if (typeof held === 'string') throw new Error(`member ${holder} can't open ${dealer}'s share: ${held}`);
    return held;
  }
}
