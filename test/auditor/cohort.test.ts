/** Level 2: rosters, cohorts and weights that do not hold. */
import { expect } from 'chai';
import type { AuditFacts } from '#auditor/facts.ts';
import { questions } from '#auditor/dispute/recompute.ts';
import type { Given } from '#auditor/subject.ts';
import { readBlock } from '#datasets/read-block.ts';
import { roundSchema } from '#protocol/manifests.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { settledLie, type Edit, type Fields } from './forge.ts';
import { finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';
import { ownerOf } from './terms.ts';

describe('audit level 2, the cohort', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  const withFacts = (change: Partial<AuditFacts>): Given => ({
    ...honest.given,
    facts: { ...honest.facts, ...change },
  });
  const withSeat = (seat: number, change: Partial<AuditFacts['job']['seats'][number]>): Given =>
    withFacts({
      job: {
        ...honest.facts.job,
        seats: honest.facts.job.seats.map((one) => (one.seat === seat ? { ...one, ...change } : one)),
      },
    });

  describe('the roster', () => {
    const rosterOf = async (round: Round) =>
      (await readBlock(honest.store, round.manifest, roundSchema, 'manifest')).roster;
    const member = (index: number, change: (old: Fields) => Fields) => async (): Promise<Edit> => ({
      cid: await rosterOf(second),
      value: (block) => ({
        ...block,
        members: (block['members'] as Fields[]).map((one, at) => (at === index ? change(one) : one)),
      }),
    });
    const said = (change: object) => (old: Fields) => ({
      ...old,
      message: { ...(old['message'] as Fields), ...change },
    });

    it('refuses an enrolment that its operator did not sign', async () => {
      const edit = await member(2, said({ backend: 'cpu' }))();
      const verdict = await finding(await settledLie(honest, edit), 'signatures.roster', 'round 2');
      expect(verdict).to.include({ code: 'message/bad-signature', place: 'round 2 → roster' });
    });

    it('refuses an enrolment for another model or other terms', async () => {
      const edit = await member(0, said({ model: digestOfText('other') }))();
      const verdict = await finding(await settledLie(honest, edit), 'signatures.roster', 'round 2');
      expect(verdict).to.include({ code: 'enrolment/other-terms' });
    });

    it('goes by the operators that the seat has had', async () => {
      const rotated = withSeat(1, { operator: operatorAddress(9) });
      expect(await finding(rotated, 'signatures.roster', 'round 1')).to.have.property('result', 'passed');
      const operators = honest.facts.operators.map((had, seat) => (seat === 1 ? [operatorAddress(9)] : had));
      const never = { ...rotated, facts: { ...rotated.facts, operators } };
      expect(await finding(never, 'signatures.roster', 'round 1')).to.include({
        code: 'enrolment/wrong-operator',
      });
    });

    it('refuses two datasets of one owner, by the owners of that time', async () => {
      const apart = honest.facts.owners[0]![0]!;
      const same = apart.map((owner, seat) => (seat === 3 ? ownerOf(0) : owner));
      const given = withFacts({ owners: [[apart], [same]] });
      expect(await finding(given, 'cohort.owners', 'round 1')).to.have.property('result', 'passed');
      expect(await finding(given, 'cohort.owners', 'round 2')).to.include({
        code: 'roster/duplicate-owner',
      });
    });

    it('makes no liar of a round in which one member sold to another', async () => {
      const apart = honest.facts.owners[0]![0]!;
      const same = apart.map((owner, seat) => (seat === 3 ? ownerOf(0) : owner));
      const given = withFacts({
        owners: [
          [apart, same],
          [same, apart],
        ],
      });
      for (const round of ['round 1', 'round 2']) {
        expect(await finding(given, 'cohort.owners', round)).to.have.property('result', 'passed');
      }
      expect(questions.has('signatures.roster')).to.equal(true);
      expect(questions.has('cohort.owners')).to.equal(false);
    });

    it('takes today’s owners where those of the time are not known', async () => {
      const given = withSeat(3, { owner: ownerOf(0) });
      const facts = { ...given.facts, owners: [] };
      expect(await finding({ ...given, facts }, 'cohort.owners', 'round 1')).to.include({
        code: 'roster/duplicate-owner',
      });
      expect(await finding({ ...given, facts }, 'signatures.roster', 'round 1')).to.have.property(
        'result',
        'passed',
      );
    });

    it('refuses a roster with another root than the manifest says', async () => {
      const edit: Edit = {
        cid: second.manifest,
        value: (m) => ({ ...m, rosterRoot: digestOfText('other') }),
      };
      const verdict = await finding(await settledLie(honest, edit), 'signatures.roster', 'round 2');
      expect(verdict).to.include({ code: 'roster/other-root', place: 'round 2 → roster' });
    });

    it('refuses a block that is no roster', async () => {
      const edit: Edit = { cid: await rosterOf(second), value: (block) => ({ ...block, members: [] }) };
      const verdict = await finding(await settledLie(honest, edit), 'signatures.roster', 'round 2');
      expect(verdict).to.include({ code: 'lineage/bad-block' });
    });

    it('refuses a survivor of a seat that the job has not', async () => {
      const edit = await member(0, said({ seat: 9 }))();
      const verdict = await finding(await settledLie(honest, edit), 'cohort.policy', 'round 2');
      expect(verdict).to.include({ code: 'cohort/no-such-seat', place: 'round 2, seat 9' });
    });
  });

  describe('the cohort', () => {
    const manifest = (change: (old: Fields) => object): Edit => ({
      cid: second.manifest,
      value: (old) => ({ ...old, ...change(old) }),
    });
    const refusal = async (edit: Edit) => finding(await settledLie(honest, edit), 'cohort.size', 'round 2');

    it('is not smaller than the terms want', async () => {
      const edit: Edit = { cid: honest.job.terms, value: (terms) => ({ ...terms, minimumCohort: 6 }) };
      expect(await refusal(edit)).to.include({ code: 'cohort/too-small' });
    });

    it('has only sharers that enrolled', async () => {
      const verdict = await refusal(manifest(() => ({ sharers: [0, 1, 2, 3, 4, 5] })));
      expect(verdict).to.include({ code: 'cohort/not-members', place: 'round 2 → sharers' });
    });

    it('has only survivors that shared', async () => {
      const verdict = await refusal(manifest(() => ({ sharers: [0, 1, 2, 3] })));
      expect(verdict).to.include({ code: 'cohort/not-sharers', place: 'round 2 → survivors' });
    });

    it('has as many survivors as the threshold', async () => {
      const verdict = await refusal(
        manifest((old) => ({ survivors: (old['survivors'] as Fields[]).slice(1) })),
      );
      expect(verdict).to.include({ code: 'cohort/below-threshold', place: 'round 2 → survivors' });
    });

    it('names nobody twice', async () => {
      const verdict = await refusal(manifest(() => ({ sharers: [0, 1, 2, 3, 4, 4] })));
      expect(verdict).to.include({ code: 'members/duplicate' });
    });
  });

  describe('weights', () => {
    const refusal = async (change: object) =>
      finding(
        await settledLie(honest, { cid: first.aggregate, value: (old) => ({ ...old, ...change }) }),
        'cohort.weights',
        'round 1',
      );

    it('add up to those of the survivors’ seats in the terms', async () => {
      expect(await refusal({ weightSum: 12 })).to.include({
        code: 'weights/sum',
        place: 'round 1 → aggregate',
      });
    });

    it('are of as many inputs as survived', async () => {
      expect(await refusal({ survivors: 4 })).to.include({
        code: 'weights/survivors',
        place: 'round 1 → aggregate',
      });
    });
  });
});
