/** Which copy of the evidence is opened for a round, and what is said where none was given. */
import { expect } from 'chai';
import { openEvidence } from '#auditor/evidence-copies.ts';
import { subjectOf } from '#auditor/subject.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('copies of evidence', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  it('are told apart by their roots, in any order', async () => {
    const copies = [...honest.given.evidence].reverse();
    for (const [at, { evidence: root }] of [first, second].entries()) {
      const { evidence } = await openEvidence(copies, root, `round ${at + 1}`);
      expect([evidence.job, evidence.round]).to.deep.equal([honest.facts.job.job, at + 1]);
    }
  });

  it('are missed by place and root where only another round was given', async () => {
    const copies = [honest.given.evidence[0]!];
    const { code, message } = await failureOf(openEvidence(copies, second.evidence, 'round 2'));
    expect(code).to.equal('evidence/not-given');
    expect(message).to.contain(`round 2: no evidence with root ${second.evidence.toString()} was given`);
    const rounds = subjectOf({ ...honest.given, evidence: copies }).rounds;
    expect((await rounds[0]!.evidence()).evidence.round).to.equal(1);
    expect((await failureOf(rounds[1]!.evidence())).code).to.equal('evidence/not-given');
  });

  it('that are missing leave unasked what rests on them, and say which', async () => {
    const verdict = await finding({ ...honest.given, evidence: [] }, 'aggregate.sum', 'round 2');
    expect(verdict).to.have.property('result', 'not checked');
    expect(verdict)
      .to.have.property('why')
      .that.contains(second.evidence.toString())
      .and.matches(/\(evidence\/not-given\)$/);
  });
});
