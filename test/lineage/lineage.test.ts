import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { putBlob } from '#datasets/blob.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { putAggregate, loadAggregate, weightSumOf, stepAfter } from '#model/aggregate.ts';
import { loadHistory, transitionFlaw } from '#model/history.ts';
import { loadJob } from '#model/job.ts';
import { digestHex, loadModel, putModel } from '#model/model-store.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { toAddress } from '#protocol/units.ts';
import { digestOfText, domain } from '#test/support/cohort.ts';
import {
  forged,
  lineageJob,
  lineageRound,
  type LineageJob,
  type LineageRound,
} from '#test/support/lineage.ts';

const codeOf = async (action: () => Promise<unknown>): Promise<string> => {
  try {
    await action();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof TributaryError ? error.code : String(error);
  }
};

describe('a job and its rounds', () => {
  let made: LineageJob;
  let first: LineageRound;
  let second: LineageRound;
  before(async () => {
    made = await lineageJob();
    first = await lineageRound(made, [], [3]);
    second = await lineageRound(made, [first]);
  });

  describe('the terms', () => {
    const differing: Record<string, object> = {
      buyer: { buyer: toAddress(`0x${'1'.repeat(40)}`) },
      coordinator: { coordinator: toAddress(`0x${'2'.repeat(40)}`) },
      rounds: { rounds: 4 },
      'bonus pool': { bonusPool: 901n },
    };
    for (const [name, change] of Object.entries(differing)) {
      it(`are refused where the chain has another ${name}`, async () =>
        expect(await codeOf(() => loadJob(made.store, domain, { ...made.chain, ...change }))).to.equal(
          'job/differs-from-chain',
        ));
    }
    it('are refused on another chain or escrow', async () => {
      expect(await codeOf(() => loadJob(made.store, { ...domain, chainId: 1 }, made.chain))).to.equal(
        'job/differs-from-chain',
      );
      const escrow = toAddress(`0x${'3'.repeat(40)}`);
      expect(await codeOf(() => loadJob(made.store, { ...domain, escrow }, made.chain))).to.equal(
        'job/differs-from-chain',
      );
    });
    it('are refused with other seats', async () => {
      const bend = (change: object) => ({
        ...made.chain,
        seats: made.chain.seats.map((seat, index) => (index === 2 ? { ...seat, ...change } : seat)),
      });
      for (const change of [{ dataset: 99n }, { token: 99n }, { units: 2 }]) {
        expect(await codeOf(() => loadJob(made.store, domain, bend(change)))).to.equal(
          'job/differs-from-chain',
        );
      }
      const fewer = { ...made.chain, seats: made.chain.seats.slice(1) };
      expect(await codeOf(() => loadJob(made.store, domain, fewer))).to.equal('job/differs-from-chain');
    });
    it('are refused with a recipe for other features, or a sum of another length', async () => {
      const other = { ...made.job.recipe, features: made.job.recipe.features.slice(1) };
      const recipe = await forged(made.store, made.manifest, { recipe: await writeBlock(made.store, other) });
      expect(
        await codeOf(() => loadJob(made.store, domain, { ...made.chain, terms: recipe.digest })),
      ).to.equal('job/model-mismatch');
    });
    it('are refused with a weight above the most, or that is no power of two', async () => {
      for (const weight of [8, 3]) {
        const datasets = made.manifest.datasets.map((entry, index) =>
          index === 0 ? { ...entry, weight } : entry,
        );
        const bent = await forged(made.store, made.manifest, { datasets });
        expect(
          await codeOf(() => loadJob(made.store, domain, { ...made.chain, terms: bent.digest })),
        ).to.equal('parameters/weight');
      }
    });
    it('are refused as another kind of block', async () =>
      expect(
        await codeOf(() => loadJob(made.store, domain, { ...made.chain, terms: first.result.digest })),
      ).to.equal('lineage/bad-block'));
  });

  describe('a round', () => {
    it('sums what was quantised, survivors only', () => {
      const zero = 2 ** 15 - 1;
      const plain = Array.from({ length: made.job.parameters.dimension }, (_, c) =>
        [0, 1, 2, 4].reduce((sum, m) => sum + first.members.quantised.get(m)![c]! - zero, 0),
      );
      expect([...first.sum]).to.deep.equal(plain);
      expect(seatsOf(first.result.participants)).to.deep.equal([0, 1, 2, 4]);
    });

    it('moves every weight by the weighted mean of the clipped updates, to within the quantisation bound', () => {
      const { before, result } = first;
      const share = [4, 2, 4, 0, 4];
      const total = 14;
      before.weights.forEach((weight, c) => {
        const mean = share.reduce((sum, s, m) => sum + (s / total) * (Math.sin((m + 1) * (c + 0.7)) / 7), 0);
        // |U3| · r / (2L · Σω), with Σω = 14 / 4, and the rounding of float32
        const bound = 4 / (2 * 32767 * 3.5) + 2e-7;
        expect(Math.abs(result.after.weights[c]! - weight - mean)).to.be.below(bound);
      });
    });

    it('counts only the weights of seats that took part', () =>
      expect(weightSumOf(made.job, [0, 1, 4])).to.equal(10));

    it('carries its sum through blocks, signs included', async () => {
      const sum = Float64Array.from(first.sum, (value, i) => (i % 2 ? -value - 1 : value));
      const cid = await putAggregate(made.store, { sum, weightSum: 9, survivors: 4 });
      expect(await loadAggregate(made.store, cid, sum.length)).to.deep.equal({
        sum,
        weightSum: 9,
        survivors: 4,
      });
      expect(await codeOf(() => loadAggregate(made.store, cid, sum.length + 1))).to.equal('aggregate/length');
    });

    it('refuses a model whose block and topology disagree', async () => {
      const block = {
        kind: 'tributary/model',
        version: 1,
        topology: first.before.topologyCid,
        dimension: 99,
      };
      const { weights } = { weights: await putBlob(made.store, new Uint8Array(8)) };
      const cid = await writeBlock(made.store, { ...block, weights });
      expect(await codeOf(() => loadModel(made.store, cid))).to.equal('model/dimension');
    });
  });

  describe('the history', () => {
    const settlements = () => [first.settled, second.settled];
    it('is read from the digests on chain', async () => {
      const records = await loadHistory(made.store, made.job, settlements());
      expect(records.map(({ manifest }) => manifest.round)).to.deep.equal([1, 2]);
      expect(records[1]!.manifest.previousTransaction).to.equal(first.settled.transaction);
      expect(records[1]!.payouts.leaves.map(({ units }) => units)).to.deep.equal([2, 2, 2, 1, 2]);
      expect(await transitionFlaw(made.store, made.job, records[1]!.manifest)).to.equal(null);
    });

    const manifestOf = async (round: LineageRound) =>
      (await loadHistory(made.store, made.job, settlements()))[round.settled.round - 1]!.manifest;
    const bends: Record<string, () => Promise<object>> = {
      chainId: async () => ({ chainId: 1 }),
      escrow: async () => ({ escrow: toAddress(`0x${'4'.repeat(40)}`) }),
      job: async () => ({ job: 8 }),
      round: async () => ({ round: 3 }),
      attempt: async () => ({ attempt: 2 }),
      terms: async () => ({ terms: first.result.manifest }),
      previous: async () => ({ previous: null }),
      previousTransaction: async () => ({ previousTransaction: digestOfText('x') }),
      modelBefore: async () => ({ modelBefore: first.before.cid }),
      optimiserBefore: async () => ({ optimiserBefore: first.result.aggregate }),
    };
    for (const [link, change] of Object.entries(bends)) {
      it(`is refused with another ${link}`, async () => {
        const bent = await forged(made.store, await manifestOf(second), await change());
        const list = [first.settled, { ...second.settled, manifest: bent.digest }];
        expect(await codeOf(() => loadHistory(made.store, made.job, list))).to.equal('lineage/broken-link');
      });
    }
    it('is refused with payouts that the chain did not settle', async () => {
      const list = [first.settled, { ...second.settled, payoutRoot: first.settled.payoutRoot }];
      expect(await codeOf(() => loadHistory(made.store, made.job, list))).to.equal('lineage/broken-link');
    });
    it('finds a model that the aggregate does not give', async () => {
      const weights = second.result.after.weights.slice();
      weights[0] = Math.fround(weights[0]! + 1e-6);
      const model = await putModel(made.store, second.before.topologyCid, second.before.topology, weights);
      const manifest = { ...(await manifestOf(second)), modelAfter: model.cid };
      expect((await transitionFlaw(made.store, made.job, manifest))?.code).to.equal('model/transition');
    });
  });

  it('starts every job from weights that its seed gives', async () => {
    const again = await lineageJob();
    expect(digestHex(again.initial.cid)).to.equal(made.initial.digest);
    const nothing = { sum: new Float64Array(13), weightSum: 1, survivors: 1 };
    const { weights, state } = stepAfter(made.job, made.initial.weights, nothing, null);
    expect(weights).to.deep.equal(made.initial.weights);
    expect(state).to.equal(null);
  });
});
