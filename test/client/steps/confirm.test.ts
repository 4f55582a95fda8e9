import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { takeStep } from '#client/take-step.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw } from '#protocol/flaw.ts';
import { membersDigest, sharersOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import { signed } from '#test/support/cohort.ts';
import { bench, benchAt, playUntil, restarted, seatsOnChain, show, type Bench } from '../support/cohort.ts';
import { copyHome, removeHomes } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';

const callsOf = ({ coordinator }: Bench) => coordinator.sent.map(({ call }) => call);
const away = (at: Bench) => {
  at.coordinator.onCall = () => {
    throw new TributaryError('coordinator/unreachable', 'away');
  };
};
const back = (at: Bench) => {
  at.coordinator.onCall = () => undefined;
};

describe('confirming', () => {
  afterEach(removeHomes);

  it('confirms the roster, U2 and U3 with their inputs', async () => {
    const at = await benchAt('confirming');
    expect(await show(at, 'confirming', [2])).to.deep.equal([null]);
    const [{ message }] = at.coordinator.confirmations as [(typeof at.coordinator.confirmations)[0]];
    expect(message).to.deep.equal({
      ...at.coordinator.id,
      member: 2,
      roster: at.coordinator.inputs[0]!.message.roster,
      sharers: membersDigest(sharersOf(at.coordinator.shares)),
      survivors: survivorsRoot(at.coordinator.inputs),
    });
  });

  it('is content with t survivors, itself among them', async () => {
    const at = await benchAt('confirming');
    const inputs = at.coordinator.inputs.slice(0, 4);
    expect(await show(at, 'confirming', [0], { inputs })).to.deep.equal([null]);
    expect(callsOf(at)).to.deep.equal(['confirm']);
  });

  type Bend = (at: Bench) => Partial<ViewOf<'confirming'>>;
  const aborting: [string, string, Bend][] = [
    [
      'fewer than t survived',
      'survivors/too-few',
      ({ coordinator }) => ({ inputs: coordinator.inputs.slice(0, 3) }),
    ],
    [
      'it is not among the survivors',
      'survivors/left-out',
      ({ coordinator }) => ({ inputs: coordinator.inputs.slice(1) }),
    ],
    [
      'the survivors hold another input of its own',
      'survivors/own-input',
      ({ coordinator }) => ({
        inputs: [
          signed(0, 'Input', {
            ...coordinator.inputs[0]!.message,
            inputRoot: coordinator.inputs[1]!.message.inputRoot,
          }),
          ...coordinator.inputs.slice(1),
        ],
      }),
    ],
    [
      'a survivor masked for another U2',
      'input/other-sharers',
      ({ coordinator }) => ({
        inputs: [
          ...coordinator.inputs.slice(0, 4),
          signed(4, 'Input', {
            ...coordinator.inputs[4]!.message,
            sharers: coordinator.inputs[4]!.message.roster,
          }),
        ],
      }),
    ],
    [
      'U2 is another than was masked for',
      'input/other-sharers',
      (at) => ({
        sharers: at.coordinator.view('confirming').sharers.slice(0, 4),
        inputs: at.coordinator.inputs.slice(0, 4),
      }),
    ],
    [
      'a survivor is no sharer',
      'survivors/not-sharers',
      (at) => {
        const sharers = at.coordinator.view('confirming').sharers.slice(0, 4);
        const digest = membersDigest(sharersOf(sharers));
        const inputs = at.coordinator.inputs.map(({ message }) =>
          signed(message.member, 'Input', { ...message, sharers: digest }),
        );
        return { sharers, inputs };
      },
    ],
    [
      'U2 is below t',
      'sharers/too-few',
      (at) => ({ sharers: at.coordinator.view('confirming').sharers.slice(0, 3) }),
    ],
    [
      "a survivor's input is not signed by it",
      'message/bad-signature',
      ({ coordinator }) => ({
        inputs: [
          ...coordinator.inputs.slice(0, 4),
          {
            message: {
              ...coordinator.inputs[4]!.message,
              inputRoot: coordinator.inputs[0]!.message.inputRoot,
            },
            signature: coordinator.inputs[4]!.signature,
          },
        ],
      }),
    ],
    [
      'a survivor is listed twice',
      'message/duplicate',
      ({ coordinator }) => ({ inputs: [coordinator.inputs[0]!, ...coordinator.inputs] }),
    ],
    ['the deadline has passed', 'confirm/too-late', () => ({ deadline: 1_899_999_999 as never })],
  ];
  for (const [what, code, bend] of aborting) {
    it(`aborts, and says why, where ${what}`, async () => {
      const at = await benchAt('confirming');
      expect((await show(at, 'confirming', [0], bend(at)))[0]?.code).to.equal(code);
      expect(callsOf(at)).to.deep.equal(['abort']);
      expect(at.coordinator.aborts[0]?.message).to.include({ member: 0, reason: code, attempt: 1 });
    });
  }

  it("aborts where the owner's policy does not take the survivors as a cohort", async () => {
    const at = await benchAt('confirming');
    const shown: bigint[][] = [];
    const cohortFlaw = (cohort: readonly { dataset: bigint }[]) => {
      shown.push(cohort.map(({ dataset }) => dataset));
      return flaw('policy/cohort-too-small', 'x');
    };
    const view = at.coordinator.view('confirming', { inputs: at.coordinator.inputs.slice(0, 4) });
    const result = await takeStep({ ...at.attempts[0]!, cohortFlaw }, view);
    expect(result?.code).to.equal('policy/cohort-too-small');
    expect(shown, 'only the survivors count').to.deep.equal([[1n, 2n, 3n, 4n]]);
    expect(callsOf(at)).to.deep.equal(['abort']);
  });

  it('aborts where it never sent an input', async () => {
    const at = await bench();
    await playUntil(at, 'confirming', { masking: [1] });
    expect((await show(at, 'confirming', [1]))[0]?.code).to.equal('survivors/left-out');
    expect(at.coordinator.aborts).to.have.length(1);
  });

  it('neither confirms nor aborts where it signed an input that its journal lacks', async () => {
    const at = await benchAt('masking');
    const older = copyHome(at.homes[0]!);
    await show(at, 'masking');
    const before = callsOf(at);
    const restored = restarted(at.attempts[0]!, older);
    expect((await takeStep(restored, at.coordinator.view('confirming')))?.code).to.equal('journal/behind');
    expect(restored.record.decided('verdict')).to.equal(null);
    expect(callsOf(at)).to.deep.equal(before);
  });

  it('says nothing at all of a roster that it did not accept', async () => {
    const at = await benchAt('confirming');
    const roster = at.coordinator.enrolments.slice(0, 4);
    expect((await show(at, 'confirming', [0], { roster }))[0]?.code).to.equal('roster/changed');
    expect(callsOf(at)).to.deep.equal([]);
  });

  it('never confirms after it aborted, across restarts', async () => {
    const at = await benchAt('confirming');
    away(at);
    const late = at.coordinator.view('confirming', { deadline: 1_899_999_999 as never });
    expect(await codeOf(takeStep(at.attempts[0]!, late))).to.equal('coordinator/unreachable');
    back(at);
    const again = restarted(at.attempts[0]!, at.homes[0]!);
    expect(await takeStep(again, at.coordinator.view('confirming'))).to.equal(null);
    expect(callsOf(at)).to.deep.equal(['abort']);
    expect(at.coordinator.aborts[0]).to.deep.equal(at.attempts[0]!.record.decided('verdict')?.envelope);
  });

  it('never aborts after it confirmed, nor confirms others, across restarts', async () => {
    const at = await benchAt('confirming');
    away(at);
    expect(await codeOf(takeStep(at.attempts[0]!, at.coordinator.view('confirming')))).to.equal(
      'coordinator/unreachable',
    );
    back(at);
    const again = restarted(at.attempts[0]!, at.homes[0]!);
    const other = at.coordinator.view('confirming', {
      inputs: at.coordinator.inputs.slice(0, 4),
      deadline: 1_899_999_999 as never,
    });
    expect((await takeStep(again, other))?.code).to.equal('confirm/other-survivors');
    expect(callsOf(at)).to.deep.equal(['confirm']);
    expect(at.coordinator.confirmations[0]).to.deep.equal(
      at.attempts[0]!.record.decided('verdict')?.envelope,
    );
    await takeStep(again, at.coordinator.view('aborted'));
    expect(callsOf(at)).to.deep.equal(['confirm']);
  });

  it('has its verdict on disk before it is sent', async () => {
    const at = await benchAt('confirming');
    const decided: unknown[] = [];
    at.coordinator.onCall = () =>
      void decided.push(restarted(at.attempts[1]!, at.homes[1]!).record.decided('verdict')?.kind);
    await show(at, 'confirming', [1]);
    expect(decided).to.deep.equal(['confirm']);
  });

  it('leaves the phase undecided where the chain is away', async () => {
    const at = await benchAt('confirming');
    const readSeats = () => Promise.reject(new TributaryError('chain/unreachable', 'away'));
    const view = at.coordinator.view('confirming');
    expect(await codeOf(takeStep({ ...at.attempts[0]!, readSeats }, view))).to.equal('chain/unreachable');
    expect(at.attempts[0]!.record.decided('verdict')).to.equal(null);
    expect(await takeStep({ ...at.attempts[0]!, readSeats: async () => seatsOnChain() }, view)).to.equal(
      null,
    );
  });
});
