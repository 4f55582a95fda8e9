import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt, AttemptEvent, MessageEvent } from '#coordinator/round/attempt.ts';
import { toAddress, type CompactSignature } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  approvalOf,
  attestationOf,
  confirmations,
  digestOfText,
  enrolments,
  honestly,
  inputs,
  receipts,
  outcome,
  refusalOf,
  resultOf,
  rulesOf,
  sharings,
  signed,
  unmaskings,
} from '../fixtures.ts';

const members = cohort({ n: 4 });
const settling = honestly(members, 'settling');

/** For each message: the state that takes it, and the honest message of seat or member 1. */
const cases: readonly (readonly [string, Attempt, MessageEvent])[] = [
  ['enrolment', announce(rulesOf(members)), enrolments(members)[1]!],
  ['shares', honestly(members, 'sharing'), sharings(members)[1]!],
  ['received', honestly(members, 'receiving'), receipts(members)[1]!],
  ['input', honestly(members, 'masking'), inputs(members)[1]!],
  ['confirm', honestly(members, 'confirming'), confirmations(members)[1]!],
  ['abort', honestly(members, 'confirming'), abortOf(members, 1)],
  ['unmasking', honestly(members, 'unmasking'), unmaskings(members)[1]!],
  ['attestation', settling, attestationOf(members, settling.proposal, 1)],
  ['refusal', settling, refusalOf(members, settling.proposal.manifest, 1)],
];

/** The same event with its signed message or its signature bent; not signed again. */
function bent(event: MessageEvent, fields: object, signature?: CompactSignature): AttemptEvent {
  const key = 'upload' in event ? 'upload' : 'envelope';
  const sent = 'upload' in event ? event.upload : event.envelope;
  const message = { ...sent.message, ...fields };
  return { ...event, [key]: { ...sent, message, ...(signature && { signature }) } };
}

describe('every message', () => {
  for (const [name, state, event] of cases) {
    it(`${name}: is taken as it is`, () => {
      expect(outcome(state, event)).not.to.contain('/');
    });

    it(`${name}: is refused for another job, round or attempt`, () => {
      for (const field of ['job', 'round', 'attempt']) {
        expect(outcome(state, bent(event, { [field]: 99 }))).to.equal('message/other-attempt');
      }
    });

    it(`${name}: is refused with a signature that is not its sender's`, () => {
      const foreign = signed(3, 'Abort', {
        ...members.id,
        member: 3,
        roster: members.roster.root,
        reason: 'x',
      }).signature;
      expect(outcome(state, bent(event, {}, foreign))).to.equal('message/bad-signature');
      const own = 'upload' in event ? event.upload.signature : event.envelope.signature;
      const highS = `${own.slice(0, -2)}${own.endsWith('00') ? '01' : '00'}` as CompactSignature;
      expect(outcome(state, bent(event, {}, highS))).to.equal('message/bad-signature');
    });
  }

  it('of a member is refused from outside the roster, and for another roster', () => {
    for (const [, state, event] of cases.slice(1, 7)) {
      expect(outcome(state, bent(event, { member: 4 }))).to.equal('message/not-a-member');
      expect(outcome(state, bent(event, { roster: digestOfText('other') }))).to.equal('message/other-roster');
    }
  });

  it('of a seat is refused from a seat that the job has not', () => {
    const attestation = attestationOf(members, settling.proposal, 1);
    if (attestation.type !== 'attestation') throw new Error('not an attestation');
    const elsewhere = { ...attestation, upload: { ...attestation.upload, seat: 4 } };
    expect(outcome(settling, elsewhere)).to.equal('message/unknown-seat');
    expect(outcome(settling, bent(refusalOf(members, settling.proposal.manifest, 1), { seat: 4 }))).to.equal(
      'message/unknown-seat',
    );
  });

  it('of a member is told the phase while there is no roster', () => {
    const state = announce(rulesOf(members));
    for (const [, , event] of cases.slice(1, 7)) {
      expect(outcome(state, event)).to.equal('attempt/wrong-phase');
      expect(outcome(state, bent(event, { round: 9 }))).to.equal('message/other-attempt');
    }
  });

  it('is told the phase when it is for another one', () => {
    const taken: Record<string, string> = {
      shares: 'sharing',
      received: 'receiving',
      input: 'masking',
      confirm: 'confirming',
      abort: 'confirming',
      unmasking: 'unmasking',
    };
    const quiet = cohort({ n: 5, lostBeforeSharing: [4], seed: 'quiet' });
    const late = cohort({ n: 5, seed: 'quiet' });
    for (const phase of ['sharing', 'receiving', 'masking', 'confirming', 'unmasking', 'settling'] as const) {
      const state = honestly(quiet, phase);
      for (const event of [sharings(late)[4]!, inputs(late)[4]!, confirmations(late)[4]!, abortOf(late, 4)]) {
        if (taken[event.type] !== phase)
          expect(outcome(state, event), `${event.type} in ${phase}`).to.equal('attempt/wrong-phase');
      }
      if (phase !== 'settling') {
        for (const event of [
          attestationOf(quiet, settling.proposal, 1),
          approvalOf(quiet, settling.proposal),
        ]) {
          expect(outcome(state, event), `${event.type} in ${phase}`).to.equal('attempt/wrong-phase');
        }
      }
    }
  });
});

describe('an enrolment', () => {
  const state = announce(rulesOf(members));
  const event = enrolments(members)[1]!;

  it('is refused for a seat that the job has not, another operator, or other terms', () => {
    expect(outcome(state, bent(event, { seat: 9 }))).to.equal('enrolment/unknown-seat');
    expect(outcome(state, bent(event, { operator: toAddress(`0x${'11'.repeat(20)}`) }))).to.equal(
      'enrolment/wrong-operator',
    );
    for (const term of ['model', 'recipe', 'terms', 'parameters']) {
      expect(outcome(state, bent(event, { [term]: digestOfText('other') }))).to.equal(
        'enrolment/other-terms',
      );
    }
  });
});

describe('what the coordinator brings about', () => {
  it('is refused in another phase than its own', () => {
    const masking = honestly(members, 'masking');
    const inner: readonly AttemptEvent[] = [
      { type: 'aggregated', result: resultOf(members) },
      { type: 'settled', transaction: digestOfText('transaction') },
      { type: 'quorum-refused' },
      { type: 'failed', reason: 'none' },
    ];
    for (const event of inner) expect(outcome(masking, event)).to.equal('attempt/wrong-phase');
    for (const event of inner) expect(outcome(settling, event)).to.equal('attempt/wrong-phase');
  });
});
