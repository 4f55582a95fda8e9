/** What the demo takes, and what it refuses before it starts anything. */
import { expect } from 'chai';
import { readOptions } from '#examples/demo/options.ts';

describe('the options of the demo', () => {
  it('ask for the sparse graph only where one is safe', () => {
    for (const clients of ['3', '6']) {
      expect(() => readOptions(['--sparse', '--clients', clients])).to.throw(
        `no graph on ${clients} members`,
      );
    }
    expect(() => readOptions(['--sparse'])).to.throw('no graph on 5 members');
    expect(readOptions(['--sparse', '--clients', '7'])).to.include({ sparse: true, clients: 7 });
    expect(readOptions([])).to.include({ sparse: false, clients: 5 });
  });
});
