/** What a job's terms may say of its evidence, and what is refused of them. */
import { expect } from 'chai';
import { writeBlock } from '#datasets/read-block.ts';
import { loadJob } from '#model/job.ts';
import { digestHex } from '#model/model-store.ts';
import { evidenceText } from '#protocol/evidence-terms.ts';
import { toAddress } from '#protocol/units.ts';
import { codeOf } from '#test/coordinator/code-of.ts';
import { domain } from '#test/support/cohort.ts';
import { lineageJob, type LineageJob } from '#test/support/lineage.ts';

describe('terms on evidence', () => {
  let made: LineageJob;
  before(async () => {
    made = await lineageJob();
  });

  const written = async (change: object, longWindow = made.chain.longWindow) => {
    const terms = digestHex(await writeBlock(made.store, { ...made.manifest, ...change }));
    return loadJob(made.store, domain, { ...made.chain, terms, longWindow });
  };
  const saying = (evidence: object) => written({ evidence: { readers: [], retentionDays: 90, ...evidence } });
  const readers = Array.from({ length: 17 }, (_, n) => toAddress(`0x${(n + 16).toString(16).repeat(20)}`));

  it('name each reader once, sixteen at most, and keep it up to ten years', async () => {
    for (const most of [{ readers: readers.slice(1) }, { retentionDays: 1 }, { retentionDays: 3_650 }]) {
      expect((await saying(most)).manifest.evidence).to.deep.include(most);
    }
    for (const bad of [
      { readers },
      { readers: [readers[0], readers[0]] },
      { readers: ['0x12'] },
      { retentionDays: 0 },
      { retentionDays: 3_651 },
    ]) {
      expect(await codeOf(saying(bad)), JSON.stringify(bad)).to.equal('lineage/bad-block');
    }
  });

  it('do not let it go while a round can be challenged', async () => {
    const day = { evidence: { readers: [], retentionDays: 1 } };
    expect((await written(day, 86_400)).manifest.evidence).to.deep.equal(day.evidence);
    expect(await codeOf(written(day, 86_401))).to.equal('job/retention-too-short');
  });

  it('are in every job: one of the version before, which has none, is refused', async () => {
    const old = Object.fromEntries(Object.entries(made.manifest).filter(([key]) => key !== 'evidence'));
    const terms = digestHex(await writeBlock(made.store, { ...old, version: 1 }));
    expect(await codeOf(loadJob(made.store, domain, { ...made.chain, terms }))).to.equal('lineage/bad-block');
    expect(await codeOf(written({ version: 1 }))).to.equal('lineage/bad-block');
  });

  it('are told in words', () => {
    expect(evidenceText({ readers: readers.slice(0, 1), retentionDays: 1 })).to.equal(
      `evidence for members, buyer, ${readers[0]}; kept 1 day after a round is final`,
    );
  });
});
