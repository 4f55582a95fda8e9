import { expect } from 'chai';
import { holdersOf } from '#crypto/graph.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { viewOf } from '#coordinator/round/view.ts';
import { attemptView, type AttemptView } from '#protocol/attempt-view.ts';
import {
  nearConfirmationsFlaw,
  nearSharesFlaw,
  neighbourhoodFlaw,
  rosterFrom,
  shownRoot,
  survivorsProofFlaw,
} from '#protocol/rules/neighbourhood.ts';
import { agreedRoot, sharersNear } from '#protocol/rules/survivors.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  digestOfText,
  drawOf,
  enrolments,
  honestly,
  inPhase,
  play,
  rulesOf,
} from '../../fixtures.ts';

/** Twelve on a ring, four neighbours each; members 4 and 9 never share, 7 never uploads. */
const members = cohort({ n: 12, draw: drawOf(4, 2), lostBeforeSharing: [4, 9], lostBeforeMasking: [7] });
const { draw, graph } = members.roster;
if (!draw) throw new Error('a complete graph');
const rules = rulesOf(members);
const seats = rules.seats.length;
const settling = honestly(members, 'settling', rules);
const posting = play(settling, [{ type: 'deadline' }], settling.deadline);
const states: Record<string, Attempt> = {
  drawing: honestly(members, 'drawing'),
  sharing: honestly(members, 'sharing'),
  masking: honestly(members, 'masking'),
  confirming: honestly(members, 'confirming'),
  agreeing: honestly(members, 'agreeing'),
  unmasking: honestly(members, 'unmasking'),
  settling,
  settled: play(posting, [{ type: 'settled', transaction: digestOfText('transaction') }]),
};
const shownTo = (state: Attempt | undefined, seat: number | null): AttemptView =>
  attemptView.parse(JSON.parse(JSON.stringify(viewOf(state!, 41, [], seat))));

describe('the view of a sparse attempt', () => {
  for (const [name, state] of Object.entries(states)) {
    it(`in ${name} is what the protocol says, for a member and for a stranger`, () => {
      for (const seat of [3, 4, null, seats]) {
        const view = shownTo(state, seat);
        expect(view).to.deep.include({ phase: name, revision: 41, deadline: state.deadline, ...members.id });
        if (name === 'drawing' || name === 'agreeing') expect(view).not.to.have.property('roster');
      }
    });
  }

  it('gives each member its neighbours with proofs that hold, and nothing of anyone else', () => {
    for (const { index } of members.roster.members) {
      const view = shownTo(states['unmasking'], index);
      if (view.phase !== 'unmasking' || Array.isArray(view.roster) || Array.isArray(view.inputs))
        throw new Error('not a near view');
      const near = holdersOf(graph, index);
      const roster = rosterFrom(view.roster, 1, draw);
      const frame = { ...members.frame, roster };
      expect(
        neighbourhoodFlaw(members.domain, view.roster, roster, index, members.expected, members.seats),
      ).to.equal(null);
      expect(roster.root).to.equal(members.roster.root);
      expect(nearSharesFlaw(frame, index, view.sharers)).to.equal(null);
      expect(view.sharers).to.deep.equal(members.shares.filter(({ message }) => near.has(message.member)));
      const sent = members.inputs.find(({ message }) => message.member === index)?.message.inputRoot ?? null;
      const sharers = sharersNear(roster, index, members.sharers);
      expect(survivorsProofFlaw(frame, index, sharers, view.inputs, sent)).to.equal(null);
      expect(view.inputs.path === null).to.equal(sent === null);
      expect(shownRoot(roster, view.inputs)).to.equal(agreedRoot(members.roster, members.inputs));
      expect(nearConfirmationsFlaw(frame, index, sharers, view.inputs, view.confirmations)).to.equal(null);
      expect(view.confirmations).to.deep.equal(
        members.confirmations.filter(({ message }) => near.has(message.member)),
      );
    }
  });

  it('is for a seat, which is another number than its place in the roster', () => {
    const nine = cohort({ n: 9, draw: drawOf(6, 5) });
    const enrolling = play(announce(rulesOf(nine)), enrolments(nine).slice(1));
    const drawing = play(enrolling, [{ type: 'deadline' }], enrolling.deadline);
    const sharing = play(drawing, [{ type: 'drawn', draw: drawOf(6, 5) }]);
    expect(shownTo(sharing, 0)).to.have.nested.property('roster.members').deep.equal([]);
    const view = shownTo(sharing, 8);
    if (view.phase !== 'sharing' || Array.isArray(view.roster)) throw new Error('not a near view');
    expect(view.roster.seats).to.equal('0xfe01');
    const roster = rosterFrom(view.roster, 1, drawOf(6, 5));
    expect(roster.enrolments.length).to.equal(7);
    expect(neighbourhoodFlaw(nine.domain, view.roster, roster, 7, nine.expected, nine.seats)).to.equal(null);
  });

  it('gives a stranger the sets, and nobody in particular', () => {
    for (const seat of [null, seats]) {
      const view = shownTo(states['unmasking'], seat);
      expect(view).to.deep.include({ sharers: [], confirmations: [] });
      expect(view).to.have.nested.property('roster.members').deep.equal([]);
      expect(view).to.have.nested.property('inputs.path', null);
    }
  });

  it('shows a proposal to all, and its transaction', () => {
    expect(shownTo(states['settling'], null)).to.have.nested.property('proposal.manifest');
    expect(shownTo(states['settled'], 3)).to.deep.include({ transaction: digestOfText('transaction') });
  });

  it('grows with the phases', () => {
    expect(shownTo(states['sharing'], 3)).not.to.have.property('sharers');
    expect(shownTo(states['masking'], 3)).not.to.have.property('inputs');
    expect(shownTo(states['confirming'], 3)).not.to.have.property('confirmations');
    expect(shownTo(states['unmasking'], 3)).not.to.have.property('proposal');
  });

  it('leaves aborts to the chain: none are shown, nor the attempt to later ones', () => {
    const confirming = inPhase(states['confirming']!, 'confirming');
    const gone = confirming.inputs.slice(1).map((input) => abortOf(members, input.message.member));
    const aborted = inPhase(
      play(confirming, [...gone, abortOf(members, confirming.inputs[0]!.message.member)]),
      'aborted',
    );
    expect(aborted.aborts.length).to.equal(9);
    expect(shownTo(aborted, 3)).to.deep.include({ aborts: [] });
    expect(viewOf(states['sharing']!, 1, [aborted]).earlier).to.deep.equal([]);
  });
});
