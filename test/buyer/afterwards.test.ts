/** After rounds were settled: downloads, evaluations, refunds. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { downloadModel } from '#buyer/download.ts';
import { evaluateRounds, roundsToEvaluate, type EvaluatedRound } from '#buyer/evaluate-rounds.ts';
import { cancelJob, closeJob, refundSeats, withdraw } from '#buyer/exits.ts';
import { evaluateModel, modelOfRound, type Evaluating } from '#buyer/rounds.ts';
import { parseTopology } from '#model/topology.ts';
import { decodeWeights } from '#model/weights.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { at, FUNDS } from '#test/contracts/world.ts';
import { codeOf, startStage, type Stage } from './stage.ts';
import { evaluatingRows, launched, type Launched } from './watching.ts';

describe('a settled job', () => {
  let stage: Stage;
  let evaluating: Evaluating;
  let run: Launched;
  before(async () => {
    stage = await startStage();
    evaluating = await evaluatingRows();
  });
  beforeEach(async () => {
    stage = await stage.reset();
    run = await launched(stage, evaluating);
  });
  after(() => stage.stop());

  it('the last settled model is written as files that give its weights back', async () => {
    await run.watch(run.coordinator());
    const folder = join(stage.setting.home, 'model');
    const now = await run.state();
    const download = await downloadModel(stage.store, now, folder);
    const topology = parseTopology(await readFile(join(folder, download.files.topology), 'utf8'));
    const weights = decodeWeights(
      topology,
      new Uint8Array(await readFile(join(folder, download.files.weights))),
    );
    expect(weights).to.deep.equal((await modelOfRound(stage.store, now, 2)).weights);
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as object;
    expect(manifest).to.deep.equal(download);
    expect(download).to.include({ round: 2, digest: at(now.facts.settlements, 1).manifest, dimension: 16 });
    expect((await downloadModel(stage.store, now, folder, 1)).round).to.equal(1);
  });

  it('nothing is downloaded of rounds that are not settled', async () => {
    const folder = join(stage.setting.home, 'model');
    expect(await codeOf(downloadModel(stage.store, await run.state(), folder))).to.equal(
      'buyer/nothing-settled',
    );
    await run.coordinator().settle();
    expect(await codeOf(downloadModel(stage.store, await run.state(), folder, 2))).to.equal(
      'buyer/no-such-round',
    );
    expect(await codeOf(downloadModel(stage.store, await run.state(), folder, 0))).to.equal(
      'buyer/no-such-round',
    );
    expect(existsSync(folder)).to.equal(false);
  });

  it('any round can be evaluated', async () => {
    await run.coordinator().settle();
    const now = await run.state();
    const [zero, one] = [await modelOfRound(stage.store, now, 0), await modelOfRound(stage.store, now, 1)];
    expect(zero.cid.toString()).to.equal(now.job.manifest.model.toString());
    expect(one.cid.toString()).to.equal(at(now.history, 0).manifest.modelAfter.toString());
    expect((await evaluateModel(evaluating, one, now.job.recipe)).rows).to.equal(8);
    expect(await codeOf(modelOfRound(stage.store, now, 2))).to.equal('buyer/no-such-round');
  });

  it('one round, every round or the last is evaluated', async () => {
    const before = await run.state();
    expect(() => roundsToEvaluate(before, undefined, false))
      .to.throw('round 0')
      .with.property('code', 'buyer/nothing-settled');
    await run.coordinator().settle();
    const now = await run.state();
    expect(roundsToEvaluate(now, undefined, false)).to.deep.equal([1]);
    expect(roundsToEvaluate(now, 0, false)).to.deep.equal([0]);
    const found: EvaluatedRound[] = [];
    for await (const one of evaluateRounds(stage.store, now, roundsToEvaluate(now, 9, true), evaluating)) {
      found.push(one);
    }
    expect(found.map(({ round }) => round)).to.deep.equal([0, 1]);
    expect(at(found, 1).model).to.equal((await modelOfRound(stage.store, now, 1)).digest);
    const one = await evaluateModel(evaluating, await modelOfRound(stage.store, now, 1), now.job.recipe);
    expect(at(found, 1).evaluation).to.deep.equal(one);
    expect(Object.keys(one.metrics)).to.deep.equal(['accuracy', 'logLoss']);
  });

  it('what no owner earned comes back', async () => {
    const { contracts } = stage.setting;
    const fake = run.coordinator({}, [[2], []]);
    await fake.settle();
    await cancelJob(contracts, run.job);
    expect(await codeOf(closeJob(contracts, run.job))).to.equal('escrow/not-closable-before');
    await stage.world.chain.mineAt((await stage.world.chain.now()) + 20_000);
    await closeJob(contracts, run.job);
    await refundSeats(contracts, run.job);
    await withdraw(contracts);
    // Round 1 paid 20 + 21 + 23 and 3 × ⌊500 / 3⌋; all else is the buyer's again.
    const spent = FUNDS - (await contracts.paymentToken.read.balanceOf(contracts.account));
    expect(spent).to.equal(64n + 498n);
    expect(await codeOf(withdraw(contracts))).to.equal('escrow/nothing-to-withdraw');
  });

  it('there is nothing to refund by leaves that do not exist, or are not what was settled', async () => {
    expect(await codeOf(refundSeats(stage.setting.contracts, run.job))).to.equal('refund/nothing-settled');
    await run.coordinator({ payoutRoot: digestOfText('mine') }).settle();
    expect(await codeOf(refundSeats(stage.setting.contracts, run.job))).to.equal('refund/other-payouts');
  });
});
