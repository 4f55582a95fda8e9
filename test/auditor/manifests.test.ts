/** Level 1: terms and manifests that say or link what they must not. */
import { expect } from 'chai';
import type { AuditFacts } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { damaged, settledLie } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';
import { coordinator } from './terms.ts';

describe('audit level 1, terms and manifests', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  const onChain = (change: Partial<AuditFacts['job']>): Given => ({
    ...honest.given,
    facts: { ...honest.facts, job: { ...honest.facts.job, ...change } },
  });
  it('says where terms differ from the chain', async () => {
    const verdict = await finding(onChain({ coordinator: honest.facts.job.buyer }), 'lineage.terms', 'job');
    expect(verdict).to.include({ code: 'job/differs-from-chain', place: 'terms' });
    expect(verdict).to.have.property('detail').that.contains(coordinator);
  });

  it('says who may read the evidence, and for how long', async () => {
    const verdict = await finding(honest.given, 'lineage.terms', 'job');
    expect(verdict)
      .to.have.property('detail')
      .that.contains(`evidence for members, buyer, ${coordinator}; kept 30 days after a round is final`);
  });

  it('fails terms that let evidence go while a round can be challenged', async () => {
    const verdict = await finding(onChain({ longWindow: 31 * 86_400 }), 'lineage.terms', 'job');
    expect(verdict).to.include({ code: 'job/retention-too-short', place: 'terms' });
  });

  it('names terms that are missing, and asks nothing that stands on them', async () => {
    const given = { ...honest.given, blocks: damaged(honest.store, honest.job.terms, 'gone') };
    const found = await faults(given, [1, 3]);
    expect(found).to.include.members([
      'lineage.terms @ job: link/missing',
      'links.terms @ job: link/missing',
      'lineage.model-before @ round 1: not checked',
      'model.transition @ round 1: not checked',
    ]);
    expect(found).not.to.include('lineage.manifest @ round 1: not checked');
  });

  it('refuses a manifest of another chain, escrow, job, round, attempt or terms', async () => {
    for (const [field, value] of [
      ['chainId', 1],
      ['escrow', `0x${'ab'.repeat(20)}`],
      ['job', 8],
      ['round', 3],
      ['attempt', 9],
      ['terms', first.aggregate],
    ] as const) {
      const given = await settledLie(honest, {
        cid: second.manifest,
        value: (m) => ({ ...m, [field]: value }),
      });
      const verdict = await finding(given, 'lineage.manifest', 'round 2');
      const place = `round 2 → ${field === 'chainId' ? 'chain' : field}`;
      expect(verdict).to.include({ code: 'lineage/other-attempt', place });
      expect(await faults(given, [1]), field).to.include.members([
        'lineage.previous @ round 2: not checked',
        'lineage.model-before @ round 2: not checked',
      ]);
    }
  });

  it('refuses a manifest that links another one before it', async () => {
    for (const previous of [null, first.aggregate]) {
      const given = await settledLie(honest, { cid: second.manifest, value: (m) => ({ ...m, previous }) });
      const verdict = await finding(given, 'lineage.previous', 'round 2');
      expect(verdict).to.include({ code: 'lineage/previous', place: 'round 2 → previous' });
    }
  });

  it('refuses a manifest that names another settling transaction', async () => {
    const given = await settledLie(honest, {
      cid: second.manifest,
      value: (m) => ({ ...m, previousTransaction: digestOfText('another') }),
    });
    const verdict = await finding(given, 'lineage.previous', 'round 2');
    expect(verdict).to.include({
      code: 'lineage/previous-transaction',
      place: 'round 2 → previousTransaction',
    });
  });

  it('refuses a round that starts from another model than the one before ended with', async () => {
    const given = await settledLie(honest, {
      cid: second.manifest,
      value: (m) => ({ ...m, modelBefore: honest.job.manifest.model }),
    });
    const verdict = await finding(given, 'lineage.model-before', 'round 2');
    expect(verdict).to.include({ code: 'lineage/model-before', place: 'round 2 → modelBefore' });
  });

  it('refuses a first round that does not start from the terms’ model', async () => {
    const given = await settledLie(honest, {
      cid: first.manifest,
      value: (m) => ({ ...m, modelBefore: second.after.cid }),
    });
    const verdict = await finding(given, 'lineage.model-before', 'round 1');
    expect(verdict).to.include({ code: 'lineage/model-before', place: 'round 1 → modelBefore' });
  });

  it("refuses a round whose server's optimiser goes on from what the round before did not leave", async () => {
    for (const [round, place] of [
      [first, 'round 1'],
      [second, 'round 2'],
    ] as const) {
      const given = await settledLie(honest, {
        cid: round.manifest,
        value: (m) => ({ ...m, optimiserBefore: first.aggregate }),
      });
      const verdict = await finding(given, 'lineage.optimiser-before', place);
      expect(verdict).to.include({ code: 'lineage/optimiser-before', place: `${place} → optimiserBefore` });
    }
  });

  it('recomputes the initial weights from the seed', async () => {
    const given = await settledLie(honest, {
      cid: honest.job.terms,
      value: (terms) => ({ ...terms, seed: digestOfText('another seed') }),
    });
    const verdict = await finding(given, 'lineage.model-before', 'round 1');
    expect(verdict).to.include({ code: 'lineage/initial-model', place: 'terms → model' });
  });
});
