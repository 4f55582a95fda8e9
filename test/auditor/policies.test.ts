/** Level 2: access tokens and policies that do not hold. */
import { expect } from 'chai';
import type { AuditFacts } from '#auditor/facts.ts';
import { policies } from '#auditor/checks/policies.ts';
import { subjectOf, type Given } from '#auditor/subject.ts';
import { describeDataset, parseDescriptor, type Descriptor } from '#datasets/descriptor.ts';
import { makePolicy, type Policy } from '#datasets/policy.ts';
import { toAddress } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { settledLie, type Edit } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage } from './lineage.ts';
import { buyer, ownerOf } from './terms.ts';

describe('audit level 2, terms of use', () => {
  let honest: Lineage;
  before(async () => {
    honest = await honestLineage();
  });

  const withFacts = (change: Partial<AuditFacts>): Given => ({
    ...honest.given,
    facts: { ...honest.facts, ...change },
  });

  describe('seats', () => {
    const offer = (seat: number, change: object | null) =>
      withFacts({
        offers: honest.facts.offers.map((one, index) =>
          index !== seat || !one ? one : change && { ...one, ...change },
        ),
      });
    const taken = (seat: number, change: object) =>
      withFacts({
        unitsTaken: honest.facts.unitsTaken.map((one) => (one.seat === seat ? { ...one, ...change } : one)),
      });

    it('refuses a seat whose token was never offered', async () => {
      expect(await faults(offer(2, null), [2])).to.deep.equal(['seats.units @ job: units/no-offer']);
      const verdict = await finding(offer(2, null), 'seats.units', 'job');
      expect(verdict).to.include({ code: 'units/no-offer', place: 'seat 2' });
    });

    it('refuses a seat of another dataset or price than its units were sold for', async () => {
      const dataset = await finding(offer(2, { dataset: 9n }), 'seats.units', 'job');
      expect(dataset).to.include({ code: 'units/other-dataset', place: 'seat 2' });
      const price = await finding(offer(3, { price: 5n }), 'seats.units', 'job');
      expect(price).to.include({ code: 'units/other-price', place: 'seat 3' });
    });

    it('refuses units that were not taken from the buyer for this very seat', async () => {
      for (const change of [{ units: 1 }, { holder: ownerOf(0) }, { token: 5n }, { seat: 0 }]) {
        const verdict = await finding(taken(4, change), 'seats.units', 'job');
        expect(verdict, JSON.stringify(Object.keys(change))).to.have.property('code', 'units/not-bought');
      }
      expect(await finding(taken(4, { holder: buyer }), 'seats.units', 'job')).to.have.property(
        'result',
        'passed',
      );
    });
  });

  describe('policies', () => {
    /** The registry and the terms both move to the changed descriptor. */
    const described = (seat: number, change: Partial<Descriptor>): Edit => ({
      cid: honest.job.manifest.datasets[seat]!.descriptor,
      bytes: (old) => describeDataset({ ...parseDescriptor(old), ...change }),
    });
    const policy = (seat: number, change: Partial<Policy>): Edit => ({
      cid: honest.job.manifest.datasets[seat]!.descriptor,
      bytes: (old) => {
        const dataset = parseDescriptor(old);
        const written = { ...dataset.policy, ...change };
        return describeDataset({
          ...dataset,
          policy: makePolicy({
            ...written,
            peers: [...written.peers],
            layers: [...written.layers],
            coordinators: written.coordinators === 'any' ? 'any' : [...written.coordinators],
          }),
        });
      },
    });

    it('names the term of the policy that the job breaks', async () => {
      for (const [change, code] of [
        [{ minimumPrice: 23n }, 'policy/price-too-low'],
        [{ maximumRounds: 1 }, 'policy/too-many-rounds'],
        [{ layers: ['Activation'] }, 'policy/layer-not-allowed'],
        [{ coordinators: [toAddress(`0x${'dd'.repeat(20)}`)] }, 'policy/coordinator-not-allowed'],
      ] as const) {
        const given = await settledLie(honest, policy(2, change));
        const verdict = await finding(given, 'datasets.policy', 'job');
        expect(verdict).to.include({ code, place: 'terms → dataset 2 → descriptor' });
      }
    });

    it('refuses a descriptor that is not the registered one', async () => {
      const descriptors = honest.facts.descriptors.map((digest, seat) =>
        seat === 1 ? digestOfText('other') : digest,
      );
      const verdict = await finding(withFacts({ descriptors }), 'datasets.policy', 'job');
      expect(verdict).to.include({
        code: 'policy/other-descriptor',
        place: 'terms → dataset 1 → descriptor',
      });
    });

    it('refuses a weight that is not the descriptor’s bucket', async () => {
      const given = await settledLie(honest, described(3, { rowsBucket: 8 }));
      const verdict = await finding(given, 'datasets.policy', 'job');
      expect(verdict).to.include({ code: 'weights/other-bucket', place: 'terms → dataset 3 → descriptor' });
    });

    it('refuses terms with a dataset that has no seat', async () => {
      const { manifest } = honest.job;
      const datasets = [...manifest.datasets, manifest.datasets[0]!];
      const job = { ...honest.job, manifest: { ...manifest, datasets } };
      const verdict = await policies.run({ ...subjectOf(honest.given), job: async () => job });
      expect(verdict).to.include({ code: 'policy/no-dataset', place: 'terms → dataset 6 → descriptor' });
    });

    it('refuses bytes that are no descriptor', async () => {
      const { descriptor: cid } = honest.job.manifest.datasets[0]!;
      const verdict = await finding(
        await settledLie(honest, { cid, bytes: () => Uint8Array.of(1) }),
        'datasets.policy',
        'job',
      );
      expect(verdict).to.include({ code: 'descriptor/not-json', place: 'terms → dataset 0 → descriptor' });
    });

    it('holds each survivor’s policy against the owners that survived, not those that enrolled', async () => {
      const given = await settledLie(honest, policy(1, { minimumCohort: 5 }));
      expect(await finding(given, 'cohort.policy', 'round 1')).to.have.property('result', 'passed');
      const verdict = await finding(given, 'cohort.policy', 'round 2');
      expect(verdict).to.include({ code: 'policy/cohort-too-small', place: 'round 2, seat 1' });
    });

    it('counts the owners of that time as peers', async () => {
      const ours = honest.facts.owners[0]![0]!;
      const sold = ours.map((owner, seat) => (seat === 4 ? toAddress(`0x${'99'.repeat(20)}`) : owner));
      const given = withFacts({ owners: [[ours], [sold]] });
      expect(await finding(given, 'cohort.policy', 'round 1')).to.have.property('result', 'passed');
      expect(await finding(given, 'cohort.policy', 'round 2')).to.have.property(
        'code',
        'policy/cohort-too-small',
      );
      const meanwhile = withFacts({ owners: [[ours], [ours, sold]] });
      expect(await finding(meanwhile, 'cohort.policy', 'round 2')).to.have.property('result', 'passed');
    });
  });
});
