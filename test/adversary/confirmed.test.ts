/** Two sets of survivors, both kinds of share, false confirmations, late inputs. protocol.md §3.5, §4.5, §4.6 */
import { expect } from 'chai';
import type { Confirm, Signed } from '#protocol/messages.ts';
import { signed } from '#test/support/cohort.ts';
import { Cast } from './cast.ts';
import { confirmsAgain, forgetful, opensAgain } from './forgetful.ts';
import { apart, type Play } from './play.ts';
import { Stage } from './stage.ts';
import { accepting, skipping, type Check } from './weakened.ts';

/** Of four members three open a secret; the liar has one of them. */
const [honest, everyone] = [
  [0, 1, 2],
  [0, 1, 2, 3],
];
/** Two sets of survivors: 2 is lost, or 0 is. Seed shares of one set and mask shares of the other open both. */
const [first, second] = [
  [0, 1, 3],
  [1, 2, 3],
];
const masked = ['enrolments', 'shares', 'inputs'];

describe('a coordinator that lies about what was confirmed', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** All three clients have sent their inputs. */
  const four = (act: (cast: Cast, play: Play) => Promise<void>, without: readonly Check[] = []) =>
    stage.play(apart(4), async (play) => {
      const cast = await Cast.gather(play, honest, () => ({ without }));
      await cast.bring(honest, cast.masking(everyone), 'inputs');
      await act(cast, play);
    });

  const confirm = (cast: Cast, seats: readonly number[], left: readonly number[]) =>
    cast.bring(seats, cast.confirming(everyone, left), 'confirmations');
  const unmasking = (cast: Cast, left: readonly number[], by = left) =>
    cast.unmasking(
      everyone,
      left,
      by.map((member) => cast.confirmation(member, everyone, left)),
    );
  const open = (cast: Cast, seats: readonly number[], left: readonly number[], by = left) =>
    cast.bring(seats, unmasking(cast, left, by), 'unmaskings');
  const nothing = (cast: Cast) =>
    expect(honest.map((seat) => cast.opened(seat))).to.deep.equal([null, null, null]);

  describe('survivors, others for each half of a cohort', () => {
    const halves = async (cast: Cast) => {
      await confirm(cast, [0, 1], first);
      await confirm(cast, [2], second);
      await open(cast, [0, 1], first);
    };

    it('are refused by the half that is fewer than T', () =>
      four(async (cast) => {
        await halves(cast);
        await cast.refused([2], unmasking(cast, second, [2, 3]), 'confirm/too-few');
        expect(cast.client(2).calls()).to.deep.equal([...masked, 'confirmations']);
        nothing(cast);
      }));

    // Two rules stop it, each alone: T confirm, and whoever opened shares for one set opens none for another. Of each
    // set t − c honest members must open shares, and 2(t − c) > n − c.
    it('would open an update by seed shares of one half and mask shares of the other', () =>
      four(
        async (cast, play) => {
          await halves(cast);
          await open(cast, [1, 2], second, [2, 3]);
          expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
          expect(cast.opened(2)).to.deep.equal(play.secretOf(2));
        },
        [...forgetful, opensAgain, skipping('confirm/too-few')],
      ));
  });

  describe('survivors, others for the same client later', () => {
    it('are refused by the journal', () =>
      four(async (cast) => {
        await confirm(cast, [0, 1], first);
        await cast.refused([1], cast.confirming(everyone, second), 'confirm/other-survivors');
        expect(cast.client(1).calls()).to.deep.equal([...masked, 'confirmations']);
        nothing(cast);
      }));

    // Two rules stop it, each alone: one confirmation in an attempt, and one opening.
    it('would be confirmed and opened twice', () =>
      four(
        async (cast, play) => {
          await confirm(cast, [0, 1], first);
          await confirm(cast, [1, 2], second);
          await open(cast, [0, 1], first);
          await open(cast, [1, 2], second);
          expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
        },
        [...forgetful, confirmsAgain, opensAgain],
      ));
  });

  describe('both kinds of share, one after the other', () => {
    /** All agree that all survive, and open their seeds; now 0 is said to be lost, by the confirmations of before. */
    const openAll = async (cast: Cast) => {
      await confirm(cast, honest, everyone);
      await open(cast, honest, everyone);
      const confirmations = second.map((member) => cast.confirmation(member, everyone, everyone));
      return cast.unmasking(everyone, second, confirmations);
    };

    it('are refused', () =>
      four(async (cast) => {
        await cast.refused([1, 2], await openAll(cast), 'unmask/already-revealed');
        for (const seat of [1, 2]) {
          expect(cast.client(seat).calls()).to.deep.equal([...masked, 'confirmations', 'unmaskings']);
        }
        nothing(cast);
      }));

    // Two rules stop it, each alone: one opening, and confirmations count for the survivors that they name.
    it('would open an update', () =>
      four(
        async (cast, play) => {
          await cast.bring([1, 2], await openAll(cast), 'unmaskings');
          expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
        },
        [...forgetful, opensAgain, skipping('confirm/other-survivors')],
      ));
  });

  describe('an input that came late, and is kept', () => {
    const late = async (cast: Cast) => {
      await confirm(cast, [1, 2], second);
      await open(cast, honest, second);
    };

    it('is refused its sum by its owner, and stays under its self mask', () =>
      four(async (cast, play) => {
        await cast.refused([0], cast.confirming(everyone, second), 'survivors/left-out');
        await late(cast);
        expect(cast.client(0).calls()).to.deep.equal([...masked, 'aborts', 'unmaskings']);
        const known = play.knowledge(cast.roster);
        expect(known.secret(0, 'mask')?.length).to.equal(32);
        expect(known.secret(0, 'seed')).to.equal(null);
        nothing(cast);
      }));

    // Nothing in a view asks for a kind of share: the client takes it from U3, one kind a member. That choice is the check.
    it('would be opened by members who open both kinds of share at once', () =>
      four(
        async (cast, play) => {
          await late(cast);
          expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
        },
        [
          {
            file: 'client/steps/unmask.ts',
            passage: `return held.map((share) => {
    const shown = revealShare(context, share, survivors.has(share.dealer) ? 'seed' : 'mask');`,
            put: `return held.flatMap((share) => [share, share]).map((share, at) => {
    const shown = revealShare(context, share, at % 2 === 0 ? 'seed' : 'mask');`,
          },
        ],
      ));
  });

  describe('confirmations', () => {
    // Seats 3 to 6 are strangers, and with 0 alone they are said to survive: of T = 5 confirmations 0's is the fifth, and
    // its policy forbids it.
    const [members, left] = [
      [0, 1, 2, 3, 4, 5, 6],
      [0, 3, 4, 5, 6],
    ];
    const strangers = left.slice(1);
    const among = (
      act: (
        cast: Cast,
        view: (of: readonly Signed<Confirm>[]) => ReturnType<Cast['unmasking']>,
        play: Play,
      ) => Promise<void>,
      without: readonly Check[] = [],
    ) =>
      stage.play(apart(7), async (play) => {
        const vouches = (seat: number) => honest.includes(seat);
        const cast = await Cast.gather(play, honest, () => ({ without, vouches }));
        await cast.bring([0], cast.masking(members), 'inputs');
        await cast.refused([0], cast.confirming(members, left), 'policy/cohort-too-small');
        const own = strangers.map((member) => cast.confirmation(member, members, left));
        await act(cast, (more) => cast.unmasking(members, left, [...own, ...more]), play);
      });

    const falsely: readonly Readonly<{
      are: string;
      code: string;
      without: readonly Check[];
      more: (cast: Cast, play: Play) => readonly Signed<Confirm>[];
    }>[] = [
      { are: 'too few', code: 'confirm/too-few', without: [skipping('confirm/too-few')], more: () => [] },
      {
        are: 'counted twice',
        code: 'message/duplicate',
        without: [skipping('message/duplicate')],
        more: (cast) => [cast.confirmation(6, members, left)],
      },
      // Two checks stop it, each alone: who is in the roster, and who is in U3.
      {
        are: 'by one who is no member',
        code: 'message/not-a-member',
        without: [accepting('message/not-a-member'), skipping('confirm/not-a-survivor')],
        more: (cast, play) => {
          const { message } = cast.confirmation(6, members, left);
          return [signed(99, 'Confirm', { ...message, member: 7 }, play.job.id)];
        },
      },
    ];

    for (const { are, code, without, more } of falsely) {
      it(`that are ${are} are refused`, () =>
        among(async (cast, view, play) => {
          await cast.refused([1, 2], view(more(cast, play)), code);
          for (const seat of [1, 2]) {
            expect(cast.client(seat).calls()).to.deep.equal(['enrolments', 'shares']);
          }
          expect(cast.opened(0)).to.equal(null);
        }));

      it(`that are ${are} would open the update of one who did not confirm`, () =>
        among(async (cast, view, play) => {
          await cast.bring([1, 2], view(more(cast, play)), 'unmaskings');
          expect(cast.opened(0)).to.deep.equal(play.secretOf(0));
        }, without));
    }
  });
});
