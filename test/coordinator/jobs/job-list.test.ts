import { expect } from 'chai';
import type { UnderWay } from '#coordinator/operations/admit.ts';
import { toAddress } from '#protocol/units.ts';
import { JobList } from '#coordinator/jobs/job-list.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { TributaryError } from '#crypto/error.ts';
import { flaw } from '#protocol/flaw.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { driverParts, performers } from '../fakes.ts';
import { save } from '../store/save.ts';
import { honestly, rulesOf } from '../fixtures.ts';

const members = cohort({ n: 3 });
const view = { job: 7, state: 'active', round: 1, attempt: 1, rounds: 4 } as const;

function listOver(rules: AttemptRules | null) {
  const setup = driverParts({ performers: performers({ announce: async () => rules }) });
  return { jobs: new JobList(setup.parts), ...setup };
}

describe('the list of jobs', () => {
  it('takes on a job at the round that is announced, once', async () => {
    const { jobs, records } = listOver(rulesOf(members));
    expect(jobs.has(7)).to.equal(false);
    await jobs.takeOn(7, 4);
    await jobs.takeOn(7, 4);
    expect(jobs.list()).to.deep.equal([view]);
    expect(await records.jobs()).to.deep.equal([view]);
    expect(jobs.driver(7).view).to.deep.equal(view);
    await jobs.stop();
  });

  it('leaves a job that the chain has no round for', async () => {
    const { jobs } = listOver(null);
    await jobs.takeOn(7, 4);
    expect(jobs.list()).to.deep.equal([]);
  });

  it('takes on what its operator admits, and asks again each time', async () => {
    const { parts } = driverParts({ performers: performers({ announce: async () => rulesOf(members) }) });
    const asked: [number, UnderWay][] = [];
    let most = 0;
    const jobs = new JobList(parts, ({ rounds }, underWay) => {
      asked.push([rounds, underWay]);
      return underWay.all < most ? null : flaw('operations/too-many-jobs', 'enough');
    });
    expect(await codeOf(jobs.takeOn(7, 4))).to.equal('operations/too-many-jobs');
    expect(jobs.has(7)).to.equal(false);
    most = 1;
    await jobs.takeOn(7, 4);
    expect(await codeOf(jobs.takeOn(8, 2))).to.equal('operations/too-many-jobs');
    expect(asked).to.deep.equal([
      [4, { all: 0, ofBuyer: 0 }],
      [4, { all: 0, ofBuyer: 0 }],
      [2, { all: 1, ofBuyer: 1 }],
    ]);
    await jobs.stop();
  });

  it("counts a buyer's jobs apart from those of others", async () => {
    const buyers = [toAddress(`0x${'b1'.repeat(20)}`), toAddress(`0x${'b2'.repeat(20)}`)];
    const { parts } = driverParts({
      performers: performers({
        announce: async ({ job }) => {
          const rules = rulesOf(members);
          const { expected } = rules;
          return { ...rules, buyer: buyers[job % 2] ?? rules.buyer, expected: { ...expected, job } };
        },
      }),
    });
    const asked: UnderWay[] = [];
    const jobs = new JobList(parts, (_job, underWay) => (asked.push(underWay), null));
    for (const job of [7, 8, 9]) await jobs.takeOn(job, 4);
    expect(asked).to.deep.equal([
      { all: 0, ofBuyer: 0 },
      { all: 1, ofBuyer: 0 },
      { all: 2, ofBuyer: 1 },
    ]);
    await jobs.stop();
  });

  it('does not keep a job whose beginning could not be saved, and takes it on later', async () => {
    const { jobs, records } = listOver(rulesOf(members));
    records.failNext(new TributaryError('storage/full', 'no room'), 'before');
    expect(await codeOf(jobs.takeOn(7, 4))).to.equal('storage/full');
    expect(jobs.has(7)).to.equal(false);
    await jobs.takeOn(7, 4);
    expect(jobs.has(7)).to.equal(true);
    await jobs.stop();
  });

  it('goes on with the jobs on disk, finished ones too', async () => {
    const { jobs, records } = listOver(null);
    const other = cohort({ n: 3, id: { job: 8, round: 1, attempt: 1 } });
    const finished = { ...view, job: 8, state: 'finished' } as const;
    await save(records, {
      job: view,
      attempts: [{ revision: 4, state: honestly(members, 'sharing') }],
      message: null,
    });
    await save(records, {
      job: finished,
      attempts: [{ revision: 4, state: honestly(other, 'sharing') }],
      message: null,
    });
    await jobs.resume(await records.jobs());
    expect(jobs.list()).to.deep.equal([view, finished]);
    await jobs.stop();
  });

  it('knows no other job', () => {
    const { jobs } = listOver(null);
    expect(() => jobs.driver(9))
      .to.throw(TributaryError)
      .with.property('code', 'job/unknown');
  });
});
