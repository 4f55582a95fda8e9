import { expect } from 'chai';
import { commitRoster } from '#contracts/attempt-outcomes.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { announcer } from '#coordinator/jobs/announce.ts';
import { finalityReader } from '#coordinator/jobs/finality.ts';
import type { LoadLineage } from '#coordinator/jobs/lineage.ts';
import { watchJobs } from '#coordinator/jobs/watch.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Job } from '#model/job.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { activeJob, openJob, settlement, settle as settleRound, type TestJob } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { cohort, digestOfText, type Cohort } from '#test/support/cohort.ts';
import { lineageJob, type LineageJob } from '#test/support/lineage.ts';
import { codeOf } from '../code-of.ts';
import { voidFrom } from '../disputed.ts';
import { manualClock, memoryLog } from '../fakes.ts';

describe('the coordinator, looking at a real chain', function () {
  this.timeout(60_000);
  let world: World;
  let job: TestJob;
  let members: Cohort;
  let lineage: LineageJob;
  const contracts = (): SendingContracts => world.coordinator.contracts;

  before(async () => {
    world = await startWorld();
    lineage = await lineageJob();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, {
      rounds: 2,
      seats: [11n, 22n, 33n, 44n, 55n].map((price) => ({ price, units: 2 })),
    });
    const { chainId, escrow } = world.deployment;
    members = cohort({
      n: 5,
      id: { job: Number(job.job), round: 1, attempt: 1 },
      on: { chainId, escrow },
      lostBeforeMasking: [4],
    });
  });

  describe('announces', () => {
    const asked: object[] = [];
    const loadLineage: LoadLineage = async (place) => {
      asked.push(place);
      const facts = await readJobFacts(contracts(), place.job);
      return { job: lineage.job, facts, before: lineage.initial.cid, previous: null };
    };
    const announce = (round: number, attempt: number, now = job.cutoff - 5_000) =>
      announcer(
        contracts(),
        loadLineage,
        manualClock(toSeconds(now)),
      )({ job: Number(job.job), round, attempt });
    beforeEach(() => void (asked.length = 0));

    it('an attempt by the terms, with the seats as the chain holds them', async () => {
      const rules = await announce(1, 3);
      expect(rules).to.deep.include({
        buyer: world.buyer.address,
        minimumCohort: 3,
        phases: lineage.manifest.phases,
        announcedAt: job.cutoff - 5_000,
        cutoff: job.cutoff,
        evidence: lineage.manifest.evidence,
        aggregation: lineage.job.parameters,
      });
      expect(rules?.expected).to.deep.equal({
        job: Number(job.job),
        round: 1,
        attempt: 3,
        ...lineage.job.digests,
        model: lineage.initial.digest,
      });
      expect(rules?.seats).to.deep.equal(
        job.listings.map(({ dataset, owner, operator }) => ({
          dataset: Number(dataset),
          owner: owner.address,
          operator: members.seats[operator]!.operator,
          unitsLeft: 2,
        })),
      );
    });

    it('how a large roster is drawn, and an attempt that the escrow holds nothing of', async () => {
      const { job: whole } = lineage;
      const sparse = { above: 3, corruption: 0.05, dropout: 0.05 };
      const loads: LoadLineage = async (place) => ({
        ...(await loadLineage(place)),
        job: { ...whole, sparse },
      });
      const id = { job: Number(job.job), round: 1, attempt: 1 };
      await commitRoster(contracts(), id, digestOfText('roster'));
      const next = announcer(contracts(), loads, manualClock(toSeconds(job.cutoff - 5_000)));
      const rules = await next(id);
      expect(rules?.sparse).to.deep.equal(sparse);
      expect(rules?.expected.attempt).to.equal(2);
      expect((await announce(1, 1))?.sparse).to.equal(null);
    });

    it('cohorts above a hundred under sparse terms alone', async () => {
      const withTerms = async (sparse: Job['sparse'], minimumCohort: number) => {
        const loads: LoadLineage = async (place) => {
          const loaded = await loadLineage(place);
          const [seat] = loaded.facts.seats;
          const seats = Array.from({ length: 1_100 }, (_, n) => ({
            ...seat!,
            seat: n,
            owner: toAddress(`0x${(n + 1).toString(16).padStart(40, '0')}`),
          }));
          const manifest = { ...lineage.job.manifest, minimumCohort };
          return {
            ...loaded,
            facts: { ...loaded.facts, seats },
            job: { ...lineage.job, sparse, manifest },
          };
        };
        const next = announcer(contracts(), loads, manualClock(toSeconds(job.cutoff - 5_000)));
        return (await next({ job: Number(job.job), round: 1, attempt: 1 })) !== null;
      };
      const sparse = { above: 100, corruption: 0.05, dropout: 0.05 };
      expect(await withTerms(null, 100)).to.equal(true);
      expect(await withTerms(null, 101)).to.equal(false);
      expect(await withTerms(sparse, 1_024)).to.equal(true);
      expect(await withTerms(sparse, 1_025)).to.equal(false);
    });

    it('the next round with the units that are left', async () => {
      await settleRound(world, job, settlement(job, 1, digestOfText('payouts'), [0, 2, 4]));
      const rules = await announce(2, 1);
      expect(rules?.seats.map(({ unitsLeft }) => unitsLeft)).to.deep.equal([1, 2, 1, 2, 1]);
      expect(asked).to.deep.equal([{ job: Number(job.job), round: 2 }]);
    });

    it('the round that the chain is at, where it is further than was known', async () => {
      await settleRound(world, job, settlement(job, 1, digestOfText('payouts'), [0, 2, 4]));
      expect((await announce(1, 4))?.expected).to.deep.include({ round: 2, attempt: 1 });
    });

    it('no round that was posted once and is void: it is never aggregated a second time', async () => {
      await settleRound(world, job, settlement(job, 1, digestOfText('payouts'), [0, 1, 2]));
      await voidFrom(world, job, 1);
      expect(await codeOf(announce(1, 1))).to.equal('coordinator/round-lost');
      expect((await announce(2, 1))?.expected).to.include({ round: 2 });
    });

    it('nothing after the last round, past the cutoff, or for a closed job', async () => {
      expect(await announce(3, 1)).to.equal(null);
      expect(await announce(1, 1, job.cutoff)).to.equal(null);
      expect(await announce(1, 1, job.cutoff - 1)).to.not.equal(null);
      await settleRound(world, job, settlement(job, 1, digestOfText('payouts'), [0, 2, 4]));
      await settleRound(world, job, settlement(job, 2, digestOfText('payouts'), [0, 2, 4]));
      expect(await announce(2, 1)).to.equal(null);
    });

    it('nothing where too few owners have units left', async () => {
      const short = await activeJob(world, {
        rounds: 3,
        seats: [1n, 2n, 3n, 4n].map((price, i) => ({ price, units: i < 2 ? 1 : 3 })),
      });
      const next = (round: number) =>
        announcer(
          contracts(),
          loadLineage,
          manualClock(toSeconds(short.cutoff - 5_000)),
        )({ job: Number(short.job), round, attempt: 1 });
      expect(await next(1)).to.not.equal(null);
      await settleRound(world, short, settlement(short, 1, digestOfText('payouts'), [0, 1, 2, 3]));
      expect(await next(2)).to.equal(null);
    });
  });

  it('learns when rounds are final, by the chain and its time', async () => {
    const finalityOf = finalityReader(contracts());
    const before = { cutoff: job.cutoff, longWindow: 1_000, frozenFrom: 0 };
    const number = Number(job.job);
    expect(await finalityOf(number)).to.deep.include({ ...before, settlements: [] });
    const { readyAt } = await settleRound(
      ...([world, job, settlement(job, 1, digestOfText('payouts'), [0, 2, 4])] as const),
    );
    const found = await finalityOf(number);
    expect(found).to.deep.include({ ...before, chainTime: readyAt - 1_000 });
    expect(found.settlements).to.have.length(1);
    expect(found.settlements[0]).to.include({ round: 1, readyAt });
  });

  describe('finds its jobs', () => {
    it('when they are active, each once, whatever goes wrong with another', async () => {
      const waiting = await openJob(world, {
        rounds: 1,
        seats: [1n, 2n, 3n].map((price) => ({ price, units: 1 })),
      });
      const foreign = await activeJob(world, {
        rounds: 1,
        coordinator: world.stranger.address,
        seats: [1n, 2n, 3n].map((price) => ({ price, units: 1 })),
      });
      const stop = new AbortController();
      const known = new Set<number>();
      const taken: number[][] = [];
      const log = memoryLog();
      let bad = true;
      const found = new Promise<void>((resolve) => {
        void watchJobs({
          contracts: contracts(),
          coordinator: world.coordinator.address,
          pollMillis: 20,
          unsettledBlocks: 1,
          retryMillis: 20,
          has: (one) => known.has(one),
          async takeOn(one, rounds) {
            if (one === Number(job.job) && bad) {
              bad = false;
              throw new TributaryError('ipfs/unreachable', 'no IPFS');
            }
            known.add(one);
            taken.push([one, rounds]);
            if (taken.length === 1) await world.buyer.contracts.escrow.send.activate(waiting.job);
            if (taken.length === 2) resolve();
          },
          log,
          signal: stop.signal,
        });
      });
      await found;
      stop.abort();
      expect(taken).to.deep.equal([
        [Number(job.job), 2],
        [Number(waiting.job), 1],
      ]);
      expect(known.has(Number(foreign.job))).to.equal(false);
      expect(log.lines).to.deep.include({
        level: 'warn',
        facts: { job: Number(job.job), code: 'ipfs/unreachable', error: 'no IPFS' },
        message: 'a job could not be taken on; trying again',
      });
    });
  });
});
