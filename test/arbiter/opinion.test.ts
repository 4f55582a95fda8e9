import { expect } from 'chai';
import { opinionOf, patienceEnds, patienceLeft } from '#auditor/arbiter/opinion.ts';
import type { Recomputed } from '#auditor/dispute/recompute.ts';

const times = { deadline: 1_000, window: 300 };
const recomputed = (outcome: Recomputed['outcome']): Recomputed => ({
  outcome,
  why: 'the reason',
  code: outcome === 'false' ? 'payouts/other-root' : null,
  findings: [],
});
const says = (outcome: Recomputed['outcome'], now: number) =>
  opinionOf(recomputed(outcome), { ...times, now }).says;

describe("an arbiter's opinion", () => {
  it('is at once that a true round stands and a false one is void, with its code', () => {
    for (const now of [701, 999, 1_000]) {
      expect(says('true', now)).to.equal('stands');
      expect(opinionOf(recomputed('false'), { ...times, now })).to.deep.equal({
        says: 'void',
        why: 'the reason (payouts/other-root)',
      });
    }
  });

  it('waits for missing evidence until a quarter of the window is left, and then is void', () => {
    expect(patienceEnds(times)).to.equal(925);
    expect(says('missing', 924)).to.equal('wait');
    expect(opinionOf(recomputed('missing'), { ...times, now: 925 })).to.deep.equal({
      says: 'void',
      why: 'the evidence can not be fetched: the reason',
    });
  });

  it('is none while its own means are away or behind, to the last second', () => {
    for (const now of [701, 925, 1_000]) {
      expect(says('away', now)).to.equal('silent');
      expect(says('gone', now)).to.equal('silent');
    }
  });

  it('is over when it is too late', () => {
    for (const outcome of ['true', 'false', 'missing', 'away'] as const)
      expect(says(outcome, 1_001)).to.equal('over');
  });

  it('gives evidence the time to the last quarter, and in it half of what is left', () => {
    expect(patienceLeft({ ...times, now: 800 })).to.equal(125);
    expect(patienceLeft({ ...times, now: 924 })).to.equal(1);
    expect(patienceLeft({ ...times, now: 940 })).to.equal(30);
    expect(patienceLeft({ ...times, now: 1_000 })).to.equal(1);
  });
});
