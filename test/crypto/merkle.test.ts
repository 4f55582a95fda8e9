/** Merkle trees. docs/protocol.md §1.4 */
import { expect } from 'chai';
import fc from 'fast-check';

import { concat, u32, utf8 } from '#crypto/bytes.ts';
import { leafHash, MerkleBuilder, merklePath, merklePaths, merkleRoot, verifyPath } from '#crypto/merkle.ts';
import { platform } from '#platform';

import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const list = (size: number): Uint8Array[] => Array.from({ length: size }, (_, i) => u32(i));

describe('a Merkle tree', () => {
  it('hashes leaves apart from nodes', () => {
    const [a, b] = [utf8('a'), utf8('b')];
    expect(leafHash(a)).to.deep.equal(platform.sha256(Uint8Array.of(0), a));
    const node = concat(Uint8Array.of(1), leafHash(a), leafHash(b));
    expect(merkleRoot([a, b])).to.deep.equal(platform.sha256(node));
    // The two leaves' hashes, given as one leaf's data, make another root.
    expect(merkleRoot([concat(leafHash(a), leafHash(b))])).not.to.deep.equal(merkleRoot([a, b]));
  });

  it('has as root of nothing the hash of nothing', () => {
    expect(merkleRoot([])).to.deep.equal(platform.sha256());
    expect(new MerkleBuilder().root()).to.deep.equal(platform.sha256());
  });

  it('has a root after each leaf that is built in', () => {
    const builder = new MerkleBuilder();
    for (const [i, leaf] of list(20).entries()) {
      builder.push(leaf);
      expect(builder.root()).to.deep.equal(merkleRoot(list(i + 1)));
    }
  });

  it('verifies each path at its own place only', () => {
    for (const size of [1, 2, 3, 5, 6, 7, 8, 11]) {
      const leaves = list(size);
      const root = merkleRoot(leaves);
      for (const index of leaves.keys()) {
        const path = merklePath(leaves, index);
        const accepted = leaves.flatMap((leaf, i) =>
          [...leaves.keys()]
            .filter((place) => verifyPath(leaf, place, size, path, root))
            .map((place) => [i, place]),
        );
        expect(accepted).to.deep.equal([[index, index]]);
      }
    }
  });

  it('gives all paths at once as it gives each', () => {
    for (let size = 0; size <= 33; size++) {
      const leaves = list(size);
      expect(merklePaths(leaves)).to.deep.equal(leaves.map((_, index) => merklePath(leaves, index)));
    }
  });

  it('refuses a path with a hash changed, left out, added, cut short, or in another order', () => {
    const leaves = list(7);
    const root = merkleRoot(leaves);
    for (const index of leaves.keys()) {
      const path = merklePath(leaves, index);
      const others = [
        ...path.map((_, i) => path.map((hash, k) => (k === i ? leafHash(hash) : hash))),
        ...path.map((_, i) => path.filter((_hash, k) => k !== i)),
        ...path.map((_, i) => path.map((hash, k) => (k === i ? hash.subarray(1) : hash))),
        [...path, root],
        [root, ...path],
        path.toReversed(),
        [],
      ];
      const accepted = others.filter((other) => verifyPath(at(leaves, index), index, 7, other, root));
      expect(accepted).to.deep.equal([]);
      expect(verifyPath(at(leaves, index), index, 7, path, leafHash(root))).to.equal(false);
    }
  });

  it('refuses a hash that was moved between the two sides of a node', () => {
    // Concatenation alone would accept a longer left side with a shorter right side.
    const [a, b] = [utf8('a'), utf8('b')];
    const root = merkleRoot([a, b]);
    expect(verifyPath(a, 0, 2, [concat(leafHash(b), Uint8Array.of(0))], root)).to.equal(false);
    expect(verifyPath(a, 0, 2, [leafHash(b).subarray(0, 31)], root)).to.equal(false);
  });

  it('refuses places and sizes that are none', () => {
    const [leaf] = [u32(0)];
    const root = merkleRoot([leaf]);
    expect(verifyPath(leaf, 0, 1, [], root)).to.equal(true);
    for (const [index, size] of [
      [-1, 1],
      [1, 1],
      [0, 0],
      [0.5, 1],
      [0, 1.5],
      [NaN, 1],
      [0, NaN],
      [0, 2 ** 31 + 1],
    ] as const) {
      expect(verifyPath(leaf, index, size, [], root)).to.equal(false);
    }
  });

  it('refuses sizes of which arithmetic would make the right one', () => {
    const [leaf, sibling] = [u32(0), u32(1)];
    const root = merkleRoot([leaf, sibling]);
    const accepted = [2, 2.5, 2 ** 32 + 2].filter((size) =>
      verifyPath(leaf, 0, size, [leafHash(sibling)], root),
    );
    expect(accepted).to.deep.equal([2]);
  });

  for (const index of [-1, 3, 1.5]) {
    it(`has no path to leaf ${index} of 3`, () => {
      expect(codeOf(() => merklePath(list(3), index))).to.equal('merkle/index');
    });
  }

  it('verifies every path of any list', () => {
    const leaves = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(leaves, fc.nat(), (of, pick) => {
        const index = pick % of.length;
        return verifyPath(at(of, index), index, of.length, merklePath(of, index), merkleRoot(of));
      }),
      { seed: 3, numRuns: 50 },
    );
  });
});
