/** Level 1: settlements that do not hang together. */
import { expect } from 'chai';
import type { AuditFacts } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { rechained } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage } from './lineage.ts';

describe('audit level 1, the chain', () => {
  let honest: Lineage;
  before(async () => {
    honest = await honestLineage();
  });

  const onChain = (change: Partial<AuditFacts['job']>): Given => ({
    ...honest.given,
    facts: { ...honest.facts, job: { ...honest.facts.job, ...change } },
  });
  const settled = (round: number, change: Partial<SettlementOnChain>): Given =>
    onChain({
      settlements: honest.facts.job.settlements.map((one) =>
        one.round === round ? { ...one, ...change } : one,
      ),
    });

  it('refuses a job that never started', async () => {
    expect(await faults(onChain({ state: 'open' }), [1])).to.deep.equal([
      'chain.job @ job: chain/job-not-started',
    ]);
    expect(await faults(onChain({ state: 'cancelled' }), [1])).to.deep.equal([
      'chain.job @ job: chain/job-not-started',
    ]);
    expect(await faults(onChain({ state: 'closed' }), [1])).to.deep.equal([]);
  });

  it('refuses more rounds than were sold', async () => {
    const verdict = await finding(onChain({ rounds: 1 }), 'chain.job', 'job');
    expect(verdict).to.include({ result: 'failed', code: 'chain/too-many-rounds' });
  });

  it('recomputes a head from every field of the settlement', async () => {
    const other = digestOfText('other');
    for (const change of [
      { attempt: 2 },
      { manifest: other },
      { payoutRoot: other },
      { total: 1n },
      { participants: '0x0f' as const },
      { readyAt: 5 },
      { head: other },
    ]) {
      const verdict = await finding(settled(2, change), 'chain.head', 'round 2');
      expect(verdict, Object.keys(change).join()).to.include({ code: 'chain/head', place: 'round 2' });
    }
  });

  it('wants each head to stand on the one before', async () => {
    const verdict = await finding(
      settled(2, { previousHead: digestOfText('other') }),
      'chain.head',
      'round 2',
    );
    expect(verdict).to.include({ code: 'chain/previous-head' });
  });

  it('wants the first head to stand on zero', async () => {
    const facts = rechained(
      honest.facts,
      honest.facts.job.settlements.map((one) => ({ ...one, previousHead: digestOfText('x') })),
    );
    expect(await faults({ ...honest.given, facts }, [1])).to.include(
      'chain.head @ round 1: chain/previous-head',
    );
  });

  it('wants the escrow to store the head that the event says', async () => {
    const heads = [honest.facts.heads[0]!, digestOfText('other')];
    const verdict = await finding(
      { ...honest.given, facts: { ...honest.facts, heads } },
      'chain.head',
      'round 2',
    );
    expect(verdict).to.include({ code: 'chain/head-not-stored' });
  });

  it('wants rounds to be consecutive from 1', async () => {
    const [, last] = honest.facts.job.settlements;
    const verdict = await finding(onChain({ settlements: [last!] }), 'chain.head', 'round 2');
    expect(verdict).to.include({ code: 'chain/round-order' });
  });
});
