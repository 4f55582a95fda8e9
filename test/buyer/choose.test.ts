/** Which datasets a budget buys: deterministic, within it, and only such as train together. */
import { expect } from 'chai';
import fc from 'fast-check';
import { closed } from '#buyer/choice/cohort.ts';
import { type Choice } from '#buyer/choice/choose.ts';
import { cohortRefusal, termsRefusal } from '#datasets/policy.ts';
import { at } from '#test/contracts/world.ts';
import { coordinator, listing, ownerOf, type Change } from './market.ts';
import { chooseFrom, ids, market, why } from './choices.ts';

describe('a choice of datasets', () => {
  it('takes as many owners as the budget affords, the cheapest first', () => {
    const found = chooseFrom(market([9n, 5n, 7n, 6n, 8n]), { budget: 260n });
    expect(ids(found)).to.deep.equal([2, 3, 4, 5]);
    expect(found).to.include({ rounds: 10, cost: 260n });
    expect(why(found)).to.deep.equal({ 1: 'the budget does not reach it for 10 rounds' });
  });

  it('is within the budget to the base unit, the bonus included', () => {
    const four = market([9n, 5n, 7n, 6n]);
    expect(ids(chooseFrom(four, { budget: 273n, bonusPool: 3n }))).to.deep.equal([1, 2, 3, 4]);
    expect(ids(chooseFrom(four, { budget: 272n, bonusPool: 3n }))).to.deep.equal([2, 3, 4]);
    expect(() => chooseFrom(four, { budget: 182n, bonusPool: 3n }))
      .to.throw('cost 183 base units, the budget is 182')
      .with.property('code', 'choice/budget-too-small');
    expect(() => chooseFrom(four, { budget: 2n, bonusPool: 3n }))
      .to.throw()
      .with.property('code', 'choice/budget-too-small');
  });

  it('runs the most rounds that the budget affords where none are named', () => {
    expect(chooseFrom(market([1n, 2n, 3n]), { budget: 125n, rounds: null })).to.include({
      rounds: 20,
      cost: 120n,
    });
    // Too little for ten rounds with three owners: fewer rounds.
    expect(chooseFrom(market([1n, 2n, 3n]), { budget: 23n, rounds: null })).to.include({
      rounds: 3,
      cost: 18n,
    });
    expect(() => chooseFrom(market([1n, 2n, 3n]), { budget: 5n, rounds: null }))
      .to.throw('1 round with 3 owners cost 6')
      .with.property('code', 'choice/budget-too-small');
  });

  it('runs no more rounds than policies and offers allow', () => {
    const bounded = market([1n, 2n, 3n], { 2: { policy: { maximumRounds: 12 } } });
    expect(chooseFrom(bounded, { rounds: null }).rounds).to.equal(12);
    const few = market([1n, 2n, 3n], { 3: { left: 11 } });
    expect(chooseFrom(few, { rounds: null }).rounds).to.equal(11);
    expect(chooseFrom(few, { rounds: null, held: (token) => (token === 30 ? 2n : 0n) }).rounds).to.equal(13);
    expect(
      chooseFrom(
        market([0n, 0n, 0n], {
          1: { policy: { minimumPrice: 0n } },
          2: { policy: { minimumPrice: 0n } },
          3: { policy: { minimumPrice: 0n, maximumRounds: 40 } },
        }),
        { rounds: null },
      ).rounds,
    ).to.equal(40);
  });

  it('wants to know for how long', () => {
    expect(() => chooseFrom(market([1n, 2n, 3n]), { budget: null, rounds: null }))
      .to.throw()
      .with.property('code', 'choice/no-rounds');
    expect(chooseFrom(market([100n, 200n, 300n]), { budget: null, rounds: 7 }).cost).to.equal(4_200n);
  });

  it('leaves out whose own terms the job does not meet, and says why', () => {
    const listings = market([5n, 5n, 5n, 5n, 5n, 5n, 5n], {
      1: { policy: { minimumPrice: 6n } },
      2: { policy: { maximumRounds: 9 } },
      3: { policy: { layers: ['Conv2D'] } },
      4: { policy: { coordinators: [ownerOf(1)] } },
    });
    const found = chooseFrom(listings);
    expect(ids(found)).to.deep.equal([5, 6, 7]);
    expect(why(found)).to.deep.equal({
      1: 'its owner would refuse the terms (policy/price-too-low)',
      2: 'its owner would refuse the terms (policy/too-many-rounds)',
      3: 'its owner would refuse the terms (policy/layer-not-allowed)',
      4: 'its owner would refuse the terms (policy/coordinator-not-allowed)',
    });
    const sold = chooseFrom(market([1n, 2n, 3n, 4n], { 1: { left: 9 } }));
    expect(why(sold)).to.deep.equal({ 1: 'it has no offer of 10 units' });
  });

  it('takes a dearer offer of a dataset where the cheaper has too few units or too low a price', () => {
    const two = listing(1, 4n, { policy: { minimumPrice: 5n } }, 3);
    const dear = { ...at(two.offers, 0), token: 11, price: 6n };
    const found = chooseFrom([{ ...two, offers: [...two.offers, dear] }, ...market([1n, 2n, 3n]).slice(1)]);
    expect(at(found.chosen, 0).offer.token).to.equal(11);
  });

  it('takes one dataset of an owner, the cheaper', () => {
    const found = chooseFrom(market([5n, 4n, 3n, 2n], { 4: { owner: ownerOf(1) } }));
    expect(ids(found)).to.deep.equal([2, 3, 4]);
    expect(why(found)[1]).to.match(/^its owner has a cheaper dataset/);
  });

  it('takes owners only with the peers that each wants', () => {
    // 1 wants 4 and 5 beside it; 2, 3, 6 want each other.
    const clique = (own: number[], cohort = 3): Change => ({
      policy: { peers: own.map(ownerOf), minimumCohort: cohort },
    });
    const listings = market([1n, 2n, 3n, 4n, 90n, 6n], {
      1: clique([4, 5]),
      2: clique([3, 6]),
      3: clique([2, 6]),
      4: clique([1, 5]),
      5: clique([1, 4]),
      6: clique([2, 3]),
    });
    const all = chooseFrom(listings, { budget: 1_060n });
    expect(ids(all)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    const found = chooseFrom(listings, { budget: 1_059n });
    expect(ids(found)).to.deep.equal([2, 3, 6]);
    expect(why(found)[1]).to.equal('the budget does not reach it for 10 rounds');
    const alone = market([1n, 2n, 3n, 4n], { 1: clique([8, 9]) });
    expect(why(chooseFrom(alone))).to.deep.equal({
      1: 'too few of the others are owners that it vouches for',
    });
    expect(() => chooseFrom(market([1n, 2n, 3n], { 1: clique([8, 9]) })))
      .to.throw('dataset 1: too few of the others')
      .with.property('code', 'choice/no-datasets');
  });

  it('keeps the dearest where the others can not do without it', () => {
    const needs: Change = {
      policy: { peers: [ownerOf(4), ownerOf(1), ownerOf(2), ownerOf(3)], minimumCohort: 4 },
    };
    const hub = market([1n, 2n, 3n, 90n, 50n], {
      1: { policy: { peers: [2, 3, 4].map(ownerOf), minimumCohort: 4 } },
      2: { policy: { peers: [1, 3, 4].map(ownerOf), minimumCohort: 4 } },
      3: { policy: { peers: [1, 2, 4].map(ownerOf), minimumCohort: 4 } },
      4: { policy: { peers: [1, 2, 3].map(ownerOf), minimumCohort: 4 } },
      5: needs,
    });
    expect(ids(chooseFrom(hub, { budget: 960n }))).to.deep.equal([1, 2, 3, 4]);
  });

  it('takes at most the seats of a job', () => {
    const all = Array.from({ length: 1_027 }, (_, at) => at + 1);
    const few = (own: number) => ({
      peers: [1, 2, 3].filter((id) => id !== own).map(ownerOf),
      minimumCohort: 3,
    });
    const policies = Object.fromEntries(all.map((id) => [id, { policy: few(id) }]));
    const found = chooseFrom(
      market(
        all.map(() => 1n),
        policies,
      ),
      { budget: 1_000_000n },
    );
    expect(found.chosen).to.have.length(1_024);
    expect(why(found)[1_027]).to.equal('a job has at most 1024 datasets');
  });

  it('never costs more than the budget, and every chosen owner would take part', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            price: fc.bigInt({ min: 0n, max: 40n }),
            left: fc.integer({ min: 0, max: 30 }),
            cohort: fc.integer({ min: 3, max: 5 }),
            most: fc.integer({ min: 1, max: 30 }),
            owner: fc.integer({ min: 1, max: 8 }),
          }),
          { minLength: 1, maxLength: 9 },
        ),
        fc.bigInt({ min: 0n, max: 3_000n }),
        fc.option(fc.integer({ min: 1, max: 30 })),
        (drawn, budget, rounds) => {
          const listings = drawn.map(({ price, left, cohort, most, owner }, index) =>
            listing(
              index + 1,
              price,
              { left, owner: ownerOf(owner), policy: { minimumCohort: cohort, maximumRounds: most } },
              8,
            ),
          );
          let found: Choice;
          try {
            found = chooseFrom(listings, { budget, rounds, bonusPool: 7n });
          } catch (error) {
            expect(String((error as { code?: string }).code)).to.match(/^choice\//);
            return;
          }
          const owners = found.chosen.map((one) => one.listing.owner);
          const cost = found.chosen.reduce((sum, { offer }) => sum + offer.price * BigInt(found.rounds), 7n);
          expect(found.cost).to.equal(cost);
          expect(cost <= budget).to.equal(true);
          expect(new Set(owners).size).to.equal(owners.length);
          expect(owners.length).to.be.at.least(3);
          expect(found.rounds).to.be.at.least(1);
          if (rounds !== null) expect(found.rounds).to.equal(rounds);
          for (const { listing: one, offer } of found.chosen) {
            const terms = {
              pricePerRound: offer.price,
              rounds: found.rounds,
              layers: ['Dense'],
              coordinator,
            };
            expect(termsRefusal(one.descriptor.policy, terms)).to.equal(null);
            expect(cohortRefusal(one.descriptor.policy, one.owner, owners)).to.equal(null);
            expect(offer.left).to.be.at.least(found.rounds);
          }
          expect(closed(found.chosen)).to.have.length(found.chosen.length);
          expect(chooseFrom([...listings].reverse(), { budget, rounds, bonusPool: 7n })).to.deep.equal(found);
        },
      ),
      { seed: 7, numRuns: 200 },
    ));
});
