import { expect } from 'chai';
import { chainRefusal, jobRefusal, type JobSize } from '#coordinator/operations/admit.ts';
import { defaultPolicy, operationsPolicy, type OperationsPolicy } from '#coordinator/operations/schema.ts';
import { roundBytes } from '#coordinator/storage/need.ts';
import { cohort } from '#test/support/cohort.ts';
import { rulesOf } from '../fixtures.ts';

const rules = rulesOf(cohort({ n: 5 }));
const { chainId } = rules.domain;
const job: JobSize = { rounds: 4, rules: { ...rules, minimumCohort: 4 } };
const policy = (written: object): OperationsPolicy => operationsPolicy.parse({ version: 1, ...written });
const under = (all: number, ofBuyer = 0) => ({ all, ofBuyer });
const codeOf = (written: object, all = 0, ofBuyer = 0) =>
  jobRefusal(policy(written), job, under(all, ofBuyer))?.code ?? null;

describe('what an operations policy admits', () => {
  it('is every job of the protocol by default, up to a thousand at once', () => {
    expect(jobRefusal(defaultPolicy, job, under(999))).to.equal(null);
    expect(jobRefusal(defaultPolicy, job, under(1_000))?.code).to.equal('operations/too-many-jobs');
  });

  it('goes up to each limit, and not one beyond', () => {
    const { dimension } = rules.aggregation;
    const limits = [
      ['rounds', 4, 'operations/too-many-rounds'],
      ['seats', 5, 'operations/too-many-seats'],
      ['weights', dimension, 'operations/too-many-weights'],
    ] as const;
    for (const [limit, has, code] of limits) {
      expect(codeOf({ jobs: { [limit]: has } }), limit).to.equal(null);
      expect(codeOf({ jobs: { [limit]: has - 1 } }), limit).to.equal(code);
    }
    expect(codeOf({ jobs: { active: 3 } }, 2)).to.equal(null);
    expect(codeOf({ jobs: { active: 3 } }, 3)).to.equal('operations/too-many-jobs');
  });

  it('lets one buyer have so many at once, whatever the others have', () => {
    expect(codeOf({ quotas: { jobs: 3 } }, 40, 2)).to.equal(null);
    expect(codeOf({ quotas: { jobs: 3 } }, 40, 3)).to.equal('operations/too-many-of-buyer');
    expect(codeOf({}, 999, 999)).to.equal(null);
  });

  it('has room for one round of it, as large as it may become', () => {
    const round = roundBytes(rules, 5);
    expect(codeOf({ storage: { jobBytes: round, bytes: round } })).to.equal(null);
    expect(codeOf({ storage: { jobBytes: round - 1 } })).to.equal('operations/too-much-storage');
    expect(codeOf({ storage: { bytes: round - 1 } })).to.equal('operations/too-much-storage');
  });

  it('asks for a cohort', () => {
    expect(codeOf({ jobs: { minimumCohort: 4 } })).to.equal(null);
    expect(codeOf({ jobs: { minimumCohort: 5 } })).to.equal('operations/cohort-too-small');
  });

  it('is of the chains that it names', () => {
    expect(codeOf({ chains: [1, chainId] })).to.equal(null);
    expect(codeOf({ chains: [1] })).to.equal('operations/chain-not-accepted');
    expect(chainRefusal([1, 10], chainId)?.detail).to.contain(`chains 1, 10, this one is ${chainId}`);
  });

  it('says both figures', () => {
    expect(jobRefusal(policy({ jobs: { rounds: 2 } }), job, under(0))?.detail).to.equal(
      'the job has 4 rounds, this coordinator takes 2',
    );
  });
});
