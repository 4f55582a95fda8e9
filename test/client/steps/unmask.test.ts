import { expect } from 'chai';
import { fromHex } from '#crypto/bytes.ts';
import { takeStep } from '#client/take-step.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw } from '#protocol/flaw.ts';
import { membersDigest, sharersOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import { revealedDigest } from '#protocol/rules/revealed.ts';
import { signed } from '#test/support/cohort.ts';
import { bench, benchAt, playUntil, show, type Bench } from '../support/cohort.ts';
import { contains, removeHomes } from '../support/home.ts';
import { confirmedBy } from '../support/confirmed-by.ts';

describe('unmasking', () => {
  afterEach(removeHomes);

  it("opens survivors' seeds and dropouts' mask secrets, of sharers alone, never both", async () => {
    const at = await bench();
    await playUntil(at, 'unmasking', { sharing: [], masking: [2] });
    expect(await show(at, 'unmasking')).to.deep.equal([null, null, null, null, null]);
    for (const { message, shares } of at.coordinator.unmaskings) {
      expect(shares.map(({ member, kind }) => `${member} ${kind}`)).to.deep.equal([
        '0 seed',
        '1 seed',
        '2 mask',
        '3 seed',
        '4 seed',
      ]);
      expect(message.shares).to.equal(revealedDigest(shares));
      expect(message.survivors).to.equal(survivorsRoot(at.coordinator.inputs));
      const own = at.attempts[message.member]!.record.secret('sharing')!.own;
      const [mine] = shares.filter(({ member }) => member === message.member);
      expect(BigInt(mine!.y)).to.equal(message.member === 2 ? own.mask : own.seed);
    }
    const everything = new TextEncoder().encode(JSON.stringify(at.coordinator.unmaskings));
    const dropout = at.attempts[2]!.record.secret('sharing')!;
    expect(contains(everything, fromHex(dropout.seed))).to.equal(false);
  });

  it('is helped by a member of the roster that never shared', async () => {
    const at = await bench();
    await playUntil(at, 'unmasking', { sharing: [3] });
    expect(await show(at, 'unmasking', [3])).to.deep.equal([null]);
    expect(at.coordinator.unmaskings[0]!.shares.map(({ member, kind }) => `${member} ${kind}`)).to.deep.equal(
      ['0 seed', '1 seed', '2 seed', '4 seed'],
    );
  });

  it('withholds the share of a bad dealer', async () => {
    const at = await benchAt('masking');
    at.coordinator.shares[1]!.ciphertexts[0] = '0x1234';
    await show(at, 'masking');
    await show(at, 'confirming');
    expect(await show(at, 'unmasking', [0])).to.deep.equal([null]);
    expect(at.coordinator.unmaskings[0]!.shares.map(({ member }) => member)).to.deep.equal([0, 2, 3, 4]);
  });

  type Bend = (at: Bench) => Partial<ViewOf<'unmasking'>>;
  const refusals: [string, string, Bend][] = [
    [
      'fewer than T confirmed',
      'confirm/too-few',
      ({ coordinator }) => ({ confirmations: coordinator.confirmations.slice(0, 3) }),
    ],
    [
      'one confirmation stands there twice',
      'message/duplicate',
      ({ coordinator }) => ({
        confirmations: [coordinator.confirmations[0]!, ...coordinator.confirmations.slice(0, 3)],
      }),
    ],
    [
      'a confirmation is by no survivor',
      'confirm/not-a-survivor',
      (at) => {
        const inputs = at.coordinator.inputs.slice(0, 4);
        return { inputs, confirmations: confirmedBy(at, inputs, [0, 1, 2, 4]) };
      },
    ],
    [
      'a confirmation is by no member',
      'message/not-a-member',
      (at) => ({
        confirmations: [
          ...at.coordinator.confirmations.slice(0, 3),
          ...confirmedBy(at, at.coordinator.inputs, [7]),
        ],
      }),
    ],
    [
      'a confirmation is of other survivors',
      'confirm/other-survivors',
      (at) => ({
        confirmations: [
          ...at.coordinator.confirmations.slice(0, 4),
          ...confirmedBy(at, at.coordinator.inputs.slice(0, 4), [4]),
        ],
      }),
    ],
    [
      'the survivors were changed after they were confirmed',
      'confirm/other-survivors',
      ({ coordinator }) => ({
        inputs: coordinator.inputs.slice(0, 4),
        confirmations: coordinator.confirmations.slice(0, 4),
      }),
    ],
    [
      'fewer than t survived',
      'survivors/too-few',
      ({ coordinator }) => ({ inputs: coordinator.inputs.slice(0, 3) }),
    ],
    [
      'U2 is below t',
      'sharers/too-few',
      ({ coordinator }) => ({ sharers: coordinator.view('unmasking').sharers.slice(0, 3) }),
    ],
    [
      'the roster is another',
      'roster/changed',
      ({ coordinator }) => ({ roster: coordinator.enrolments.slice(1) }),
    ],
    [
      'a survivor shows another input of this client',
      'survivors/own-input',
      (at) => {
        const first = at.coordinator.inputs[0]!.message;
        const inputs = [
          signed(0, 'Input', { ...first, inputRoot: at.coordinator.inputs[1]!.message.inputRoot }),
          ...at.coordinator.inputs.slice(1),
        ];
        return { inputs, confirmations: confirmedBy(at, inputs, [1, 2, 3, 4]) };
      },
    ],
    [
      'U2 is another than this client masked for, and T members confirmed it',
      'sharers/changed',
      (at) => {
        const sharers = at.coordinator.view('unmasking').sharers.slice(0, 4);
        const digest = membersDigest(sharersOf(sharers));
        const inputs = at.coordinator.inputs
          .slice(0, 4)
          .map(({ message }) => signed(message.member, 'Input', { ...message, sharers: digest }));
        const survivors = survivorsRoot(inputs);
        const { roster } = inputs[0]!.message;
        const confirmations = [0, 1, 2, 3].map((member) =>
          signed(member, 'Confirm', { ...at.coordinator.id, member, roster, sharers: digest, survivors }),
        );
        return { sharers, inputs, confirmations };
      },
    ],
  ];
  for (const [what, code, bend] of refusals) {
    it(`opens nothing where ${what}`, async () => {
      const at = await benchAt('unmasking');
      expect((await show(at, 'unmasking', [0], bend(at)))[0]?.code).to.equal(code);
      expect(at.coordinator.unmaskings).to.have.length(0);
      expect(at.attempts[0]!.record.decided('unmasking')).to.equal(null);
    });
  }

  it("opens nothing where the owner's policy does not take the survivors", async () => {
    const at = await benchAt('unmasking');
    const attempt = { ...at.attempts[0]!, cohortFlaw: () => flaw('policy/cohort-too-small', 'x') };
    expect((await takeStep(attempt, at.coordinator.view('unmasking')))?.code).to.equal(
      'policy/cohort-too-small',
    );
    expect(at.coordinator.unmaskings).to.have.length(0);
  });

  it('opens nothing of an attempt that T members gave up', async () => {
    const at = await benchAt('unmasking');
    const { roster } = at.coordinator.inputs[0]!.message;
    const aborts = [1, 2, 3, 4].map((member) =>
      signed(member, 'Abort', { ...at.coordinator.id, member, roster, reason: 'x' }),
    );
    await takeStep(at.attempts[0]!, at.coordinator.view('aborted', { aborts }));
    expect((await show(at, 'unmasking', [0]))[0]?.code).to.equal('unmask/aborted');
    expect(at.coordinator.unmaskings).to.have.length(0);
  });
});
