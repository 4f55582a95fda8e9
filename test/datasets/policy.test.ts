import { expect } from 'chai';
import fc from 'fast-check';
import { TributaryError } from '#crypto/error.ts';
import { cohortRefusal, makePolicy, termsRefusal, type WrittenPolicy } from '#datasets/policy.ts';
import { toAddress, type Address } from '#protocol/units.ts';

const owner = (n: number): Address => toAddress(`0x${n.toString(16).padStart(40, '0')}`);
const self = owner(0xa1);
const [p1, p2, p3, stranger] = [owner(0xb1), owner(0xb2), owner(0xb3), owner(0xff)] as const;
const written: WrittenPolicy = {
  peers: [p3, p1, p2],
  minimumCohort: 3,
  minimumPrice: 1_000n,
  maximumRounds: 20,
  layers: ['InputLayer', 'Dense'],
  coordinators: [owner(0xc1)],
};
const policy = makePolicy(written);
const terms = { pricePerRound: 1_000n, rounds: 20, layers: ['Dense', 'Dense'], coordinator: owner(0xc1) };

describe('a policy', () => {
  it('has one form, however it was written', () => {
    expect(policy.peers).to.deep.equal([p1, p2, p3]);
    expect(policy.layers).to.deep.equal(['Dense', 'InputLayer']);
    expect(makePolicy({ ...written, peers: [p1, p2.toUpperCase().replace('0X', '0x'), p3] })).to.deep.equal(
      policy,
    );
  });

  it('is refused when it could not be kept or read', () => {
    const wrong: [Partial<WrittenPolicy>, string][] = [
      [{ peers: ['0x12'] }, 'peers'],
      [{ peers: [p1, p1.toUpperCase().replace('0X', '0x'), p2] }, 'twice'],
      [{ coordinators: [p1, p1] }, 'twice'],
      [{ layers: ['Dense', 'Dense'] }, 'twice'],
      [{ minimumCohort: 2 }, 'minimumCohort'],
      [{ minimumCohort: 3.5 }, 'minimumCohort'],
      [{ minimumCohort: 5 }, 'peers'],
      [{ minimumPrice: -1n }, 'minimumPrice'],
      [{ minimumPrice: 2n ** 96n }, 'minimumPrice'],
      [{ maximumRounds: 0 }, 'maximumRounds'],
      [{ layers: [] }, 'layers'],
      [{ layers: ['Lambda()'] }, 'layers'],
      [{ coordinators: [] }, 'coordinators'],
    ];
    for (const [change, named] of wrong) {
      expect(() => makePolicy({ ...written, ...change }), named)
        .to.throw(TributaryError, named)
        .with.property('code', 'policy/invalid');
    }
    expect(makePolicy({ ...written, minimumCohort: 4 }).minimumCohort).to.equal(4);
    expect(() => makePolicy({ ...written, extra: 1 } as WrittenPolicy)).to.throw(TributaryError, 'extra');
  });

  it('takes terms up to each of its bounds, and refuses each beyond', () => {
    expect(termsRefusal(policy, terms)).to.equal(null);
    expect(termsRefusal(policy, { ...terms, pricePerRound: 999n })).to.equal('policy/price-too-low');
    expect(termsRefusal(policy, { ...terms, rounds: 21 })).to.equal('policy/too-many-rounds');
    expect(termsRefusal(policy, { ...terms, layers: ['Dense', 'Conv2D'] })).to.equal(
      'policy/layer-not-allowed',
    );
    expect(termsRefusal(policy, { ...terms, coordinator: stranger })).to.equal(
      'policy/coordinator-not-allowed',
    );
    expect(
      termsRefusal(makePolicy({ ...written, coordinators: 'any' }), { ...terms, coordinator: stranger }),
    ).to.equal(null);
  });

  it('counts in a cohort its peers and itself, each once, and nobody else', () => {
    const refused = 'policy/cohort-too-small';
    expect(cohortRefusal(policy, self, [self, p1, p2])).to.equal(null);
    expect(cohortRefusal(policy, self, [self, p1, stranger])).to.equal(refused);
    expect(cohortRefusal(policy, self, [self, p1, p1])).to.equal(refused);
    expect(cohortRefusal(policy, self, [self, self, p1])).to.equal(refused);
    expect(cohortRefusal(policy, self, [p1, p2, stranger])).to.equal(refused);
    expect(cohortRefusal(policy, self, [p1, p2, p3])).to.equal(null);
    expect(cohortRefusal(policy, self, [])).to.equal(refused);
  });

  it('is not moved by any number of invented owners', () => {
    const invented = fc.array(fc.integer({ min: 0x1000, max: 0xffff }).map(owner), { maxLength: 50 });
    const vouched = fc.subarray([self, p1, p2, p3]);
    fc.assert(
      fc.property(vouched, invented, fc.nat(50), (known, others, at) => {
        const cohort = [...others.slice(0, at), ...known, ...others.slice(at)];
        expect(cohortRefusal(policy, self, cohort) === null).to.equal(known.length >= 3);
      }),
      { seed: 3 },
    );
  });
});
