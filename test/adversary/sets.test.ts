/** Sharers and survivors that lie: U2 is empty, without the client, another for each; U3 is no part of it, or too small. protocol.md §4.4, §4.5 */
import { expect } from 'chai';
import { Cast } from './cast.ts';
import { apart, type Play } from './play.ts';
import { Stage } from './stage.ts';
import { accepting, skipping, type Check } from './weakened.ts';

/** Of four members three open a secret; the liar has one of them. */
const [honest, everyone] = [
  [0, 1, 2],
  [0, 1, 2, 3],
];
const leftOut = accepting('sharers/left-out');
const dealt = ['enrolments', 'shares'];
const masked = [...dealt, 'inputs'];

describe('a coordinator that lies about sharers and survivors', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  const four = (act: (cast: Cast, play: Play) => Promise<void>, without: readonly Check[] = []) =>
    stage.play(apart(4), async (play) => act(await Cast.gather(play, honest, () => ({ without })), play));

  /** Seat 0 masked for its own U2: the others are told of all sharers, and that 2 is lost, whose pair masks so open. */
  async function openFirst(cast: Cast): Promise<void> {
    await cast.bring([1], cast.masking(everyone), 'inputs');
    const left = [0, 1, 3];
    await cast.bring([0, 1], cast.confirming(everyone, left), 'confirmations');
    const confirmations = left.map((member) => cast.confirmation(member, everyone, left));
    await cast.bring([1, 2], cast.unmasking(everyone, left, confirmations), 'unmaskings');
  }

  describe('an empty U2', () => {
    it('is refused', () =>
      four(async (cast) => {
        await cast.refused([0], cast.masking([]), 'sharers/too-few');
        expect(cast.client(0).calls()).to.deep.equal(dealt);
      }));

    // Four checks stop it, each alone: the count, the client's own place in U2, the masking itself, and at U3, whose
    // members must all have masked for the same U2.
    it('would leave an update under its self mask alone', () =>
      four(
        async (cast, play) => {
          await cast.bring([0], cast.masking([]), 'inputs');
          await openFirst(cast);
          expect(cast.opened(0, [])).to.deep.equal(play.secretOf(0));
        },
        [...['sharers/too-few', 'roster/not-a-sharer', 'input/other-sharers'].map(skipping), leftOut],
      ));
  });

  describe('a U2 that leaves out the client', () => {
    it('is refused', () =>
      four(async (cast) => {
        await cast.refused([0], cast.masking([1, 2, 3]), 'sharers/left-out');
        expect(cast.client(0).calls()).to.deep.equal(dealt);
      }));

    // What leaves is as well covered as it would be by its right masks: the harm is that an input is spent, for which no
    // survivors hold, and which keeps its model from every other attempt.
    it('would cost an input that no sum can hold', () =>
      four(
        async (cast) => {
          await cast.bring([0], cast.masking([1, 2, 3]), 'inputs');
          await cast.bring([1], cast.masking(everyone), 'inputs');
          await cast.refused([1], cast.confirming(everyone, [0, 1, 3]), 'input/other-sharers');
          expect(cast.opened(0, [1, 2, 3])).to.equal(null);
        },
        [leftOut, skipping('roster/not-a-sharer')],
      ));
  });

  describe('a U2 for each', () => {
    const shown = [0, 2, 3];

    it('is refused where U3 shows it', () =>
      four(async (cast) => {
        await cast.bring([0], cast.masking(shown), 'inputs');
        await cast.bring([1], cast.masking(everyone), 'inputs');
        await cast.refused([0, 1], cast.confirming(everyone, [0, 1, 3]), 'input/other-sharers');
        for (const seat of [0, 1]) expect(cast.client(seat).calls()).to.deep.equal([...masked, 'aborts']);
        expect(cast.opened(0, shown)).to.equal(null);
      }));

    it('would open the update whose masks the others do not cancel', () =>
      four(
        async (cast, play) => {
          await cast.bring([0], cast.masking(shown), 'inputs');
          await openFirst(cast);
          expect(cast.opened(0, shown)).to.deep.equal(play.secretOf(0));
        },
        [skipping('input/other-sharers')],
      ));
  });

  describe('a U3 that is no part of U2', () => {
    const [sharers, left] = [honest, [0, 1, 3]];

    it('is refused', () =>
      four(async (cast) => {
        await cast.bring([0, 1], cast.masking(sharers), 'inputs');
        await cast.refused([0, 1], cast.confirming(sharers, left), 'survivors/not-sharers');
        for (const seat of [0, 1]) expect(cast.client(seat).calls()).to.deep.equal([...masked, 'aborts']);
        expect(honest.map((seat) => cast.opened(seat, sharers))).to.deep.equal([null, null, null]);
      }));

    // Whoever masked for a U2 is in it (§4.4), so only the liar's own member can stand outside. The harm is none to
    // secrecy: all is opened for a sum from which nobody can take that member's mask, and the model is spent.
    it('would open shares for a sum that can not be made', () =>
      four(
        async (cast, play) => {
          await cast.bring([0, 1], cast.masking(sharers), 'inputs');
          await cast.bring([0, 1], cast.confirming(sharers, left), 'confirmations');
          const confirmations = left.map((member) => cast.confirmation(member, sharers, left));
          await cast.bring(honest, cast.unmasking(sharers, left, confirmations), 'unmaskings');
          const known = play.knowledge(cast.roster);
          expect([0, 1].map((member) => known.secret(member, 'seed')?.length)).to.deep.equal([32, 32]);
          expect(known.secret(3, 'seed')).to.equal(null);
          expect(honest.map((seat) => cast.opened(seat, sharers))).to.deep.equal([null, null, null]);
        },
        [skipping('survivors/not-sharers')],
      ));
  });

  describe('survivors of whom too few are vouched for', () => {
    // Seats 3 to 6 are strangers: more than the third that confirmations bear, and what a policy is for.
    const [three, members, left] = [
      [0, 1, 2],
      [0, 1, 2, 3, 4, 5, 6],
      [0, 3, 4, 5, 6],
    ];
    const among = (act: (cast: Cast, play: Play) => Promise<void>, without: readonly Check[] = []) =>
      stage.play(apart(7), async (play) => {
        const vouches = (seat: number) => three.includes(seat);
        const cast = await Cast.gather(play, three, () => ({ without, vouches }));
        await cast.bring([0], cast.masking(members), 'inputs');
        await act(cast, play);
      });

    it('are refused', () =>
      among(async (cast) => {
        await cast.refused([0], cast.confirming(members, left), 'policy/cohort-too-small');
        expect(cast.client(0).calls()).to.deep.equal([...masked, 'aborts']);
        expect(cast.opened(0)).to.equal(null);
      }));

    it('would be one client and strangers, who open its update', () =>
      among(
        async (cast, play) => {
          await cast.bring([0], cast.confirming(members, left), 'confirmations');
          const confirmations = left.map((member) => cast.confirmation(member, members, left));
          await cast.bring([0], cast.unmasking(members, left, confirmations), 'unmaskings');
          expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
        },
        [
          {
            file: 'client/steps/confirm.ts',
            passage: 'return attempt.cohortFlaw(cohortOf(survived, await attempt.readSeats()));',
            put: 'return null;',
          },
        ],
      ));
  });

  describe('fewer survivors than open a secret', () => {
    // Vouched for, two of them the liar's: enough for the policy, not for t = 5 of seven.
    const [five, members, left] = [
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4, 5, 6],
      [0, 5, 6],
    ];
    const among = (act: (cast: Cast, play: Play) => Promise<void>, without: readonly Check[] = []) =>
      stage.play(apart(7), async (play) => {
        const cast = await Cast.gather(play, five, () => ({ without }));
        await cast.bring([0], cast.masking(members), 'inputs');
        await act(cast, play);
      });

    it('are refused', () =>
      among(async (cast) => {
        await cast.refused([0], cast.confirming(members, left), 'survivors/too-few');
        expect(cast.client(0).calls()).to.deep.equal([...masked, 'aborts']);
        expect(cast.opened(0)).to.equal(null);
      }));

    // Two checks stop it: fewer than t survive, and fewer than T of them can confirm.
    it('would be one client and the liar, to whom the others open its update', () =>
      among(async (cast, play) => {
        await cast.bring([0], cast.confirming(members, left), 'confirmations');
        const confirmations = left.map((member) => cast.confirmation(member, members, left));
        await cast.bring([1, 2, 3], cast.unmasking(members, left, confirmations), 'unmaskings');
        expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
      }, ['survivors/too-few', 'confirm/too-few'].map(skipping)));
  });
});
