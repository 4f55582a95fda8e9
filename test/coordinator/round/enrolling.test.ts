import { expect } from 'chai';
import { toHex } from '#crypto/bytes.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import type { Enrolment } from '#protocol/messages.ts';
import { toSeconds, type Address, type Bytes32 } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { signTyped } from '#protocol/signature.ts';
import {
  at,
  enrolments,
  honestly,
  inPhase,
  outcome,
  play,
  rulesOf,
  signed,
  START,
  sparseTerms,
} from '../fixtures.ts';

const members = cohort({ n: 5 });
const all = enrolments(members);
const deadline: AttemptEvent = { type: 'deadline' };

/** Seat `seat`'s enrolment with some fields changed, signed again. */
function changed(seat: number, fields: Partial<Enrolment>): AttemptEvent {
  const { message } = members.enrolments[seat]!;
  return { type: 'enrolment', envelope: signed(seat, 'Enrolment', { ...message, ...fields }) };
}

/** Rules with one seat changed. */
function withSeat(seat: number, fields: Partial<AttemptRules['seats'][number]>): AttemptRules {
  const rules = rulesOf(members);
  return rulesOf(members, { seats: rules.seats.map((one, i) => (i === seat ? { ...one, ...fields } : one)) });
}

describe('announced', () => {
  it('lasts as long as enrolling may, and the first enrolment ends it without moving the deadline', () => {
    const state = announce(rulesOf(members));
    expect(state.deadline).to.equal(at(60));
    const next = inPhase(play(state, [all[3]!], at(59)), 'enrolling');
    expect(next.deadline).to.equal(at(60));
    expect(next.enrolments.map(({ message }) => message.seat)).to.deep.equal([3]);
  });

  it('waits on when nobody came, until the job is past its cutoff', () => {
    const state = announce(rulesOf(members, { cutoff: at(130) }));
    const waiting = play(state, [deadline], at(61));
    expect(waiting).to.deep.equal({ ...state, deadline: at(121) });
    const ended = inPhase(play(waiting, [deadline], at(130)), 'aborted');
    expect(ended.reason).to.equal('the job is past its cutoff');
    expect(play(waiting, [deadline], at(129)).phase).to.equal('announced');
  });

  it('does not end before its deadline', () => {
    const state = announce(rulesOf(members));
    expect(play(state, [deadline], at(59))).to.equal(state);
  });
});

describe('enrolling', () => {
  it('freezes the roster in seat order as soon as every seat that can has enrolled', () => {
    const state = inPhase(
      play(
        announce(rulesOf(members)),
        [2, 0, 4, 1, 3].map((i) => all[i]!),
        at(7),
      ),
      'sharing',
    );
    expect(state.enrolments).to.deep.equal(members.enrolments);
    expect(state.roster).to.equal(members.roster.root);
    expect(state.deadline).to.equal(at(7 + 20));
  });

  it('does not wait for a seat without units', () => {
    const rules = withSeat(4, { unitsLeft: 0 });
    expect(play(announce(rules), all.slice(0, 4)).phase).to.equal('sharing');
  });

  it('does not wait for another seat of an owner that is in, nor of an operator that is in', () => {
    const sameOwner = withSeat(4, { owner: members.seats[1]!.owner });
    expect(play(announce(sameOwner), all.slice(0, 4)).phase).to.equal('sharing');
    const sameOperator = withSeat(4, { operator: members.seats[1]!.operator });
    expect(play(announce(sameOperator), all.slice(0, 4)).phase).to.equal('sharing');
  });

  it('takes the roster at its deadline with the minimum, and gives up with fewer', () => {
    const three = play(announce(rulesOf(members)), all.slice(0, 3));
    expect(inPhase(play(three, [deadline], at(60)), 'sharing').enrolments.length).to.equal(3);
    const two = play(announce(rulesOf(members)), all.slice(0, 2));
    const ended = inPhase(play(two, [deadline], at(60)), 'aborted');
    expect(ended).to.deep.include({ reason: 'too few enrolments', enrolments: [], aborts: [] });
    const four = play(announce(rulesOf(members, { minimumCohort: 5 })), all.slice(0, 4));
    expect(play(four, [deadline], at(60)).phase).to.equal('aborted');
  });

  it('never meets with fewer than three, whatever the terms say', () => {
    const two = play(announce(rulesOf(members, { minimumCohort: 2 })), all.slice(0, 2));
    expect(play(two, [deadline], at(60)).phase).to.equal('aborted');
  });

  it('stays open below the minimum though every seat has enrolled', () => {
    const state = play(announce(rulesOf(members, { minimumCohort: 6 })), all);
    expect(state.phase).to.equal('enrolling');
  });

  it('refuses a seat that has no units left', () => {
    expect(outcome(announce(withSeat(2, { unitsLeft: 0 })), all[2]!)).to.equal('enrolment/no-units');
    expect(outcome(announce(withSeat(2, { unitsLeft: 1 })), all[2]!)).to.equal('enrolling');
  });

  it('refuses a deadline that the attempt never had', () => {
    const state = announce(rulesOf(members));
    expect(outcome(state, changed(1, { deadline: at(61) }))).to.equal('enrolment/deadline');
    expect(outcome(state, changed(1, { deadline: START }))).to.equal('enrolment/deadline');
    expect(outcome(state, changed(1, { deadline: toSeconds(START + 1) }))).to.equal('enrolling');
  });

  it('takes an enrolment for the deadline before a restart', () => {
    const restarted = play(announce(rulesOf(members)), [{ type: 'restart' }], at(30));
    expect(restarted.deadline).to.equal(at(90));
    expect(outcome(restarted, all[1]!, at(70))).to.equal('enrolling');
  });

  it('refuses a second dataset of one owner and a second seat of one operator', () => {
    const first = play(announce(withSeat(3, { owner: members.seats[1]!.owner })), [all[1]!]);
    expect(outcome(first, all[3]!)).to.equal('enrolment/duplicate-owner');
    const operator = members.seats[1]!.operator;
    const second = play(announce(withSeat(3, { operator })), [all[1]!]);
    const { message } = members.enrolments[3]!;
    const twice = { ...message, operator };
    const signature = signTyped(operatorKey(1), members.domain, 'Enrolment', twice);
    expect(outcome(second, { type: 'enrolment', envelope: { message: twice, signature } })).to.equal(
      'enrolment/duplicate-operator',
    );
  });

  it('refuses a key that is in use, in either place, or twice in one enrolment', () => {
    const first = play(announce(rulesOf(members)), [all[0]!]);
    const { channelKey, maskKey } = members.enrolments[0]!.message;
    expect(outcome(first, changed(1, { channelKey: maskKey }))).to.equal('enrolment/duplicate-key');
    expect(outcome(first, changed(1, { maskKey: channelKey }))).to.equal('enrolment/duplicate-key');
    expect(outcome(first, changed(1, { maskKey: members.enrolments[1]!.message.channelKey }))).to.equal(
      'enrolment/duplicate-key',
    );
  });

  it('refuses keys with which nothing can be agreed', () => {
    const zero = toHex(new Uint8Array(32)) as Bytes32;
    const unreduced = toHex(new Uint8Array(32).fill(255)) as Bytes32;
    const state = announce(rulesOf(members));
    expect(outcome(state, changed(1, { channelKey: zero }))).to.equal('key/low-order');
    expect(outcome(state, changed(1, { maskKey: zero }))).to.equal('key/low-order');
    expect(outcome(state, changed(1, { maskKey: unreduced }))).to.equal('key/not-canonical');
  });

  it('keeps the first enrolment of a seat: the same again is answered the same, another is a conflict', () => {
    const state = play(announce(rulesOf(members)), [all[2]!]);
    expect(play(state, [all[2]!])).to.equal(state);
    expect(outcome(state, changed(2, { backend: 'cpu' }))).to.equal('enrolment/conflict');
  });

  it('answers a repeat in a later phase too, and refuses a newcomer there', () => {
    const few = cohort({ n: 5 });
    const state = honestly(few, 'masking');
    expect(play(state, [all[2]!])).to.equal(state);
    const three = play(play(announce(rulesOf(members)), all.slice(0, 3)), [deadline], at(60));
    expect(outcome(three, all[4]!)).to.equal('attempt/wrong-phase');
  });

  for (const [sparse, limit] of [
    [null, 100],
    [{ ...sparseTerms, above: 1_000 }, 1_024],
  ] as const)
    it(`closes at ${limit} members, though a seat is left`, () => {
      const hex = (digit: string, n: number, bytes: number) =>
        `0x${digit.repeat(2 * bytes - 4)}${String(n + 1000)}`;
      const seats = Array.from({ length: limit + 1 }, (_, i) => ({
        dataset: i + 1,
        operator: members.seats[i]?.operator ?? (hex('a', i, 20) as Address),
        owner: hex('7', i, 20) as Address,
        unitsLeft: 1,
      }));
      const filler = Array.from({ length: limit - 3 }, (_, i) => {
        const { message, signature } = members.enrolments[0]!;
        const keys = { channelKey: hex('1', i, 32) as Bytes32, maskKey: hex('2', i, 32) as Bytes32 };
        return {
          message: { ...message, ...keys, seat: i + 3, operator: hex('a', i + 3, 20) as Address },
          signature,
        };
      });
      const { rules, deadline } = announce(rulesOf(members, { seats, sparse }));
      const nearly = { phase: 'enrolling', rules, deadline, enrolments: filler } as const;
      const full = play(nearly, all.slice(0, 2));
      expect(full.phase).to.equal('enrolling');
      const frozen = inPhase(play(full, [all[2]!]), sparse ? 'drawing' : 'sharing');
      expect(frozen.enrolments.length).to.equal(limit);
    });
});
