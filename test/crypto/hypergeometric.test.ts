/** Tails of draws without replacement. docs/protocol.md §3.8 */
import { expect } from 'chai';

import { upperTails } from '#crypto/hypergeometric.ts';

import { exactTails, toNumber } from './exact-tails.ts';
import { at } from './replay/load.ts';

describe('a hypergeometric tail', () => {
  it('counts the draws of a small population', () => {
    // Of 5 with 2 marked, 3 are drawn: of 10 draws 1 has none, 6 have one and 3 have both.
    expect([...upperTails(5, 2, 3)].map((tail) => Math.round(tail * 1e12) / 1e12)).to.deep.equal([
      1, 0.9, 0.3, 0, 0,
    ]);
  });

  for (const [population, marked, drawn] of [
    [9, 4, 4],
    [9, 7, 5],
    [103, 6, 26],
    [299, 30, 57],
    [999, 100, 84],
    [999, 400, 900],
    [1023, 52, 98],
  ] as const) {
    it(`is that of exact rationals: ${drawn} of ${population} with ${marked} marked`, () => {
      const tails = [...upperTails(population, marked, drawn)];
      expect(tails).to.have.length(drawn + 2);
      expect(at(tails, drawn + 1)).to.equal(0);
      const rationals = exactTails(population, marked, drawn);
      for (const [x, tail] of tails.entries()) {
        const exact = toNumber(at(rationals, x));
        // What is below 2^-800 is of no use to anyone.
        if (exact > 2 ** -800) expect(Math.abs(tail / exact - 1), `at ${x}`).to.be.below(1e-11);
        else expect(tail, `at ${x}`).to.be.below(2 ** -700);
      }
    });
  }

  it('has the mean that is known without it', () => {
    for (const [population, marked, drawn] of [
      [43, 6, 8],
      [9_999, 500, 244],
      [9_999, 4_000, 9_998],
    ] as const) {
      const mean = [...upperTails(population, marked, drawn)].slice(1).reduce((sum, tail) => sum + tail, 0);
      expect(mean / ((drawn * marked) / population)).to.be.closeTo(1, 1e-10);
    }
  });

  it('is certain or impossible where all or none are marked', () => {
    expect([...upperTails(8, 8, 3)]).to.deep.equal([1, 1, 1, 1, 0]);
    expect([...upperTails(8, 0, 3)]).to.deep.equal([1, 0, 0, 0, 0]);
    expect([...upperTails(8, 3, 0)]).to.deep.equal([1, 0]);
    expect([...upperTails(8, 3, 8)]).to.deep.equal([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  });
});
