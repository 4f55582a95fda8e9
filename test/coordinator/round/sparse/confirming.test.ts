import { expect } from 'chai';
import { sweeper } from '#coordinator/driver/sweep.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  confirmationOf,
  confirmations,
  digestOfText,
  drawOf,
  honestly,
  inPhase,
  outcome,
  play,
} from '../../fixtures.ts';

/** t = 5 of six neighbours: one may be lost. */
const members = cohort({ n: 8, draw: drawOf(6, 5) });
const all = confirmations(members);
const confirming = honestly(members, 'confirming');
const soon = toSeconds(confirming.deadline - 30);
const deadline = { type: 'deadline' } as const;
const without = (lost: number) => members.inputs.filter(({ message }) => message.member !== lost);
const others = (lost: number) => all.filter((_, member) => member !== lost);

describe('confirming in a sparse graph', () => {
  it('goes on to the chain as soon as every survivor has confirmed, and not before', () => {
    expect(play(confirming, others(3), soon).phase).to.equal('confirming');
    const state = inPhase(play(confirming, all, soon), 'agreeing');
    expect(state.confirmations).to.deep.equal(members.confirmations);
    expect(state).not.to.have.property('aborts');
    expect(effectsOf(state)).to.deep.equal(['fix-survivors']);
  });

  it('leaves out at its deadline who is silent, and asks the others again, of the smaller set', () => {
    const seven = play(confirming, others(3), soon);
    expect(play(seven, [deadline], toSeconds(confirming.deadline - 1))).to.equal(seven);
    const again = inPhase(play(seven, [deadline], confirming.deadline), 'confirming');
    expect(again.inputs).to.deep.equal(without(3));
    expect(again).to.deep.include({ confirmations: [], deadline: confirming.deadline + 40 });
    expect(outcome(again, all[4]!)).to.equal('confirm/other-survivors');
    expect(outcome(again, all[3]!)).to.equal('confirm/not-a-survivor');
    const smaller = [0, 1, 2, 4, 5, 6, 7].map((one) => confirmationOf(members, one, without(3)));
    const state = inPhase(play(again, smaller, soon), 'agreeing');
    expect(state.inputs).to.deep.equal(without(3));
    expect(state.confirmations.length).to.equal(7);
  });

  it('leaves out who aborts at once, when the others have confirmed', () => {
    const waiting = play(confirming, [abortOf(members, 3), ...others(3).slice(1)], soon);
    expect(waiting.phase).to.equal('confirming');
    const again = inPhase(play(waiting, [all[0]!], soon), 'confirming');
    expect(again.inputs).to.deep.equal(without(3));
    expect(again.deadline).to.equal(soon + 40);
    expect(outcome(again, confirmationOf(members, 3, without(3)))).to.equal('confirm/not-a-survivor');
  });

  it('ends where too few are left, and the chain is told before another attempt', () => {
    const six = play(confirming, all.slice(0, 6), soon);
    const ended = inPhase(play(six, [deadline], confirming.deadline), 'aborted');
    expect(ended.reason).to.equal('0 members are left, 3 are needed');
    expect(effectsOf(ended)).to.deep.equal(['sweep', 'abort-on-chain']);
    expect(effectsOf(play(ended, [{ type: 'chain-aborted' }]))).to.deep.equal(['sweep', 'next-attempt']);
  });

  it('refuses another set of sharers or survivors than the member is near to', () => {
    const bent = (fields: object) => outcome(confirming, confirmationOf(members, 1, members.inputs, fields));
    expect(bent({})).to.equal('confirming');
    expect(bent({ sharers: digestOfText('other') })).to.equal('confirm/other-survivors');
    expect(bent({ survivors: digestOfText('other') })).to.equal('confirm/other-survivors');
    expect(outcome(confirming, confirmationOf(members, 1, without(3)))).to.equal('confirm/other-survivors');
  });

  it('lets no member both confirm and abort one set', () => {
    expect(outcome(play(confirming, [all[1]!], soon), abortOf(members, 1), soon)).to.equal('abort/conflict');
    expect(outcome(play(confirming, [abortOf(members, 1)], soon), all[1]!, soon)).to.equal(
      'confirm/conflict',
    );
  });
});

describe('agreeing', () => {
  const agreeing = honestly(members, 'agreeing');
  const now = toSeconds(agreeing.deadline + 900);

  it('goes on to unmasking once the chain holds the survivors, and waits for it as long as it takes', () => {
    expect(play(agreeing, [deadline, { type: 'restart' }], now)).to.equal(agreeing);
    const state = inPhase(play(agreeing, [{ type: 'agreed' }], now), 'unmasking');
    const { confirmations: confirmed, inputs, draw } = agreeing;
    expect(state).to.deep.include({ confirmations: confirmed, inputs, draw, unmaskings: [] });
    expect(state.deadline).to.equal(now + 50);
  });

  it('ends where somebody aborted it on chain, or the chain takes no survivors any more', () => {
    const ended = inPhase(play(agreeing, [{ type: 'chain-aborted' }]), 'aborted');
    expect(ended).to.deep.include({
      onChain: 'aborted',
      reason: 'the escrow holds that the attempt is aborted',
    });
    const past = inPhase(play(agreeing, [{ type: 'given-up', reason: 'past' }]), 'aborted');
    expect(past).to.deep.include({ onChain: 'open', reason: 'past' });
    const failed = inPhase(play(agreeing, [{ type: 'failed', reason: 'other survivors' }]), 'failed');
    expect(failed.reason).to.equal('other survivors');
  });

  it("keeps the survivors' vectors, and while the graph is drawn there are none", async () => {
    const kept: unknown[] = [];
    const sweep = sweeper({ keepOnly: async (_id, names) => void kept.push(names) });
    await sweep(agreeing);
    await sweep(honestly(members, 'drawing'));
    expect(kept).to.deep.equal([members.inputs.map(({ message }) => message), []]);
  });

  it('answers repeats, and takes nothing else', () => {
    expect(play(agreeing, [all[2]!])).to.equal(agreeing);
    expect(outcome(agreeing, abortOf(members, 2))).to.equal('attempt/wrong-phase');
    expect(outcome(confirming, { type: 'agreed' })).to.equal('attempt/wrong-phase');
  });
});
