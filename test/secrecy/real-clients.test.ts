/**
 * The clients themselves decide as the model does on which the leakage rank rests (leakage.test.ts): real journals,
 * signatures and views, with a lying coordinator and a colluder. protocol.md §4
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { removeHomes } from '#test/client/support/home.ts';
import { runs } from '#test/support/runs.ts';
import { modelPlayers } from './model-players.ts';
import { play, type Outcome, type Schedule } from './play.ts';
import { RealWorld } from './real-players.ts';
import { schedules } from './schedules.ts';

/** Of each kind; more where properties run longer than usual (`npm run test:slow`). */
const each = runs(1, 5);

const kinds: Readonly<Record<string, (outcome: Outcome) => boolean>> = {
  'a sum that comes out after a lie': ({ derived, answers }) =>
    derived.length > 0 && answers.some((answer) => answer.endsWith('abort')),
  'an input that is masked again': ({ answers }) => answers.some((answer) => /^2 mask \d: \d/.test(answer)),
  'a retry that is refused': ({ answers }) => answers.some((answer) => /enrol \d: false/.test(answer)),
  'two sets of survivors': ({ answers }) =>
    new Set(answers.flatMap((answer) => /^1 confirm \d: (\d.*)/.exec(answer)?.[1] ?? [])).size > 1,
};

describe('clients that are lied to', () => {
  afterEach(removeHomes);

  for (const [kind, wanted] of Object.entries(kinds)) {
    it(`decide as the model does: ${kind}`, async () => {
      let played = 0;
      for (const schedule of fc.sample(schedules(5), { seed: 11, numRuns: 400 })) {
        const expected = await play(schedule, modelPlayers(5));
        if (!wanted(expected)) continue;
        expect(await playedByClients(schedule)).to.deep.equal(expected);
        played += 1;
        if (played === each) break;
      }
      expect(played).to.equal(each);
    });
  }
});

function playedByClients(schedule: Schedule): Promise<Outcome> {
  const world = new RealWorld(schedule.corrupt);
  return play(
    schedule,
    [0, 1, 2, 3, 4].map((seat) => world.player(seat)),
  );
}
