/** What inspecting counts and rounds by. */
import { expect } from 'chai';
import fc from 'fast-check';
import { distinctValues } from '#datasets/inspect/distinct.ts';
import { tidyBounds } from '#datasets/inspect/tidy-bounds.ts';

describe('a count of different values', () => {
  it('is exact and remembers while they are few and short, and else an estimate', () => {
    const few = distinctValues();
    for (let i = 0; i < 5_000; i += 1) few.add(`v${i % 1_000}`);
    expect([few.count(), few.values()?.get('v7')]).to.deep.equal([1_000, 5]);
    few.add('one more');
    expect(few.values()).to.equal(null);
    expect(few.count()).to.be.within(1_001, 1_001);
    const many = distinctValues();
    for (let i = 0; i < 60_000; i += 1) many.add(`v${i % 30_000}`);
    expect(many.count()).to.be.within(27_000, 33_000);
    const long = distinctValues();
    long.add('x'.repeat(100));
    expect(long.values()?.size).to.equal(1);
    long.add('x'.repeat(101));
    expect([long.values(), long.count()]).to.deep.equal([null, 2]);
  });
});

describe('tidy bounds', () => {
  it('hold all values, and are no extreme but 0', () => {
    const finite = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(finite, finite, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const { minimum, maximum } = tidyBounds(low, high);
        if (minimum === null || maximum === null) return;
        expect(Number(minimum)).to.be.at.most(low);
        expect(Number(maximum)).to.be.at.least(high);
        if (low !== 0) expect(Number(minimum)).to.be.below(low);
        if (high !== 0) expect(Number(maximum)).to.be.above(high);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('are whole steps of the power of ten below the range', () => {
    const of = (low: number, high: number) => Object.values(tidyBounds(low, high));
    expect(of(3, 17)).to.deep.equal(['0', '20']);
    expect(of(0, 8)).to.deep.equal(['0', '9']);
    expect(of(1, 8)).to.deep.equal(['0', '9']);
    expect(of(0.0512, 0.0974)).to.deep.equal(['0.05', '0.1']);
    expect(of(-120, 1_950)).to.deep.equal(['-1000', '2000']);
    expect(of(0, 0)).to.deep.equal(['0', '1']);
    expect(of(5, 5)).to.deep.equal(['4', '6']);
    expect(of(0, 1.5e21)).to.deep.equal(['0', '2e21']);
    expect(of(-1.7e308, 1.7e308)).to.deep.equal([null, null]);
    expect(of(1e20, 1e20 + 20_000)).to.deep.equal([null, null]);
  });
});
