/** An honest dealer that is left out of U2 for complaints that nobody signed. protocol.md §4.11 */
import { expect } from 'chai';
import { memberSet } from '#crypto/members.ts';
import { signed } from '#test/support/cohort.ts';
import { Cast } from './cast.ts';
import { apart, type Play } from './play.ts';
import { Stage } from './stage.ts';
import { skipping, type Check } from './weakened.ts';

/** Of four members three open a secret, so two complaints exclude; the liar has one member, 3. */
const [honest, everyone] = [
  [0, 1, 2],
  [0, 1, 2, 3],
];
const left = [0, 1, 3];

describe('a coordinator that leaves out a dealer', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** All said that they hold what 2 dealt: the liar has its own member's complaint, and one that it puts in 1's mouth. */
  const accused = (act: (cast: Cast, play: Play) => Promise<void>, without: readonly Check[] = []) =>
    stage.play(apart(4), async (play) => {
      const cast = await Cast.gather(play, honest, () => ({ without }));
      await cast.bring(honest, cast.receiving(everyone), 'receipts');
      await act(cast, play);
    });
  function withoutMember2(cast: Cast, play: Play) {
    const own = cast.complaint(2);
    const invented = signed(3, 'Received', { ...own.message, member: 1 }, play.job.id);
    return cast.masking(left, [{ dealer: 2, complaints: [own, invented] }]);
  }

  it('is refused where too few have signed', () =>
    accused(async (cast, play) => {
      await cast.refused([0, 1], withoutMember2(cast, play), 'sharers/excluded-unproven');
      for (const seat of [0, 1]) {
        expect(cast.client(seat).calls()).to.deep.equal(['enrolments', 'shares', 'receipts']);
      }
    }));

  // No update opens by it: t members are left, who mask with one another, and their policies hold. The harm is to member 2,
  // which dealt honestly and is in no sum, nor paid; the others' updates stand in a sum of one fewer.
  it('would keep a member from the round, and open nothing', () =>
    accused(
      async (cast, play) => {
        await cast.bring([0, 1], withoutMember2(cast, play), 'inputs');
        await cast.bring([0, 1], cast.confirming(left, left), 'confirmations');
        const confirmations = left.map((member) => cast.confirmation(member, left, left));
        await cast.bring([0, 1], cast.unmasking(left, left, confirmations), 'unmaskings');
        const [first, second] = [0, 1].map((seat) => play.secretOf(seat));
        const both = first?.map((word, at) => word + (second?.[at] ?? 0));
        expect(play.knowledge(cast.roster).sum(memberSet([0, 1]), memberSet(left))).to.deep.equal(both);
        expect(honest.map((seat) => cast.opened(seat, left))).to.deep.equal([null, null, null]);
      },
      [skipping('sharers/excluded-unproven')],
    ));
});
