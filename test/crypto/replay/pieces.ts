/** Single steps against the reference's vectors. docs/protocol.md §1.4, §2.2, §2.4, §3.2 */
import { expect } from 'chai';

import { leafHash, merklePath, merkleRoot, verifyPath } from '#crypto/merkle.ts';
import { pack, unpack, wordAt } from '#crypto/packing.ts';
import { quantise } from '#crypto/quantise.ts';
import type { Rng } from '#crypto/random.ts';
import { combine, decodeShare, encodeShare, split } from '#crypto/shamir.ts';
import type {
  PackingVector,
  QuantisationVector,
  SharingVector,
  TreeVector,
} from '#test/support/reference/pieces.ts';

import { at, bytes, digits, load, type Replay } from './load.ts';

/** The steps, one replay for each file of vectors. */
export function pieces(): Replay[] {
  return [
    each('merkle.json', load('merkle.json') as TreeVector[], (tree) => {
      const leaves = tree.leaves.map(bytes);
      expect(digits(merkleRoot(leaves))).to.equal(tree.root);
      expect(leaves.map((_, i) => merklePath(leaves, i).map(digits))).to.deep.equal(tree.paths);
      for (const [i, leaf] of leaves.entries()) {
        const path = at(tree.paths, i).map(bytes);
        expect(verifyPath(leaf, i, leaves.length, path, bytes(tree.root))).to.equal(true);
      }
      if (leaves.length === 1) expect(digits(leafHash(at(leaves, 0)))).to.equal(tree.root);
    }),
    each('shamir.json', load('shamir.json') as SharingVector[], (of) => {
      const tape = tapeRng(of.draws);
      const shares = split(bytes(of.secret), of.n, of.threshold, tape);
      expect(tape.left()).to.equal(0);
      expect(shares.map(({ x }) => x)).to.deep.equal(of.shares.map((_, i) => i + 1));
      expect(shares.map(({ y }) => digits(encodeShare(y)))).to.deep.equal(of.shares);
      const restored = of.shares.map((y, i) => ({ x: i + 1, y: decodeShare(bytes(y)) })).toReversed();
      expect(digits(combine(restored, of.threshold))).to.equal(of.secret);
    }),
    each('packing.json', load('packing.json') as PackingVector[], ({ w, words, packed }) => {
      expect(digits(pack(Uint32Array.from(words), w))).to.equal(packed);
      expect([...unpack(bytes(packed), words.length, w)]).to.deep.equal(words);
      expect(words.map((_, i) => wordAt(bytes(packed), i, w))).to.deep.equal(words);
    }),
    each('quantisation.json', load('quantisation.json') as QuantisationVector[], (of) => {
      expect([...quantise(Float64Array.from(of.update), of.weight, of.parameters)]).to.deep.equal(of.words);
    }),
  ];
}

/** Randomness that was written down: each draw must be of the recorded length. */
export function tapeRng(draws: readonly string[]): Rng & { left(): number } {
  const rest = draws.map(bytes);
  return {
    bytes(n) {
      const draw = rest.shift();
      if (draw?.length !== n) throw new Error(`the tape has no draw of ${n} bytes here`);
      return draw;
    },
    left: () => rest.length,
  };
}

function each<T>(name: string, cases: T[], check: (of: T) => void): Replay {
  return { name, run: () => cases.forEach(check) };
}
