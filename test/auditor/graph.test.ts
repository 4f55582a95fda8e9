/** Level 2: a roster's graph is the one that its terms ask for, and the escrow's. */
import { expect } from 'chai';
import { graph } from '#auditor/checks/graph.ts';
import { cohortSize } from '#auditor/checks/cohort-size.ts';
import type { RoundSubject, Subject } from '#auditor/subject.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import type { SparseTerms } from '#protocol/aggregation.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import { cohort, digestOfText, type Cohort } from '#test/support/cohort.ts';
import { draw, terms, twelve } from '#test/support/near.ts';

describe('the graph of an audited round', () => {
  const sparse = cohort({ n: twelve, draw });
  const complete = cohort({ n: 5 });
  const held: Committed = {
    roster: sparse.roster.root,
    survivors: agreedRoot(sparse.roster, sparse.inputs),
    seedBlock: draw.seedBlock,
    randao: draw.randao,
  };
  /** What the two checks read of a round and its job. */
  function subjectsOf(
    of: Cohort,
    asked: SparseTerms | null,
    committed: Committed | null,
    survivors = of.inputs,
  ) {
    const manifest = {
      sharers: [...of.sharers],
      survivors: survivors.map(({ message }) => message),
    };
    const round = {
      number: 1,
      place: 'round 1',
      roster: async () => of.roster,
      manifest: async () => manifest,
    } as unknown as RoundSubject;
    const job = { sparse: asked, manifest: { minimumCohort: 3 } };
    const subject = { facts: { attempts: [committed] }, job: async () => job } as unknown as Subject;
    return [round, subject] as const;
  }
  const judged = async (...of: Parameters<typeof subjectsOf>) => {
    const verdict = await graph.run(...subjectsOf(...of));
    return 'code' in verdict ? verdict.code : verdict.result;
  };

  it('passes as the escrow holds it, and says what it is', async () => {
    expect(await judged(sparse, terms, held)).to.equal('passed');
    expect(await judged(complete, terms, null)).to.equal('passed');
    expect(await judged(complete, null, null)).to.equal('passed');
    expect(JSON.stringify(await graph.run(...subjectsOf(sparse, terms, held)))).to.contain(
      'degree 6 of 12, threshold 5, drawn by block 40',
    );
  });

  it('is as sparse as the terms ask for', async () => {
    expect(await judged(sparse, null, held)).to.equal('graph/not-sparse');
    expect(await judged(sparse, { ...terms, corruption: 0.3 }, held)).to.equal('parameters/no-safe-graph');
    const weaker = cohort({ n: twelve, draw: { ...draw, threshold: 4 } });
    expect(await judged(weaker, terms, held)).to.equal('graph/other-parameters');
    expect(await judged(cohort({ n: twelve }), terms, held)).to.equal('graph/other-parameters');
    expect(await judged(complete, null, held)).to.equal('graph/other-parameters');
  });

  it('is that of the escrow', async () => {
    const other = digestOfText('other');
    expect(await judged(sparse, terms, null)).to.equal('roster/not-on-chain');
    expect(await judged(sparse, terms, { ...held, roster: other })).to.equal('roster/not-on-chain');
    expect(await judged(sparse, terms, { ...held, randao: other })).to.equal('graph/other-seed');
    expect(await judged(sparse, terms, { ...held, survivors: other })).to.equal('outcome/other-survivors');
  });

  it('leaves each survivor its threshold of neighbours', async () => {
    const lost = sparse.roster.graph.neighboursOf(2).indices.slice(0, 2);
    const left = sparse.inputs.filter(({ message }) => !lost.includes(message.member));
    const sizeOf = async (survivors: typeof left) => {
      const verdict = await cohortSize.run(...subjectsOf(sparse, terms, held, survivors));
      return 'code' in verdict ? verdict.code : verdict.result;
    };
    expect(await sizeOf(sparse.inputs)).to.equal('passed');
    expect(await sizeOf(left)).to.equal('survivors/cut-off');
  });
});
