/** A coordinator that is to go takes on no job, and is there for those that it has. docs/rotation.md */
import { expect } from 'chai';
import { drain } from '#coordinator/control/drain.ts';

describe('a coordinator that is drained', () => {
  let [jobs, coordinators] = [2, 1];
  beforeEach(() => ([jobs, coordinators] = [2, 1]));
  const drained = (begun = false) => drain({ underWay: () => jobs, coordinators: () => coordinators }, begun);
  const fine = { ready: true, parts: { database: { ready: true } } } as const;
  const gone = {
    ready: false,
    parts: { database: { ready: true }, work: { ready: false, code: 'coordinator/draining' } },
  };

  it('takes on jobs before, and again when that is undone', () => {
    const state = drained();
    expect([state.isDraining(), state.refusal()]).to.deep.equal([false, null]);
    state.begin(false);
    expect(state.isDraining()).to.equal(true);
    expect(state.refusal()).to.include({ code: 'operations/draining' });
    state.end();
    expect([state.isDraining(), state.refusal()]).to.deep.equal([false, null]);
    expect(drained(true).refusal()).to.include({ code: 'operations/draining' });
  });

  it('is ready while a job is under way, and not once none is', () => {
    const state = drained();
    jobs = 0;
    expect(state.judge(fine)).to.deep.equal(fine);
    state.begin(false);
    jobs = 1;
    expect(state.judge(fine)).to.deep.equal(fine);
    jobs = 0;
    expect(state.judge(fine)).to.deep.equal(gone);
  });

  it('is not ready at once where it hands over, which takes another coordinator', () => {
    const state = drained();
    expect(() => state.begin(true))
      .to.throw()
      .with.property('code', 'coordinator/alone');
    expect(state.isDraining()).to.equal(false);
    coordinators = 2;
    state.begin(true);
    expect(state.judge(fine)).to.deep.equal(gone);
  });
});
