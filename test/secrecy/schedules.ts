/** Random lies: whom a coordinator shows which sets, in which order, over up to three attempts. */
import fc from 'fast-check';
import type { Schedule, Step } from './play.ts';

/** Mostly everyone, often all but one: sets that are too small are refused before they are interesting. */
const most = (n: number): fc.Arbitrary<number> => {
  const all = 2 ** n - 1;
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(all) },
    { weight: 4, arbitrary: fc.nat({ max: n - 1 }).map((member) => all ^ (1 << member)) },
    { weight: 1, arbitrary: fc.nat({ max: all }) },
  );
};

/** In the phases' order, each shown up to three times, with now and then a look back; the sets are few. */
const steps = (n: number, attempt: number): fc.Arbitrary<Step[]> =>
  fc.tuple(most(n), most(n), most(n), most(n)).chain(([u2, otherU2, u3, otherU3]) => {
    const step = (phase: Step['phase']) =>
      fc.record({
        phase: fc.constant(phase),
        back: fc.oneof(
          { weight: 5, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.nat({ max: attempt }) },
        ),
        to: most(n),
        sharers: fc.oneof(
          { weight: 8, arbitrary: fc.constant(u2) },
          { weight: 1, arbitrary: fc.constant(otherU2) },
        ),
        survivors: fc.constantFrom(u3, u3, otherU3),
      });
    const shown = (phase: Step['phase'], maxLength: number) =>
      fc.array(step(phase), { minLength: 1, maxLength, size: 'max' });
    return fc
      .tuple(shown('share', 1), shown('mask', 2), shown('confirm', 3), shown('unmask', 3))
      .map((lists) => lists.flat());
  });

/** @param n members; fewer than a third collude */
export const schedules = (n: number): fc.Arbitrary<Schedule> =>
  fc.record({
    n: fc.constant(n),
    corrupt: fc.uniqueArray(fc.nat({ max: n - 1 }), { maxLength: Math.ceil(n / 3) - 1 }),
    attempts: fc
      .integer({ min: 1, max: 3 })
      .chain((count) =>
        fc.tuple(
          ...Array.from({ length: count }, (_, index) =>
            fc.record({ to: most(n), aborts: most(n), steps: steps(n, index) }),
          ),
        ),
      ),
  });
