/** Messages of an earlier attempt in a later one. protocol.md §1.2, §4.8 */
import { expect } from 'chai';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Abort, Enrolment, Signed } from '#protocol/messages.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { AsideAttempt } from './aside.ts';
import { noLie, type Lie } from './front.ts';
import { apart, type Play } from './play.ts';
import { Stage } from './stage.ts';
import { clients, hasSent, knowledgeOf, sentIn, sumOf, untilSent } from './sums.ts';
import { skipping } from './weakened.ts';

const everyone = [0, 1, 2, 3];
const others = [1, 2, 3];

describe('a coordinator that shows messages of an earlier attempt', function () {
  this.timeout(180_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /**
   * All give up attempt 1. Attempt 2 is confirmed and left there; attempt 3, without seat 0, shows the aborts of attempt 1
   * as those of attempt 2 again, whose shares are asked for in the end.
   */
  function oldAborts(play: Play): Readonly<{ lie: Lie; second: AsideAttempt; third: AsideAttempt }> {
    const [second, third] = [asideOf(play, 2, everyone), asideOf(play, 3, others)];
    const did = (attempt: number, call: string, seats: readonly number[]) =>
      seats.every((seat) => hasSent(play, { ...play.id, attempt }, call, seat));
    const present = () => {
      if (!did(1, 'aborts', everyone)) return 1;
      second.earlier = [earlierOf(play, 1)];
      if (!did(2, 'confirmations', everyone)) return 2;
      third.earlier = [earlierOf(play, 1), { ...earlierOf(play, 1), attempt: 2, roster: second.enrolments }];
      return did(3, 'unmaskings', others) ? 2 : 3;
    };
    const view = (shown: AttemptView, seat: number): AttemptView => {
      if (shown.attempt === 1) return shown.phase === 'confirming' ? aborted(shown) : shown;
      const left = shown.attempt === 2 ? present() === 3 : did(3, 'unmaskings', [seat]);
      return left ? failed(shown) : shown;
    };
    const aside = ({ attempt }: AttemptId) => [second, third][attempt - 2] ?? null;
    const keeps: Lie['keeps'] = ({ call }) => call === 'aborts';
    const job: Lie['job'] = (shown) => ({ ...shown, attempt: present() });
    return { lie: { ...noLie, keeps, view, job, aside }, second, third };
  }

  it('aborts of another attempt permit no retry', () =>
    stage.play(apart(4), async (play) => {
      const { lie } = oldAborts(play);
      play.lie = lie;
      const victims = await clients(play, everyone, []);
      for (const victim of victims) await play.refused(victim, 'retry/no-aborts');
      expect(play.sent().filter(({ id }) => id.attempt === 3)).to.deep.equal([]);
      const before = ['enrolments', 'shares', 'receipts', 'inputs', 'aborts', 'confirmations'];
      for (const victim of victims) expect([...new Set(victim.calls())]).to.deep.equal(before);
    }));

  it('aborts of another attempt, and would give the difference of two sums if attempts were not compared', () =>
    stage.play(apart(4), async (play) => {
      const { lie, second, third } = oldAborts(play);
      play.lie = lie;
      // An abort names its attempt and its roster; and whoever believes T aborts opens nothing of that attempt any more.
      const without = ['message/other-attempt', 'message/other-roster', 'unmask/aborted'].map(skipping);
      await clients(play, everyone, without);
      const [id, again] = [2, 3].map((attempt) => ({ ...play.id, attempt })) as [AttemptId, AttemptId];
      await untilSent(play, id, 'unmaskings', 3);
      const sum = sumOf(play, play.job, id, second.roster);
      const rest = sumOf(play, play.job, again, third.roster);
      const knowledge = knowledgeOf(play, play.job, id, second.roster);
      expect(knowledge.minus(sum, rest)).to.deep.equal(play.secretOf(0));
    }));

  /** Attempt 2 is of seat 0 alone: the others' enrolments are those of attempt 1, which ended at once. */
  function oldEnrolments(play: Play): Lie {
    const second = asideOf(play, 2, [0]);
    const first = () => sentIn(play, play.id, 'enrolments').map(({ body }) => body as Signed<Enrolment>);
    const view = (shown: AttemptView): AttemptView => {
      if (shown.attempt === 1) return shown.phase === 'sharing' ? aborted(shown) : shown;
      if (shown.phase !== 'sharing' || !Array.isArray(shown.roster)) return shown;
      const old = first().filter(({ message }) => message.seat !== 0);
      return { ...shown, roster: bySeat([...shown.roster, ...old]) };
    };
    const all = () => first().length === everyone.length;
    return {
      ...noLie,
      view,
      job: (shown) => (all() ? { ...shown, attempt: 2 } : shown),
      aside: ({ attempt }) => (attempt === 2 ? second : null),
    };
  }

  it('enrolments of another attempt are refused', () =>
    stage.play(apart(4), async (play) => {
      play.lie = oldEnrolments(play);
      const [victim] = await clients(play, everyone, []);
      await play.refused(victim!, 'message/other-attempt');
      expect(sentIn(play, { ...play.id, attempt: 2 }, 'shares')).to.deep.equal([]);
    }));

  it('enrolments of another attempt, and would only cost the attempt: nobody else has what opens to their keys', () =>
    stage.play(apart(4), async (play) => {
      play.lie = oldEnrolments(play);
      await clients(play, everyone, [skipping('message/other-attempt')]);
      const id = { ...play.id, attempt: 2 };
      await untilSent(play, id, 'shares', 1);
      const old = sentIn(play, play.id, 'enrolments').filter(({ seat }) => seat !== 0);
      const own = sentIn(play, id, 'enrolments').filter(({ seat }) => seat === 0);
      const enrolments = [...own, ...old].map(({ body }) => body as Signed<Enrolment>);
      const knowledge = knowledgeOf(play, play.job, id, buildRoster(play.job.id, enrolments));
      expect([knowledge.secret(0, 'seed'), knowledge.secret(0, 'mask')]).to.deep.equal([null, null]);
    }));
});

const asideOf = ({ job, expected, deadline }: Play, attempt: number, seats: readonly number[]) =>
  new AsideAttempt(job, { ...expected, attempt }, seats, deadline + 600);

const bySeat = (list: readonly Signed<Enrolment>[]) =>
  [...list].sort((a, b) => a.message.seat - b.message.seat);

/** An attempt with its genuine roster and aborts. */
function earlierOf(play: Play, attempt: number): AttemptView['earlier'][number] {
  const bodies = (call: string) => {
    const sent = sentIn(play, { ...play.id, attempt }, call);
    return everyone.map((seat) => sent.find((one) => one.seat === seat)!.body);
  };
  return {
    attempt,
    roster: bodies('enrolments') as Signed<Enrolment>[],
    aborts: bodies('aborts') as Signed<Abort>[],
  };
}

const ended = ({ job, round, attempt, revision, deadline, terms, model }: AttemptView) => ({
  ...{ job, round, attempt, deadline, terms, model, earlier: [], revision: revision + 1 },
  reason: 'too few inputs',
});
const aborted = (view: AttemptView): AttemptView => ({ ...ended(view), phase: 'aborted', aborts: [] });
const failed = (view: AttemptView): AttemptView => ({ ...ended(view), phase: 'failed', fault: null });
