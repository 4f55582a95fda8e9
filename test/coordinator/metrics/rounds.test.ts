/** Which of an attempt's states are counted, and which are not again. protocol.md §4 */
import { expect } from 'chai';
import { attemptObserver, type AttemptObserver } from '#coordinator/metrics/rounds.ts';
import { createSeries } from '#coordinator/metrics/series.ts';
import { abandon } from '#coordinator/round/aborted.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { cohort } from '#test/support/cohort.ts';
import { confirmations, honestly, inputs, play, unmaskings } from '../fixtures.ts';
import { driverParts } from '../fakes.ts';
import { id, resumedFrom, submitAll } from '../driver/driving.ts';
import { seriesIn, sumOf } from './samples.ts';

/** Nine members, t = 7; of nine who shared eight send inputs, and seven confirm. */
const members = cohort({ n: 9, lostBeforeMasking: [8] });

function counting() {
  const series = createSeries();
  let now = 0;
  const observe = attemptObserver(series, () => now);
  return {
    observe,
    wait: (seconds: number) => void (now += 1_000 * seconds),
    sum: async (name: string, labels = {}) =>
      sumOf(seriesIn(await series.registry.metrics()), `tributary_${name}`, labels),
  };
}

/** As a driver tells it. */
function tell(observe: AttemptObserver, states: readonly Attempt[]): void {
  for (const [index, state] of states.entries()) observe(states[index - 1] ?? null, state);
}

describe('an attempt that is counted', () => {
  it('loses whom a phase went on without, each once', async () => {
    const { observe, sum } = counting();
    const masking = honestly(members, 'masking');
    const some = play(masking, inputs(members).slice(0, 3));
    const confirming = honestly(members, 'confirming');
    const few = play(confirming, confirmations(members).slice(0, 7));
    const unmasking = play(few, [{ type: 'deadline' }], few.deadline);
    tell(observe, [
      masking,
      some,
      confirming,
      few,
      unmasking,
      play(unmasking, unmaskings(members).slice(0, 1)),
    ]);
    expect(await sum('dropouts_total', { phase: 'masking' })).to.equal(1);
    expect(await sum('dropouts_total', { phase: 'confirming' })).to.equal(1);
    expect(await sum('dropouts_total')).to.equal(2);
  });

  it('loses nobody by its end, which is an outcome', async () => {
    const { observe, sum } = counting();
    const sharing = honestly(members, 'sharing');
    tell(observe, [sharing, abandon(sharing, 'too few shares')]);
    expect(await sum('dropouts_total')).to.equal(0);
    expect(await sum('attempts_total', { phase: 'aborted' })).to.equal(1);
  });

  it('was in a phase from its first state to the first of the next', async () => {
    const { observe, wait, sum } = counting();
    const masking = honestly(members, 'masking');
    const confirming = honestly(members, 'confirming');
    observe(null, masking);
    wait(40);
    observe(masking, play(masking, inputs(members).slice(0, 1)));
    wait(2);
    observe(masking, confirming);
    expect(await sum('phase_seconds_sum', { phase: 'masking' })).to.equal(42);
    expect(await sum('phase_seconds_count')).to.equal(1);
    expect(await sum('attempts_total')).to.equal(2);
  });

  it('has no duration of a phase that began before the process did', async () => {
    const { observe, sum } = counting();
    observe(honestly(members, 'masking'), honestly(members, 'confirming'));
    expect(await sum('phase_seconds_count')).to.equal(0);
    expect(await sum('attempts_total', { phase: 'confirming' })).to.equal(1);
  });

  it('is told by its driver, state by state as they are on disk', async () => {
    const { observe, sum } = counting();
    const three = cohort({ n: 3 });
    const { driver } = await resumedFrom(honestly(three, 'masking'), driverParts({ observer: observe }));
    await submitAll(driver, inputs(three));
    expect((await driver.attempt(id)).phase).to.equal('confirming');
    expect(await sum('attempts_total')).to.equal(1);
    expect(await sum('attempts_total', { phase: 'confirming' })).to.equal(1);
    await driver.stop();
  });
});
