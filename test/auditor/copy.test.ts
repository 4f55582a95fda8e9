/** Level 1: a copy that leads elsewhere than the chain. */
import { expect } from 'chai';
import type { AuditFacts } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import { consistentForgery } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('audit level 1, a copy with a head of its own', () => {
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
  it('holds where it leads to the digests on chain', async () => {
    const verdict = await finding({ ...honest.given, claimedHead: second.manifest }, 'lineage.copy', 'job');
    expect(verdict).to.deep.equal({
      result: 'passed',
      detail: 'rounds 1 to 2 of the copy have the digests on chain',
    });
  });

  it('holds for a copy made before the last round', async () => {
    expect(await faults({ ...honest.given, claimedHead: first.manifest }, [1])).to.deep.equal([]);
  });

  it('names the digest on chain of the altered round, where every later manifest was hashed again', async () => {
    const given = await consistentForgery(honest, {
      cid: first.payouts,
      value: (payouts) => ({ ...payouts, total: '999999' }),
    });
    const verdict = await finding(given, 'lineage.copy', 'job');
    expect(verdict).to.include({ result: 'failed', code: 'lineage/differs-from-chain', place: 'round 1' });
    expect(verdict)
      .to.have.property('detail')
      .that.matches(/^the digest on chain of round 1 is that of bafy\w+, the copy says bafy/);
    expect((await faults(given, [1])).slice(0, 3)).to.deep.equal([
      'lineage.copy @ job: lineage/differs-from-chain',
      'lineage.manifest @ round 1: link/missing',
      'lineage.manifest @ round 2: link/missing',
    ]);
  });

  it('names a later round where only that one was altered', async () => {
    const given = await consistentForgery(honest, {
      cid: second.manifest,
      value: (m) => ({ ...m, attempt: 9 }),
    });
    const verdict = await finding(given, 'lineage.copy', 'job');
    expect(verdict).to.include({ code: 'lineage/differs-from-chain', place: 'round 2' });
  });

  it('refuses rounds that the chain has not', async () => {
    const [one] = honest.facts.job.settlements;
    const given = { ...onChain({ settlements: [one!] }), claimedHead: second.manifest };
    const verdict = await finding(given, 'lineage.copy', 'job');
    expect(verdict).to.include({ code: 'lineage/differs-from-chain', place: 'round 2' });
  });

  it('refuses rounds that are out of order', async () => {
    const given = await consistentForgery(honest, {
      cid: second.manifest,
      value: (m) => ({ ...m, round: 3 }),
    });
    const verdict = await finding(given, 'lineage.copy', 'job');
    expect(verdict).to.include({ code: 'lineage/round-order', place: 'round 2' });
  });

  it('stops after one manifest more than the chain has rounds', async () => {
    const read: string[] = [];
    const blocks = {
      get: async (cid: typeof second.manifest) => {
        read.push(cid.toString());
        return honest.store.get(cid);
      },
    };
    const given = { ...onChain({ settlements: [] }), blocks, claimedHead: second.manifest };
    expect(await finding(given, 'lineage.copy', 'job')).to.include({ code: 'lineage/round-order' });
    expect(read).to.include(second.manifest.toString()).and.not.to.include(first.manifest.toString());
  });

  it('refuses a head that is no manifest', async () => {
    const verdict = await finding({ ...honest.given, claimedHead: honest.job.terms }, 'lineage.copy', 'job');
    expect(verdict).to.include({ code: 'lineage/bad-block', place: 'the copy’s head' });
  });
});
