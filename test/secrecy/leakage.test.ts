/**
 * Leakage rank: whatever a lying coordinator shows, over several attempts for one model, it derives no sum of honest
 * updates but those that T members confirmed. protocol.md §3.7, §4.5–4.8
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { Span, type Row } from './howell.ts';
import { wordBits } from './knowledge.ts';
import { modelPlayers } from './model-players.ts';
import { play, type Outcome, type Schedule, type Step } from './play.ts';
import type { Rule } from './protocol-client.ts';
import { schedules } from './schedules.ts';

const cohorts = fc.integer({ min: 3, max: 8 }).chain(schedules);

/** No member's update is in two of these sums. */
const areDisjoint = (sums: readonly Row[]): boolean =>
  sums.every((sum, at) =>
    sums.slice(at + 1).every((other) => sum.every((one, member) => one * (other[member] ?? 0) === 0)),
  );

/** Not all of it follows from confirmed sums over cohorts that have nobody in common. */
const leaks = ({ derived, permitted }: Outcome): boolean => {
  const families = Array.from({ length: 2 ** permitted.length }, (_, bits) =>
    permitted.filter((_sum, at) => ((bits >> at) & 1) === 1),
  );
  return !families.some((family) => {
    const span = new Span(wordBits, family);
    return areDisjoint(family) && derived.every((row) => span.has(row));
  });
};

describe('what a lying coordinator derives', () => {
  it('is sums that T members confirmed, no member in two of them for a model, and nothing else', async () => {
    let summed = 0;
    let retried = 0;
    await fc.assert(
      fc.asyncProperty(cohorts, async (schedule) => {
        const outcome = await play(schedule, modelPlayers(schedule.n));
        expect(leaks(outcome), outcome.answers.join('\n')).to.equal(false);
        expect(areDisjoint(outcome.permitted)).to.equal(true);
        summed += outcome.derived.length;
        retried += outcome.answers.some((answer) => /^[23] mask \d: \d/.test(answer)) ? 1 : 0;
      }),
      { seed: 3 },
    );
    // The schedules are no empty ones: sums come out, and inputs are masked again.
    expect(summed).to.be.above(10);
    expect(retried).to.be.above(10);
  });

  describe('is more where a rule is missing', () => {
    const found = async (without: readonly Rule[]): Promise<Outcome | undefined> => {
      let leak: Outcome | undefined;
      await fc.check(
        fc.asyncProperty(cohorts, async (schedule: Schedule) => {
          const outcome = await play(schedule, modelPlayers(schedule.n, without));
          if (leaks(outcome)) leak = outcome;
          return leak === undefined;
        }),
        { seed: 5, numRuns: 4000, endOnFailure: true },
      );
      return leak;
    };
    const missing: readonly (readonly Rule[])[] = [
      ['one-secret'],
      ['aborts'],
      ['aborts', 'not-after-opening'],
      ['confirmations'],
      ['one-verdict', 'one-opening'],
    ];
    for (const rules of missing) {
      it(rules.join(' and '), async () => {
        expect(await found(rules), 'no schedule leaks without it').to.not.equal(undefined);
      });
    }
  });

  it('is an update alone where a third collude, which is why fewer must', async () => {
    const all = 2 ** 7 - 1;
    const view = (phase: Step['phase'], to: number, survivors = all): Step => ({
      phase,
      back: 0,
      to,
      sharers: all,
      survivors,
    });
    // Two views of U3, each confirmed and opened by two honest members and all colluders.
    const [some, others, without0] = [0b11, 0b1100, all - 1];
    const steps = [
      view('share', all),
      view('mask', all),
      view('confirm', some),
      view('confirm', others, without0),
      view('unmask', some),
      view('unmask', others, without0),
    ];
    const lied = (corrupt: readonly number[]) =>
      play({ n: 7, corrupt, beyond: true, attempts: [{ to: all, aborts: 0, steps }] }, modelPlayers(7));
    const leak = await lied([4, 5, 6]);
    expect(leaks(leak)).to.equal(true);
    expect(new Span(wordBits, leak.derived).has([1, 0, 0, 0, 0, 0, 0])).to.equal(true);
    expect(leaks(await lied([4, 5]))).to.equal(false);
  });
});
