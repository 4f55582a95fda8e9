/** What the server's optimiser keeps goes from round to round in the lineage, and is recomputed. protocol.md §6.3 */
import { expect } from 'chai';
import { writeBlock } from '#datasets/read-block.ts';
import { checkProposal } from '#model/check-proposal.ts';
import { continuing, loadHistory, transitionFlaw } from '#model/history.ts';
import { loadOptimiser, putOptimiser } from '#model/optimiser-store.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';
import { TributaryError } from '#crypto/error.ts';
import {
  lineageJob,
  lineageRound,
  seatPrices,
  type LineageJob,
  type LineageRound,
} from '#test/support/lineage.ts';

const [rate, beta1, beta2, tau] = [0.1, 0.9, 0.99, 0.001].map(toDecimal) as [never, never, never, never];
const servers: Record<string, Recipe['server']> = {
  FedAvgM: { name: 'fedAvgM', learningRate: rate, momentum: toDecimal(0.9) },
  FedAdam: { name: 'fedAdam', learningRate: rate, beta1, beta2, tau },
  FedYogi: { name: 'fedYogi', learningRate: rate, beta1, beta2, tau },
};

const codeOf = (load: () => Promise<unknown>): Promise<string> =>
  load().then(
    () => 'accepted',
    (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
  );

for (const [name, server] of Object.entries(servers)) {
  describe(`the lineage of ${name}`, () => {
    let made: LineageJob;
    let rounds: LineageRound[];
    before(async () => {
      made = await lineageJob(server);
      const first = await lineageRound(made, []);
      rounds = [first, await lineageRound(made, [first])];
    });
    const history = () =>
      loadHistory(
        made.store,
        made.job,
        rounds.map(({ settled }) => settled),
      );

    it('links what each round leaves, and the next goes on from it', async () => {
      const [first, second] = await history();
      expect(first!.manifest.optimiserBefore).to.equal(null);
      expect(first!.manifest.optimiserAfter).to.not.equal(null);
      expect(second!.manifest.optimiserBefore?.toString()).to.equal(
        first!.manifest.optimiserAfter?.toString(),
      );
      expect(second!.manifest.optimiserAfter?.toString()).to.not.equal(
        second!.manifest.optimiserBefore?.toString(),
      );
      for (const { manifest } of [first!, second!]) {
        expect(await transitionFlaw(made.store, made.job, manifest)).to.equal(null);
      }
    });

    it('is what a participant recomputes before it signs', async () => {
      const [, second] = rounds;
      const verdict = await checkProposal({
        job: made.job,
        id: second!.members.id,
        proposal: second!.proposal,
        seats: seatPrices.map((price, seat) => ({ ...price, ...second!.members.seats[seat]! })),
        bonusPool: 900n,
        before: second!.before,
        previous: await continuing(
          made.store,
          made.job,
          (await history())[0]!,
          rounds[0]!.result.payouts.leaves,
        ),
        store: made.store,
        evidenceStore: made.store,
        readCommitted: () => Promise.reject(new Error('asked about a sparse attempt')),
        coordinates: [0, 12],
      });
      expect(verdict.holds && verdict.result.digest).to.equal(second!.proposal.manifest);
    });

    it('shows a round that forgot what was kept, or keeps something else', async () => {
      const { manifest } = (await history())[1]!;
      const forgetful = { ...manifest, optimiserBefore: null };
      expect((await transitionFlaw(made.store, made.job, forgetful))?.code).to.equal('model/transition');
      for (const optimiserAfter of [null, manifest.optimiserBefore]) {
        const found = await transitionFlaw(made.store, made.job, { ...manifest, optimiserAfter });
        expect(found?.code).to.equal('model/optimiser-state');
      }
    });

    it('refuses a state of another length', async () => {
      const short = await putOptimiser(made.store, { momentum: new Float64Array(3), secondMoment: null });
      expect(await codeOf(() => loadOptimiser(made.store, short, 13))).to.equal('model/optimiser-length');
      const block = await writeBlock(made.store, { kind: 'tributary/optimiser', version: 1, momentum: 4 });
      expect(await codeOf(() => loadOptimiser(made.store, block, 13))).to.equal('lineage/bad-block');
    });
  });
}
