import { expect } from 'chai';
import type { JobFacts } from '#contracts/job-facts.ts';
import { isOver } from '#client/follow-job.ts';
import { cohortCheck, seatFor, termsFlaw, unitsFlaw } from '#client/terms.ts';
import { makePolicy } from '#datasets/policy.ts';
import type { Job } from '#model/job.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { cidOf } from '#protocol/dag.ts';
import { digestHex } from '#model/model-store.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { buyer, coordinator, recipeColumns } from '#test/support/lineage.ts';
import { factsOf } from './support/facts.ts';
import { ownerOf, seatsOnChain, theJob } from './support/cohort.ts';

const policy = makePolicy({
  peers: [ownerOf(0), ownerOf(1), ownerOf(3)],
  minimumCohort: 3,
  minimumPrice: 3000n,
  maximumRounds: 3,
  layers: ['Dense', 'Activation'],
  coordinators: [coordinator],
});
/** Dataset 3 has seat 2, weight 4, price 3,000 and this descriptor. */
const holdings = {
  dataset: 3,
  digest: digestHex(cidOf('raw', Uint8Array.of(2))),
  descriptor: { ...recipeColumns, rowsBucket: 4, policy },
};

describe("a job's terms", () => {
  let job: Job;
  let facts: JobFacts;
  before(async () => {
    ({ job } = await theJob());
    facts = await factsOf();
  });

  const check = (
    change: object = {},
    with_: object = {},
    on: Partial<JobFacts> = {},
    operator = operatorAddress(2),
  ) => {
    const descriptor = { ...holdings.descriptor, ...change, policy: { ...policy, ...with_ } };
    return (
      termsFlaw(job, { ...facts, ...on }, seatFor(facts, 3)!, { ...holdings, descriptor } as never, operator)
        ?.code ?? null
    );
  };

  it('are taken where seat, descriptor, weight and policy agree', () => {
    expect(check()).to.equal(null);
    expect(check({}, { coordinators: 'any', maximumRounds: 4, minimumPrice: 2999n })).to.equal(null);
  });

  it('are refused for another operator key', () => {
    expect(check({}, {}, {}, operatorAddress(1))).to.equal('terms/other-operator');
  });

  it('are refused where they speak of another descriptor or weight', () => {
    const other = { ...holdings, digest: digestHex(cidOf('raw', Uint8Array.of(3))) };
    expect(termsFlaw(job, facts, seatFor(facts, 3)!, other as never, operatorAddress(2))?.code).to.equal(
      'terms/other-descriptor',
    );
    expect(check({ rowsBucket: 8 })).to.equal('terms/other-weight');
  });

  it('are refused where the recipe asks for what the dataset has not', () => {
    expect(check({ columns: recipeColumns.columns.slice(1) })).to.equal('data/missing-column');
    expect(check({ label: { ...recipeColumns.label, classes: ['0', '2'] } })).to.equal('data/other-classes');
  });

  for (const [code, change] of [
    ['policy/price-too-low', { minimumPrice: 3001n }],
    ['policy/too-many-rounds', { maximumRounds: 2 }],
    ['policy/layer-not-allowed', { layers: ['Activation'] }],
    ['policy/coordinator-not-allowed', { coordinators: [buyer] }],
  ] as const) {
    it(`are refused by the owner's policy: ${code}`, () => {
      expect(check({}, change)).to.equal(code);
    });
  }

  it('pay as many rounds as the seat has units', () => {
    const seat = seatFor(facts, 3)!;
    const settled = (seats: number[]) =>
      ({ participants: seatBitmap(seats, 5) }) as JobFacts['settlements'][0];
    const paid = { ...facts, settlements: [settled([2, 3]), settled([0, 1]), settled([2])] };
    expect(unitsFlaw(paid, { ...seat, units: 3 })).to.equal(null);
    expect(unitsFlaw(paid, { ...seat, units: 2 })?.code).to.equal('terms/no-units-left');
  });
});

describe("an owner's cohort", () => {
  const check = cohortCheck(policy, ownerOf(2));
  const seats = (...chosen: number[]) => chosen.map((seat) => seatsOnChain()[seat]!);

  it('counts itself and the owners that it vouches for, and no others', () => {
    expect(check(seats(0, 2, 3))).to.equal(null);
    expect(check(seats(2, 3, 4))?.code).to.equal('policy/cohort-too-small');
    expect(check(seats(0, 1, 4))?.code).to.equal('policy/cohort-too-small');
  });
});

describe('a job', () => {
  it('is over when it is cancelled, closed, past its cutoff, or all rounds are settled', async () => {
    const facts = await factsOf();
    const over = (change: Partial<JobFacts>, now = 100) =>
      isOver({ ...facts, rounds: 3, cutoff: 100, ...change }, now);
    expect(over({})).to.equal(false);
    expect(over({}, 101)).to.equal(true);
    expect(over({ state: 'cancelled' })).to.equal(true);
    expect(over({ state: 'closed' })).to.equal(true);
    const settlements = [1, 2, 3].map((round) => ({ round }) as JobFacts['settlements'][0]);
    expect(over({ settlements })).to.equal(true);
    expect(over({ settlements: settlements.slice(1) })).to.equal(false);
  });
});
