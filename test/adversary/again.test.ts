/** A second input for the same model, by which two sums differ in one update. protocol.md §4.8 */
import { expect } from 'chai';
import type { Job } from '#model/job.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Confirm, Signed } from '#protocol/messages.ts';
import { copyHome, newHome } from '#test/client/support/home.ts';
import { at } from '#test/contracts/world.ts';
import { AsideAttempt } from './aside.ts';
import { noLie, type Lie, type Sent } from './front.ts';
import { apart, type Play, type Victim } from './play.ts';
import { Stage } from './stage.ts';
import { clients, hasSent, knowledgeOf, rosterShown, sentIn, sumOf, untilSent } from './sums.ts';
import { launchTwin } from './twin-job.ts';
import { accepting, skipping, type Check } from './weakened.ts';

const everyone = [0, 1, 2, 3];
const others = [1, 2, 3];
const whole = ['enrolments', 'shares', 'receipts', 'inputs', 'confirmations', 'unmaskings'];

describe('a coordinator that asks for the same update again', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** The shares are open: the attempt is said to have failed, and the next one is without seat 0. */
  function failedWithoutSeat0(play: Play, second: AsideAttempt): Lie {
    const opened = (seat: number) => hasSent(play, play.id, 'unmaskings', seat);
    return {
      ...noLie,
      keeps: ({ call }) => call === 'unmaskings',
      view: (view, seat) => (view.attempt === 1 && opened(seat) ? failed(view) : view),
      job: (view) => (everyone.every(opened) ? { ...view, attempt: 2 } : view),
      aside: ({ attempt }) => (attempt === 2 ? second : null),
    };
  }

  it('a retry of an attempt whose shares are open is refused', () =>
    stage.play(apart(4), async (play) => {
      play.lie = failedWithoutSeat0(play, nextOf(play));
      const victims = await clients(play, everyone, []);
      for (const victim of victims) await play.refused(victim, 'retry/already-revealed');
      for (const victim of victims) expect(victim.calls()).to.deep.equal(whole);
    }));

  it('a retry, and would give the difference of two sums where clients forget what they opened', () =>
    stage.play(apart(4), async (play) => {
      const second = nextOf(play);
      play.lie = failedWithoutSeat0(play, second);
      // Nobody who opened shares has T aborts of the others either: the second check.
      const without = [skipping('retry/already-revealed'), accepting('retry/no-aborts')];
      const [victim] = await clients(play, everyone, without);
      await untilSent(play, next(play.id), 'unmaskings', 3);
      const roster = rosterShown(victim!, play.job, play.id);
      const sum = sumOf(play, play.job, play.id, roster);
      const rest = sumOf(play, play.job, next(play.id), second.roster);
      expect(knowledgeOf(play, play.job, play.id, roster).minus(sum, rest)).to.deep.equal(play.secretOf(0));
    }));

  /** One confirmation of the first job waits, so that none of its shares are open meanwhile. */
  const isLate =
    (play: Play) =>
    ({ call, id, seat }: Sent) =>
      call === 'confirmations' && id.job === play.id.job && seat === 1;

  /** All have sent inputs to the first job: a second one has its model, and all its datasets but that of seat 0. */
  async function twinned(play: Play): Promise<Readonly<{ twin: Job; id: AttemptId }>> {
    await untilSent(play, play.id, 'inputs', 4);
    const twin = await launchTwin(stage.world, stage.ipfs, play.job, others);
    return { twin, id: { ...play.id, job: twin.id.job } };
  }

  it('a second job on the same model is refused', () =>
    stage.play(apart(4), async (play) => {
      play.lie = { ...noLie, keeps: isLate(play) };
      const victims = await clients(play, everyone, []);
      const { twin } = await twinned(play);
      for (const seat of others) await play.refused(victims[seat]!, 'retry/no-aborts');
      expect(play.sent().filter(({ id }) => id.job === twin.id.job)).to.deep.equal([]);
    }));

  it('a second job, and would give the difference where clients ask for no aborts of the first', () =>
    stage.play(apart(4), async (play) => {
      play.lie = { ...noLie, keeps: isLate(play) };
      const victims = await clients(play, everyone, [accepting('retry/no-aborts')]);
      const { twin, id } = await twinned(play);
      await untilSent(play, id, 'unmaskings', 3);
      const late = sentIn(play, play.id, 'confirmations').find(isLate(play));
      await play.api.confirm(play.id, late!.body as Signed<Confirm>);
      await untilSent(play, play.id, 'unmaskings', 3);
      const roster = rosterShown(victims[0]!, play.job, play.id);
      const sum = sumOf(play, play.job, play.id, roster);
      const rest = sumOf(play, twin, id, rosterShown(victims[1]!, twin, id));
      expect(knowledgeOf(play, play.job, play.id, roster).minus(sum, rest)).to.deep.equal(play.secretOf(0));
    }));

  /** Seat 0's home is copied before it masks; when it has confirmed, a client starts from the copy. */
  async function putBack(
    play: Play,
    without: readonly Check[],
    shown: (view: AttemptView) => AttemptView = (view) => view,
  ): Promise<Victim> {
    const home = newHome();
    const copies: string[] = [];
    let isBack = false;
    play.lie = {
      ...noLie,
      keeps: isLate(play),
      view: (view, seat) => {
        if (seat === 0 && view.phase === 'masking' && copies.length === 0) copies.push(copyHome(home));
        return isBack && seat === 0 ? shown(view) : view;
      },
    };
    await play.victim(0, { home });
    await clients(play, others, []);
    await play.until('confirmation', () => hasSent(play, play.id, 'confirmations', 0));
    isBack = true;
    return play.victim(0, { home: at(copies, 0), without });
  }

  it('a client whose older home was put back says nothing more, where it is shown what it had signed', () =>
    stage.play(apart(4), async (play) => {
      const restored = await putBack(play, []);
      await play.refused(restored, 'journal/behind');
      expect(restored.calls()).to.deep.equal([]);
    }));

  it('an older home, and would get an abort beside a confirmation of one that does not miss its input', () =>
    stage.play(apart(4), async (play) => {
      await putBack(play, [skipping('journal/behind')]);
      await play.until('abort', () => hasSent(play, play.id, 'aborts', 0));
      expect(hasSent(play, play.id, 'confirmations', 0)).to.equal(true);
    }));

  it('an older home confirms other survivors as well where what it forgot is hidden: no client can know', () =>
    stage.play(apart(4), async (play) => {
      const masksAgain = () => sentIn(play, play.id, 'inputs').length === everyone.length;
      await putBack(play, [], (view) => {
        if (view.phase !== 'confirming' || !Array.isArray(view.inputs)) return view;
        const { inputs, ...before } = view;
        const bent = masksAgain()
          ? { ...before, phase: 'masking', excluded: [], revision: view.revision + 1 }
          : { ...view, inputs: inputs.slice(0, 3), revision: view.revision + 2 };
        return bent as AttemptView;
      });
      const confirmed = () => sentIn(play, play.id, 'confirmations').filter(({ seat }) => seat === 0);
      await play.until('another confirmation', () => confirmed().length > 1);
      const of = confirmed().map(({ body }) => (body as Signed<Confirm>).message.survivors);
      expect(new Set(of)).to.have.length(2);
    }));
});

const next = (id: AttemptId): AttemptId => ({ ...id, attempt: id.attempt + 1 });

/** The next attempt, without seat 0. */
const nextOf = ({ job, expected, deadline }: Play): AsideAttempt =>
  new AsideAttempt(job, { ...expected, ...next(expected) }, others, deadline + 600);

const failed = ({ job, round, attempt, revision, deadline, terms, model }: AttemptView): AttemptView => ({
  ...{ job, round, attempt, deadline, terms, model, earlier: [] },
  ...{ phase: 'failed', revision: revision + 1, reason: 'vector/sum-out-of-range', fault: null },
});
