/** Counts of a minute: each has a window of its own, and no crowd fills the memory. docs/operations.md */
import { expect } from 'chai';
import { Windows } from '#coordinator/http/limits/windows.ts';

describe('the windows of a limit', () => {
  let now = 1_000;
  beforeEach(() => (now = 1_000));
  const windows = (most?: number) => new Windows(60, { now: () => now, ...(most !== undefined && { most }) });

  it('begin with the first count, and end a minute later', () => {
    const counted = windows();
    expect(counted.add('a')).to.deep.equal({ used: 1, secondsLeft: 60 });
    now += 59_500;
    expect(counted.add('a')).to.deep.equal({ used: 2, secondsLeft: 1 });
    expect(counted.add('b')).to.deep.equal({ used: 1, secondsLeft: 60 });
    now += 500;
    expect(counted.add('a')).to.deep.equal({ used: 1, secondsLeft: 60 });
    expect(counted.add('b').used).to.equal(2);
    // Where a sum of doubles is a little more than it is.
    now = 33_001.7777;
    expect(windows().add('c').secondsLeft).to.equal(60);
  });

  it('take one back, but none of a window that is over', () => {
    const counted = windows();
    counted.add('a');
    counted.add('a');
    counted.takeBack('a');
    counted.takeBack('nobody');
    expect(counted.add('a').used).to.equal(2);
    now += 60_000;
    counted.takeBack('a');
    expect(counted.add('a').used).to.equal(1);
  });

  it('are bounded: the one that was counted longest ago is forgotten first', () => {
    const counted = windows(3);
    for (const name of ['a', 'b', 'c', 'a', 'd']) counted.add(name);
    expect(counted.size).to.equal(3);
    expect(counted.add('a').used).to.equal(3);
    expect(counted.add('b').used, 'forgotten').to.equal(1);
  });

  it('are a hundred thousand at most, whoever comes from everywhere', () => {
    const counted = new Windows(60);
    for (let index = 0; index < 150_000; index += 1) counted.add(`address ${index}`);
    expect(counted.size).to.equal(100_000);
  });
});
