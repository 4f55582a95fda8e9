import { expect } from 'chai';
import fc from 'fast-check';
import { runs } from '#test/support/runs.ts';
import type { Ledger } from './ledger/ledger.ts';
import { anyAction, kinds, type Action, type Kind } from './play/action.ts';
import { finish } from './play/ending.ts';
import { perform, type Tally } from './play/perform.ts';
import { prepare, stageOf } from './play/stage.ts';
import { startWorld, type World } from './world.ts';

/** So that every play has a job under way when its random actions begin. */
const beginning = (['setFee', 'open', 'addSeats', 'addSeats', 'activate', 'settle'] as const).map(
  (kind): Action => {
    return {
      kind,
      stray: 9,
      which: 0,
      other: 1,
      amount: 3,
      units: [1, 1, 1, 1, 1, 1],
      bonus: [3n, 5n, 8n, 0n, 2n, 1n],
    };
  },
);

describe('random actions of all parties on several jobs', function () {
  this.timeout(runs(180_000, 3_600_000));
  const tally: Tally = new Map();
  let world: World;
  let ledger: Ledger;
  let prepared: string;
  before(async () => {
    world = await startWorld(undefined, { bonds: true });
    ledger = await prepare(world);
    prepared = await world.chain.snapshot();
  });
  after(() => world.stop());
  after(() => console.log(report(tally)));

  it('leave chain and ledger equal and every invariant true after every one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAction, { minLength: 45, maxLength: 60, size: 'max' }),
        async (actions) => {
          await world.chain.revert(prepared);
          prepared = await world.chain.snapshot();
          const stage = stageOf(world, ledger);
          for (const action of [...beginning, ...actions]) await perform(stage, action, tally);
          await finish(stage, tally);
        },
      ),
      {
        numRuns: runs(10, 150),
        seed: 7_031,
        // On a slow machine fewer plays fit into the minute; a failure is still shrunk.
        ...(runs(0, 1) === 0 ? { plugins: [fc.interruptAfterTimeLimit(60_000)] } : {}),
      },
    );
    expect(count(tally)).to.be.at.least(runs(100, 10_000));
  });
});

const count = (tally: Tally): number =>
  [...tally.values()].flatMap((codes) => [...codes.values()]).reduce((all, one) => all + one, 0);

function report(tally: Tally): string {
  const counts = (kind: Kind) => [...(tally.get(kind) ?? new Map<string, number>())];
  const sum = (list: readonly [string, number][]) => list.reduce((all, [, count]) => all + count, 0);
  const lines = kinds.map((kind) => {
    const refused = counts(kind).filter(([outcome]) => outcome !== 'accepted');
    const codes = refused.map(([code, count]) => `${code.replace('escrow/', '')} ${count}`).join(', ');
    return `      ${kind}: ${sum(counts(kind)) - sum(refused)} accepted, ${sum(refused)} refused${codes && ` (${codes})`}`;
  });
  const all = kinds.flatMap(counts);
  const accepted = sum(all.filter(([outcome]) => outcome === 'accepted'));
  return [`      ${sum(all)} actions, ${accepted} accepted, ${sum(all) - accepted} refused`, ...lines].join(
    '\n',
  );
}
