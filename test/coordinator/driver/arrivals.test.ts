/** What waits together is saved together, and answered as if each had come alone. */
import { expect } from 'chai';
import { Arrivals } from '#coordinator/driver/arrivals.ts';
import type { Decide } from '#coordinator/driver/keeper.ts';
import type { Present } from '#coordinator/driver/present.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import { TributaryError } from '#crypto/error.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { enrolments, rulesOf, START } from '../fixtures.ts';

const members = cohort({ n: 8 });
const all = enrolments(members);
const [first, second, third, ...others] = all as [
  AttemptEvent,
  AttemptEvent,
  AttemptEvent,
  ...AttemptEvent[],
];
const { id } = members;
const reading = { attempt: async () => null, attemptsOf: async () => [] };

/** A job as its driver would have it: what is decided is saved, unless the disk is full. */
function job() {
  const arrivals = new Arrivals();
  const record = { job: id.job, state: 'active', rounds: 1, round: id.round, attempt: id.attempt } as const;
  let present: Present = {
    job: record,
    current: { revision: 1, state: announce(rulesOf(members)) },
    earlier: [],
  };
  const phases: string[] = [];
  let full = false;
  const step = async (decide: Decide): Promise<void> => {
    const next = await decide(present, reading);
    if (full) throw new TributaryError('storage/full', 'no room');
    if (next) phases.push((present = next.present).current.state.phase);
  };
  return {
    add: (event: AttemptEvent) => codeOf(arrivals.add({ id, event, message: null })),
    isNew: (event: AttemptEvent) => arrivals.add({ id, event, message: null }),
    take: () => arrivals.take(step, () => START),
    /** The phase that each save left. */
    phases,
    fill: (now: boolean) => void (full = now),
  };
}

describe('events that wait together', () => {
  it('are one save for all, but for those that move the round on', async () => {
    const { isNew, take, phases } = job();
    const answers = all.map(isNew);
    await take();
    expect(await Promise.all(answers)).to.deep.equal(all.map(() => true));
    expect(phases).to.deep.equal(['enrolling', 'enrolling', 'sharing']);
  });

  it('are each told what became of them: new, there before, or refused', async () => {
    const { isNew, add, take, phases } = job();
    const forged = {
      ...second,
      envelope: { ...(second as { envelope: object }).envelope, signature: `0x${'11'.repeat(64)}` },
    };
    const answers = [isNew(first), isNew(second), isNew(second), add(forged as AttemptEvent), isNew(third)];
    await take();
    expect(await Promise.all(answers)).to.deep.equal([true, true, false, 'message/bad-signature', true]);
    expect(phases).to.have.length(2);
  });

  it('are all told that the disk is full, the repeated ones too, and taken when it has room', async () => {
    const { add, isNew, take, fill, phases } = job();
    const begun = isNew(first);
    await take();
    await begun;
    fill(true);
    const refused = [second, second, third, ...others].map(add);
    await take();
    expect(new Set(await Promise.all(refused))).to.deep.equal(new Set(['storage/full']));
    fill(false);
    const taken = [second, second].map(isNew);
    await take();
    expect(await Promise.all(taken)).to.deep.equal([true, false]);
    expect(phases).to.deep.equal(['enrolling', 'enrolling']);
  });
});
