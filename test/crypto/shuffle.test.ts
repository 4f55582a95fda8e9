/** Fair orders. docs/protocol.md §3.8 */
import { expect } from 'chai';

import { shuffled } from '#crypto/shuffle.ts';

import { at } from './replay/load.ts';

function drawing(draws: readonly number[]): () => number {
  let next = 0;
  return () => at(draws, next++);
}

describe('a shuffle', () => {
  it('gives every order for as many draws as any other', () => {
    const counts = new Map<string, number>();
    // Each draw over two whole runs of its remainders: 8 · 6 · 4 draws for 24 orders.
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 6; b++) {
        for (let c = 0; c < 4; c++) {
          const order = shuffled(4, drawing([a, b, c])).join();
          counts.set(order, (counts.get(order) ?? 0) + 1);
        }
      }
    }
    expect(counts.size).to.equal(24);
    expect(new Set(counts.values())).to.deep.equal(new Set([8]));
  });

  it('draws again in the last, incomplete run of remainders', () => {
    // 2^32 is 1 more than a multiple of 3, and 4 more than one of 6.
    expect(shuffled(3, drawing([2 ** 32 - 1, 2 ** 32 - 2, 0]))).to.deep.equal(
      shuffled(3, drawing([2 ** 32 - 2, 0])),
    );
    const six = [0, 0, 0, 0, 0];
    for (const rejected of [2 ** 32 - 4, 2 ** 32 - 1]) {
      expect(shuffled(6, drawing([rejected, 1, ...six]))).to.deep.equal(shuffled(6, drawing([1, ...six])));
    }
    expect(shuffled(6, drawing([2 ** 32 - 5, ...six]))).to.deep.equal(shuffled(6, drawing([5, ...six])));
  });

  it('takes its draws from the last place down', () => {
    expect(shuffled(4, drawing([0, 0, 0]))).to.deep.equal([1, 2, 3, 0]);
    expect(shuffled(4, drawing([3, 2, 1]))).to.deep.equal([0, 1, 2, 3]);
    expect(shuffled(4, drawing([1, 2, 0]))).to.deep.equal([3, 0, 2, 1]);
  });

  it('orders nothing and a single one', () => {
    expect(shuffled(0, drawing([]))).to.deep.equal([]);
    expect(shuffled(1, drawing([]))).to.deep.equal([0]);
  });
});
