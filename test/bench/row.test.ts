/** A row of a bench holds or fails as its bar says. */
import { expect } from 'chai';
import { holds, line } from '../../bench/row.ts';

describe('a row of a bench', () => {
  const row = { row: 'load', unit: 'x' };

  it('is held against the most that may be, or the least', () => {
    expect(holds({ ...row, ours: 399, bar: 400 })).to.equal(true);
    expect(holds({ ...row, ours: 401, bar: 400 })).to.equal(false);
    expect(holds({ ...row, ours: 9, ratio: 0.59, bar: 0.6, atLeast: true })).to.equal(false);
    expect(holds({ ...row, ours: 9, ratio: 0.6, bar: 0.6, atLeast: true })).to.equal(true);
    expect(holds({ ...row, ours: 9, ratio: 1.1, bar: 1 })).to.equal(false);
    expect(holds({ ...row, ours: 1, bar: 0 })).to.equal(false);
  });

  it('says which', () => {
    expect(line({ ...row, ours: 401, bar: 400 })).to.match(/≤ 400 {2}FAILS$/);
    expect(line({ ...row, ours: 9, ratio: 0.7, limit: 12, bar: 0.6, atLeast: true })).to.match(
      /≥ 0\.6 {2}holds$/,
    );
    expect(line({ ...row, ours: 9, limit: 8 })).to.match(/≥ 8 {2}holds$/);
    expect(line({ ...row, ours: 7, p50: 3, p99: 7 })).to.include('p50 3.0  p99 7.0');
  });
});
