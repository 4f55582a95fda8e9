import { expect } from 'chai';
import { Outcome } from '#contracts/bindings/training-escrow.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { attemptsOf, rosterOf, someSurvivors } from './attempt.ts';
import { activeJob, noHead, type TestJob } from './job.ts';
import { at, refusal, startWorld, type Actor, type World } from './world.ts';

const plan = { rounds: 2, seats: [{ price: 10n, units: 2 }] };

describe('the outcome of an attempt', () => {
  let world: World;
  let job: TestJob;
  let attempts: ReturnType<typeof attemptsOf>;
  before(async () => void (world = await startWorld()));
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, plan);
    attempts = attemptsOf(world, job);
  });
  after(() => world.stop());

  const by = (actor: Actor) => actor.contracts.escrow;
  const escrow = () => by(world.coordinator);

  it('survivors: stored once, for ever', async () => {
    const { block } = await attempts.commit(1, 2);
    const mined = await attempts.fix(1, 2);
    expect(at(escrow().events('SurvivorsFixed', mined.logs), 0).args).to.deep.equal({
      ...{ job: job.job, round: 1, attempt: 2, survivors: someSurvivors },
    });
    const seedBlock = BigInt(block + 2);
    const agreed = { outcome: Outcome.Survivors, roster: rosterOf(2), seedBlock, survivors: someSurvivors };
    expect(await attempts.attemptOf(1, 2)).to.deep.equal(agreed);
    for (const again of [
      () => attempts.fix(1, 2),
      () => attempts.fix(1, 2, digestOfText('fewer')),
      () => attempts.abort(1, 2),
    ]) {
      expect(await refusal(again())).to.match(/^escrow\/not-committed .*attempt 2, outcome 2/);
    }
    await world.chain.mineAt(job.cutoff + 5_000);
    expect(await refusal(attempts.abort(1, 2, world.stranger))).to.match(/^escrow\/not-committed/);
    expect(await attempts.attemptOf(1, 2)).to.deep.equal(agreed);
  });

  it('aborted: for ever, and told by whom', async () => {
    const { block } = await attempts.commit(1, 2);
    const mined = await attempts.abort(1, 2);
    expect(at(escrow().events('AttemptAborted', mined.logs), 0).args).to.deep.equal({
      ...{ job: job.job, round: 1, attempt: 2, by: world.coordinator.address },
    });
    const seedBlock = BigInt(block + 2);
    const aborted = { outcome: Outcome.Aborted, roster: rosterOf(2), seedBlock, survivors: noHead };
    expect(await attempts.attemptOf(1, 2)).to.deep.equal(aborted);
    const again = async () => {
      for (const sent of [() => attempts.fix(1, 2), () => attempts.abort(1, 2)]) {
        expect(await refusal(sent())).to.match(/^escrow\/not-committed .*attempt 2, outcome 3/);
      }
    };
    await again();
    await attempts.commit(1, 3);
    await again();
    await attempts.fix(1, 3);
    await again();
    expect(await attempts.attemptOf(1, 2)).to.deep.equal(aborted);
  });

  it('is of an attempt whose roster is committed', async () => {
    await attempts.commit(1, 2);
    for (const [round, attempt] of [
      [1, 1],
      [1, 3],
      [2, 2],
      [0, 2],
    ] as const) {
      for (const sent of [() => attempts.fix(round, attempt), () => attempts.abort(round, attempt)]) {
        expect(await refusal(sent())).to.match(
          new RegExp(`^escrow/not-committed .*round ${round}, attempt ${attempt}, outcome 0`),
        );
      }
    }
    expect(await attempts.outcomeOf(1, 2)).to.equal(Outcome.Committed);
  });

  it('survivors are the coordinator’s, and not empty', async () => {
    await attempts.commit(1, 1);
    for (const actor of [world.buyer, world.stranger]) {
      const sent = by(actor).send.fixSurvivors(job.job, 1, 1, someSurvivors);
      expect(await refusal(sent)).to.match(/^escrow\/not-coordinator/);
    }
    expect(await refusal(attempts.fix(1, 1, noHead))).to.match(/^escrow\/zero-survivors/);
    expect(await attempts.outcomeOf(1, 1)).to.equal(Outcome.Committed);
  });

  it('survivors come before the cutoff: nobody is to open what can’t be paid', async () => {
    await attempts.commit(1, 1);
    await world.chain.nextBlockAt(job.cutoff);
    expect(await refusal(attempts.fix(1, 1))).to.match(/^escrow\/past-cutoff/);
    await world.chain.mineAt(job.cutoff + 1_000);
    await by(world.stranger).send.close(job.job);
    expect(await refusal(attempts.fix(1, 1))).to.match(/^escrow\/wrong-state .*state 4/);
    await attempts.abort(1, 1, world.stranger);
    expect(await attempts.outcomeOf(1, 1)).to.equal(Outcome.Aborted);
  });

  it('aborted is anyone’s to say once the attempt is a round timeout old', async () => {
    await attempts.commit(1, 1);
    const time = (await world.chain.now()) + 50;
    await world.chain.nextBlockAt(time - 1);
    expect(await refusal(attempts.abort(1, 1, world.stranger))).to.match(
      new RegExp(`^escrow/not-abortable-before .*time ${time}`),
    );
    const mined = await attempts.abort(1, 1, world.stranger);
    expect(at(escrow().events('AttemptAborted', mined.logs), 0).args.by).to.equal(world.stranger.address);
    expect(await attempts.outcomeOf(1, 1)).to.equal(Outcome.Aborted);
  });

  it('aborted is anyone’s to say from the cutoff on', async () => {
    await world.chain.nextBlockAt(job.cutoff - 10);
    await attempts.commit(1, 1);
    await world.chain.nextBlockAt(job.cutoff - 1);
    expect(await refusal(attempts.abort(1, 1, world.buyer))).to.match(
      new RegExp(`^escrow/not-abortable-before .*time ${job.cutoff}`),
    );
    await attempts.abort(1, 1, world.buyer);
    expect(await refusal(by(world.stranger).send.abortAttempt(99n, 1, 1))).to.match(/^escrow\/no-such-job/);
  });
});
