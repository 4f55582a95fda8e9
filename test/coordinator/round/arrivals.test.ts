import { expect } from 'chai';
import fc from 'fast-check';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt, MessageEvent } from '#coordinator/round/attempt.ts';
import { isRefusal } from '#coordinator/round/base.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import { slotOf } from '#coordinator/round/held.ts';
import { transition } from '#coordinator/round/transition.ts';
import { cohort } from '#test/support/cohort.ts';
import { runs } from '#test/support/runs.ts';
import {
  confirmations,
  enrolments,
  inputs,
  play,
  receipts,
  rulesOf,
  sharings,
  START,
  unmaskings,
} from '../fixtures.ts';

const members = cohort({ n: 4 });
/** The honest messages of each phase, and the state in which each phase begins. */
const rounds = [enrolments, sharings, receipts, inputs, confirmations, unmaskings].map((messages) =>
  messages(members),
);
const begins = rounds.reduce<Attempt[]>(
  (states, messages) => [...states, play(states.at(-1)!, messages)],
  [announce(rulesOf(members))],
);

/** Any order, any repeats, of the messages of any phases. */
const arrivals = (messages: readonly MessageEvent[]) =>
  fc.array(fc.constantFrom(...messages), { minLength: 1, maxLength: 12 });

/** As after a restart: through JSON, with the keys of every object in another order. */
function reloaded<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? 1 : -1)))
        : item,
    ),
  ) as T;
}

describe('messages in any order of arrival', () => {
  rounds.forEach((messages, phase) => {
    const begin = begins[phase]!;

    it(`are never lost and never doubled (${begin.phase})`, () => {
      fc.assert(
        fc.property(arrivals(messages), (events) => {
          const accepted = new Set<MessageEvent>();
          let state = begin;
          for (const event of events) {
            const step = transition(state, event, START);
            if (isRefusal(step)) throw new Error(step.refused.code);
            // A repeat changes nothing at all; a first one always does.
            expect(step.state === state).to.equal(accepted.has(event));
            accepted.add(event);
            state = step.state;
          }
          for (const event of messages) {
            const held = slotOf(state, event) === 'same';
            expect(held).to.equal(accepted.has(event));
          }
          const complete = accepted.size === messages.length;
          if (phase < 5) expect(state.phase === begins[phase + 1]!.phase).to.equal(complete);
          else expect(effectsOf(state)).to.deep.equal(complete || accepted.size >= 3 ? ['aggregate'] : []);
        }),
        { seed: 20_261_124, numRuns: runs(8, 100) },
      );
    });

    it(`lead to one state, whatever the order (${begin.phase})`, () => {
      fc.assert(
        fc.property(fc.shuffledSubarray([...messages], { minLength: messages.length }), (events) => {
          expect(play(begin, events)).to.deep.equal(play(begin, messages));
        }),
        { seed: 7, numRuns: runs(3, 30) },
      );
    });

    it(`count the same after a restart (${begin.phase})`, () => {
      const half = play(begin, messages.slice(0, 2));
      const again = reloaded(half);
      expect(again).to.deep.equal(half);
      expect(play(again, messages.slice(0, 2))).to.equal(again);
      expect(play(again, messages)).to.deep.equal(play(half, messages));
    });
  });
});
