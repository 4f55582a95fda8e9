/** Sparse rounds, audited whole: the graph that the chain drew, and the sum that its masks come off. protocol.md §3.8, §6.4 */
import { expect } from 'chai';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { faults } from './found.ts';
import { settledLie } from './forge.ts';
import { sparseLineage, type Lineage, type Round } from './lineage.ts';
import { expectNamed, withOne } from './named.ts';

describe('an audit of sparse rounds', () => {
  let honest: Lineage;
  let second: Round;
  before(async () => {
    honest = await sparseLineage();
    second = honest.rounds[1]!;
  });

  it('passes at every level, and says how each graph was drawn and what was opened', async () => {
    const { passed, findings } = await audit(honest.given, { levels });
    expect(findings.filter(({ verdict }) => verdict.result !== 'passed')).to.deep.equal([]);
    expect(passed).to.equal(true);
    const details = Object.fromEntries(
      findings.map(({ id, place, verdict }) => [
        `${id} ${place}`,
        verdict.result === 'passed' && verdict.detail,
      ]),
    );
    expect(details).to.include({
      'agreement.graph round 1': 'degree 6 of 12, threshold 5, drawn by block 40',
      'agreement.graph round 2': 'degree 6 of 12, threshold 5, drawn by block 60',
      'cohort.size round 2': '12 enrolled, 12 shared, 11 survived',
      'evidence.messages round 2': '12 shares, 11 inputs, 11 confirmations',
      'evidence.secrets round 2': '11 seeds, 1 mask secrets',
    });
  });

  /** What the escrow holds of the second round, changed. */
  const heldOtherwise = (change: object) => {
    const { facts } = honest.given;
    const attempts = withOne(facts.attempts, 1, (one) => one && { ...one, ...change });
    return { ...honest.given, facts: { ...facts, attempts } };
  };

  it('names a graph that was drawn by other randomness than the chain’s', async () => {
    const ground = heldOtherwise({ randao: digestOfText('the block’s own') });
    expect(await faults(ground)).to.deep.equal(['agreement.graph @ round 2: graph/other-seed']);
    const { verdict } = (await audit(ground, { levels: [2] })).findings.find(
      ({ id, place }) => id === 'agreement.graph' && place === 'round 2',
    )!;
    expect(verdict).to.include({
      place: 'round 2 → graph',
      detail: 'block 60 draws another graph than this one',
    });
  });

  it('names a roster and survivors that the escrow does not hold', async () => {
    const other = digestOfText('other');
    expect(await faults(heldOtherwise({ roster: other }), [2])).to.deep.equal([
      'agreement.graph @ round 2: roster/not-on-chain',
    ]);
    expect(await faults(heldOtherwise({ survivors: other }), [2])).to.deep.equal([
      'agreement.graph @ round 2: outcome/other-survivors',
    ]);
  });

  it('names a draw that is forged in the settled manifest', async () => {
    const forged = async (change: object) =>
      await settledLie(honest, {
        cid: second.manifest,
        value: (old) => ({ ...old, graph: { ...(old['graph'] as object), ...change } }),
      });
    const first = async (change: object) => (await faults(await forged(change), [2]))[0];
    expect(await first({ threshold: 4 })).to.equal('agreement.graph @ round 2: graph/other-parameters');
    expect(await first({ degree: 4, threshold: 3 })).to.equal(
      'agreement.graph @ round 2: graph/other-parameters',
    );
    expect(await first({ seedBlock: 61 })).to.equal('agreement.graph @ round 2: graph/other-seed');
    expect(await first({ randao: digestOfText('ground') })).to.equal(
      'agreement.graph @ round 2: graph/other-seed',
    );
  });

  it('names a sum that is not that of the inputs, and a mask secret that opens nothing', async () => {
    await expectNamed(honest, 2, ({ sum }) => ({ sum: sum.with(5, sum[5]! + 1) }), {
      check: 'aggregate.sum',
      code: 'aggregate/differs',
      at: 'aggregate → sum',
      detail: 'coordinate 5',
    });
    await expectNamed(
      honest,
      2,
      ({ evidence }) => ({
        evidence: {
          ...evidence,
          secrets: withOne(evidence.secrets, 3, (one) => ({ ...one, value: digestOfText('false') })),
        },
      }),
      { check: 'evidence.secrets', code: 'evidence/false-secret', at: 'evidence → secrets' },
    );
  });
});
