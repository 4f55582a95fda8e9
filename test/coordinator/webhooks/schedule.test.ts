import { expect } from 'chai';
import { nextTry, RETRIES } from '#coordinator/webhooks/schedule.ts';

describe('the schedule of retries', () => {
  it('spreads what failed together, and ends after a day', () => {
    expect([
      nextTry(1, 0, null),
      nextTry(1, 1, null),
      nextTry(3, 0, null),
      nextTry(3, 1, null),
    ]).to.deep.equal([...[4, 6, 64, 96]]);
    const all = Array.from({ length: RETRIES }, (_, index) => nextTry(index + 1, 0.5, null) ?? 0);
    expect(all.reduce((sum, one) => sum + one, 0) / 3600).to.be.within(24, 27);
    expect(nextTry(RETRIES + 1, 0.5, 10)).to.equal(null);
    expect([nextTry(1, 0.5, 60), nextTry(1, 0.5, 1e9)]).to.deep.equal([60, 21_600]);
  });
});
