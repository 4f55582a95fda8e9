/** Level 5: payouts that are not what the rounds earned. */
import { expect } from 'chai';
import type { AuditFacts, ClaimOnChain } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { rechained, settledLie, type Edit, type Fields } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('audit level 5', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  const settled = (round: number, change: Partial<SettlementOnChain>): Given => ({
    ...honest.given,
    facts: rechained(
      honest.facts,
      honest.facts.job.settlements.map((one) => (one.round === round ? { ...one, ...change } : one)),
    ),
  });

  it('wants the chain’s bitmap to be the survivors’ seats', async () => {
    // Seat 3 dropped out of round 2 and is paid all the same.
    const given = settled(2, { participants: '0x1f' });
    expect(await faults(given, [1, 5])).to.deep.equal([
      'payouts.participants @ round 2: payouts/other-participants',
      'payouts.leaves @ round 2: payouts/other-root',
      // By that bitmap the bonus is shared among one more than it was claimed for.
      'payouts.claims @ job: payouts/over-claimed',
    ]);
  });

  it('recomputes root and total from the bitmaps of all rounds so far', async () => {
    expect(await faults(settled(1, { payoutRoot: digestOfText('other') }), [5])).to.deep.equal([
      'payouts.leaves @ round 1: payouts/other-root',
    ]);
    expect(await faults(settled(2, { total: 1_198n }), [5])).to.deep.equal([
      'payouts.leaves @ round 2: payouts/other-total',
    ]);
    const root = await finding(
      settled(1, { payoutRoot: digestOfText('other') }),
      'payouts.leaves',
      'round 1',
    );
    expect(root).to.include({ code: 'payouts/other-root' });
    expect(root).to.have.property('detail').that.contains(digestOfText('other'));
    const total = await finding(settled(2, { total: 1_198n }), 'payouts.leaves', 'round 2');
    expect(total).to.include({ code: 'payouts/other-total' });
    expect(total).to.have.property('detail').that.contains('1198');
    // An earlier bitmap counts in every later round.
    expect(await faults(settled(1, { participants: '0x3f' }), [5])).to.include(
      'payouts.leaves @ round 2: payouts/other-root',
    );
  });

  it('names the leaf that the manifest links wrongly', async () => {
    const leaf = (change: object, at = 3): Edit => ({
      cid: second.payouts,
      value: (old) => ({
        ...old,
        leaves: (old['leaves'] as Fields[]).map((one, seat) => (seat === at ? { ...one, ...change } : one)),
      }),
    });
    for (const change of [{ units: 2 }, { bonus: '226' }, { seat: 4 }]) {
      const verdict = await finding(await settledLie(honest, leaf(change)), 'payouts.leaves', 'round 2');
      expect(verdict).to.include({ code: 'payouts/other-leaf', place: 'round 2 → payouts → leaf 3' });
    }
  });

  it('wants a leaf for every seat and no other', async () => {
    const leaves = (change: (old: Fields[]) => Fields[]): Edit => ({
      cid: first.payouts,
      value: (old) => ({ ...old, leaves: change(old['leaves'] as Fields[]) }),
    });
    const extra = await settledLie(
      honest,
      leaves((old) => [...old, { seat: 6, units: 1, bonus: '0' }]),
    );
    expect(await finding(extra, 'payouts.leaves', 'round 1')).to.include({
      code: 'payouts/other-leaf',
      place: 'round 1 → payouts',
    });
    const short = await settledLie(
      honest,
      leaves((old) => old.slice(0, -1)),
    );
    expect(await finding(short, 'payouts.leaves', 'round 1')).to.include({
      place: 'round 1 → payouts → leaf 5',
    });
  });

  it('wants the linked root and total to be those of the leaves', async () => {
    const said = (change: object): Edit => ({ cid: first.payouts, value: (old) => ({ ...old, ...change }) });
    const root = await settledLie(honest, said({ root: digestOfText('x') }));
    expect(await finding(root, 'payouts.leaves', 'round 1')).to.include({ code: 'payouts/linked-root' });
    const total = await settledLie(honest, said({ total: '611' }));
    expect(await finding(total, 'payouts.leaves', 'round 1')).to.include({ code: 'payouts/linked-total' });
  });

  it('refuses a block that is no list of payouts', async () => {
    const given = await settledLie(honest, {
      cid: first.payouts,
      value: () => ({ kind: 'tributary/payouts' }),
    });
    expect(await finding(given, 'payouts.leaves', 'round 1')).to.include({
      code: 'lineage/bad-block',
      place: 'round 1 → payouts',
    });
  });

  it('has no opinion on rounds that are not consecutive', async () => {
    const [, last] = honest.facts.job.settlements;
    const given = {
      ...honest.given,
      facts: { ...honest.facts, job: { ...honest.facts.job, settlements: [last!] } },
    };
    expect(await finding(given, 'payouts.leaves', 'round 2')).to.have.property('result', 'not checked');
  });

  describe('claims', () => {
    /** Seat 0 earned a unit and 200 of bonus in round 1, another unit and 250 in round 2. */
    const claimed = (claims: readonly ClaimOnChain[], paid: Record<number, [number, bigint]>): Given => {
      const seats = honest.facts.job.seats.map((seat) => {
        const [claimedUnits, claimedBonus] = paid[seat.seat] ?? [0, 0n];
        return { ...seat, claimedUnits, claimedBonus };
      });
      const facts: AuditFacts = { ...honest.facts, claims, job: { ...honest.facts.job, seats } };
      return { ...honest.given, facts };
    };
    const verdict = (claims: readonly ClaimOnChain[], paid: Record<number, [number, bigint]> = {}) =>
      finding(claimed(claims, paid), 'payouts.claims', 'job');

    it('lists what was claimed and owed', async () => {
      const all = [
        { seat: 0, round: 1, units: 1, bonus: 100n, amount: 120n },
        { seat: 0, round: 2, units: 1, bonus: 125n, amount: 145n },
      ];
      expect(await verdict(all, { 0: [2, 225n] })).to.deep.equal({
        result: 'passed',
        detail:
          'claimed so far: seat 0: 265 of 265, seat 1: 0 of 267, seat 2: 0 of 269, seat 3: 0 of 123, seat 4: 0 of 273, seat 5: 0 of 0',
      });
    });

    it('never exceed the leaf of the round that they were made on, all together', async () => {
      const unit = { seat: 0, round: 1, units: 1, bonus: 0n, amount: 20n };
      expect(await verdict([unit, unit])).to.include({ code: 'payouts/over-claimed', place: 'seat 0' });
      const bonus = { seat: 4, round: 1, units: 1, bonus: 101n, amount: 125n };
      expect(await verdict([bonus])).to.include({ code: 'payouts/over-claimed', place: 'seat 4' });
      const later = { seat: 0, round: 3, units: 1, bonus: 0n, amount: 20n };
      expect(await verdict([later])).to.include({ code: 'payouts/over-claimed' });
    });

    it('send what units and bonus come to', async () => {
      const wrong = { seat: 1, round: 1, units: 1, bonus: 7n, amount: 29n };
      expect(await verdict([wrong], { 1: [1, 7n] })).to.include({
        code: 'payouts/other-amount',
        place: 'seat 1',
      });
    });

    it('are all of what the escrow has paid', async () => {
      expect(await verdict([], { 2: [1, 0n] })).to.include({
        code: 'payouts/claims-missing',
        place: 'seat 2',
      });
      expect(await verdict([], { 2: [0, 5n] })).to.include({
        code: 'payouts/claims-missing',
        place: 'seat 2',
      });
    });
  });
});
