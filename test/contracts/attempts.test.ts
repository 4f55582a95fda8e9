import { expect } from 'chai';
import { Outcome } from '#contracts/bindings/training-escrow.ts';
import { chainError } from '#contracts/decode-error.ts';
import { deploy } from '#contracts/deploy.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { attemptsOf, noAttempt, rosterOf } from './attempt.ts';
import { activeJob, noHead, openJob, settle, settlement, type TestJob } from './job.ts';
import { at, floors, refusal, startWorld, type Actor, type World } from './world.ts';

const plan = { rounds: 2, seats: [{ price: 10n, units: 2 }] };

describe('attempts on chain', () => {
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

  describe('a roster', () => {
    it('is committed with the block of its seed, for all to see', async () => {
      expect(await attempts.attemptOf(1, 3)).to.deep.equal(noAttempt);
      const mined = await attempts.commit(1, 3);
      const seedBlock = BigInt(mined.block + 2);
      expect(at(escrow().events('RosterCommitted', mined.logs), 0).args).to.deep.equal({
        ...{ job: job.job, round: 1, attempt: 3, roster: rosterOf(3), seedBlock },
      });
      const running = { outcome: Outcome.Committed, roster: rosterOf(3), seedBlock, survivors: noHead };
      expect(await attempts.attemptOf(1, 3)).to.deep.equal(running);
      for (const [round, attempt] of [
        [1, 2],
        [2, 3],
      ] as const) {
        expect(await attempts.attemptOf(round, attempt)).to.deep.equal(noAttempt);
      }
      expect(await escrow().read.attemptOf(99n, 1, 3)).to.deep.equal(noAttempt);
      expect(await escrow().read.attemptOf(job.job + 1n, 1, 3)).to.deep.equal(noAttempt);
    });

    it('is the coordinator’s of this very job', async () => {
      const foreign = await activeJob(world, { ...plan, coordinator: world.stranger.address });
      for (const [actor, id] of [
        [world.buyer, job.job],
        [world.stranger, job.job],
        [world.coordinator, foreign.job],
      ] as const) {
        const sent = by(actor).send.commitRoster(id, 1, 1, rosterOf(1));
        expect(await refusal(sent)).to.match(/^escrow\/not-coordinator/);
      }
      await by(world.stranger).send.commitRoster(foreign.job, 1, 1, rosterOf(1));
      expect(await attempts.outcomeOf(1, 1)).to.equal(Outcome.None);
      expect(await refusal(escrow().send.commitRoster(99n, 1, 1, rosterOf(1)))).to.match(
        /^escrow\/no-such-job/,
      );
    });

    it('is of the next round, while the job runs, and not empty', async () => {
      expect(await refusal(attempts.commit(1, 1, noHead))).to.match(/^escrow\/zero-roster/);
      expect(await refusal(attempts.commit(0, 1))).to.match(
        /^escrow\/round-out-of-order .*round 0, expected 1/,
      );
      expect(await refusal(attempts.commit(2, 1))).to.match(
        /^escrow\/round-out-of-order .*round 2, expected 1/,
      );
      await attempts.settled(1, 1);
      expect(await refusal(attempts.commit(1, 2))).to.match(/^escrow\/already-settled .*round 1/);
      await attempts.settled(2, 1);
      expect(await refusal(attempts.commit(3, 1))).to.match(/^escrow\/round-beyond-job .*round 3, rounds 2/);

      const open = await openJob(world, plan);
      expect(await refusal(escrow().send.commitRoster(open.job, 1, 1, rosterOf(1)))).to.match(
        /^escrow\/wrong-state .*state 1/,
      );
    });

    it('is committed until the cutoff, to the second', async () => {
      await world.chain.nextBlockAt(job.cutoff - 1);
      await attempts.commit(1, 1);
      await attempts.abort(1, 1); // at the cutoff
      expect(await refusal(attempts.commit(1, 2))).to.match(/^escrow\/past-cutoff/);
    });

    it('has a number above all before it', async () => {
      expect(await refusal(attempts.commit(1, 0))).to.match(
        /^escrow\/attempt-out-of-order .*attempt 0, previous 0/,
      );
      await attempts.commit(1, 5);
      await attempts.abort(1, 5);
      expect(await refusal(attempts.commit(1, 4))).to.match(
        /^escrow\/attempt-out-of-order .*attempt 4, previous 5/,
      );
      await attempts.commit(1, 7);
      expect(await attempts.outcomeOf(1, 7)).to.equal(Outcome.Committed);
    });

    it('has a number of 24 bits', async () => {
      const most = 2 ** 24 - 1;
      expect(await refusal(attempts.commit(1, most + 1))).to.match(
        /^escrow\/attempt-out-of-order .*attempt 16777216, previous 0/,
      );
      await attempts.commit(1, most);
      expect(await attempts.outcomeOf(1, most)).to.equal(Outcome.Committed);
    });

    it('is told to whoever commits again, and never changes', async () => {
      await attempts.commit(1, 1);
      for (const again of [rosterOf(1), rosterOf('other')]) {
        expect(await refusal(attempts.commit(1, 1, again))).to.match(
          new RegExp(`^escrow/already-committed .*attempt 1, roster ${rosterOf(1)}`),
        );
      }
      await attempts.abort(1, 1);
      expect(await refusal(attempts.commit(1, 1, rosterOf('other')))).to.match(/^escrow\/already-committed/);
      expect((await attempts.attemptOf(1, 1)).roster).to.equal(rosterOf(1));
    });

    it('waits until the attempt before it is aborted', async () => {
      await attempts.commit(1, 1);
      expect(await refusal(attempts.commit(1, 2))).to.match(/^escrow\/attempt-stands .*attempt 1, outcome 1/);
      await attempts.abort(1, 1);
      await attempts.commit(1, 2);
      await attempts.fix(1, 2);
      expect(await refusal(attempts.commit(1, 3))).to.match(/^escrow\/attempt-stands .*attempt 2, outcome 2/);
      expect(await attempts.outcomeOf(1, 3)).to.equal(Outcome.None);
    });

    it('is one of at most eight a round', async () => {
      for (let attempt = 1; attempt <= 8; attempt += 1) {
        await attempts.commit(1, attempt * 10);
        await attempts.abort(1, attempt * 10);
      }
      expect(await refusal(attempts.commit(1, 90))).to.match(/^escrow\/too-many-attempts .*round 1, max 8/);
      await attempts.settled(1, 91);
      await attempts.commit(2, 1);
      expect(await attempts.outcomeOf(2, 1)).to.equal(Outcome.Committed);
    });

    it('is not committed where blocks bring no randomness', async () => {
      const data = escrow().encode.commitRoster(job.job, 1, 1, rosterOf(1));
      const call = { from: world.coordinator.address, to: world.deployment.escrow, data };
      const inBlockOf = (prevRandao: bigint) => {
        const random = `0x${prevRandao.toString(16).padStart(64, '0')}`;
        return world.chain.provider.send('eth_call', [call, 'latest', {}, { random }]);
      };
      for (const constant of [0n, 1n, (1n << 64n) - 1n]) {
        const error: unknown = await inBlockOf(constant).catch((reason: unknown) => reason);
        expect(chainError(error, 'a roster').message).to.contain(`NoRandomness (prevrandao ${constant})`);
        expect(chainError(error, 'a roster').code).to.equal('escrow/no-randomness');
      }
      expect(await inBlockOf(1n << 64n)).to.equal('0x');
    });

    it('needs a seed that is not known yet', async () => {
      const { deployer, deployment } = world;
      const token = deployment.paymentToken;
      expect(
        await refusal(deploy(deployer.transactor, floors, { paymentToken: token, seedOffset: 0 })),
      ).to.match(/^escrow\/zero-seed-offset/);
      for (const windows of [{ defenceWindow: 0 }, { judgementWindow: 0 }]) {
        expect(
          await refusal(deploy(deployer.transactor, floors, { paymentToken: token, ...windows })),
        ).to.match(/^escrow\/zero-window/);
      }
      expect(await escrow().read.seedOffset()).to.equal(2);
    });
  });

  describe('a settlement', () => {
    const refused = async (attempt: number, committed: number, outcome: number) =>
      expect(await refusal(attempts.settled(1, attempt))).to.match(
        new RegExp(
          `^escrow/not-the-agreed-attempt .*attempt ${attempt}, committed ${committed}, outcome ${outcome}`,
        ),
      );

    it('is of the survivors that the chain holds', async () => {
      await attempts.commit(1, 2);
      for (const attempt of [1, 2, 3]) await refused(attempt, 2, Outcome.Committed);
      await attempts.fix(1, 2);
      for (const attempt of [1, 3]) await refused(attempt, 2, Outcome.Survivors);
      await attempts.settled(1, 2);
      expect(await attempts.outcomeOf(1, 2)).to.equal(Outcome.Survivors);
    });

    it('is of a later attempt when the committed one is aborted', async () => {
      await attempts.commit(1, 2);
      await attempts.abort(1, 2);
      for (const attempt of [1, 2]) await refused(attempt, 2, Outcome.Aborted);
      await attempts.settled(1, 3);
      expect(await attempts.outcomeOf(1, 2)).to.equal(Outcome.Aborted);
    });

    it('leaves its round as it is, and the next one free', async () => {
      await attempts.commit(1, 4);
      await attempts.abort(1, 4);
      await attempts.commit(1, 5);
      await attempts.fix(1, 5);
      await attempts.settled(1, 5);
      await attempts.commit(2, 4);
      const ofRound = [
        await attempts.outcomeOf(1, 4),
        await attempts.outcomeOf(1, 5),
        await attempts.outcomeOf(2, 4),
      ];
      expect(ofRound).to.deep.equal([Outcome.Aborted, Outcome.Survivors, Outcome.Committed]);
      for (const sent of [
        () => attempts.fix(1, 4),
        () => attempts.abort(1, 4),
        () => attempts.fix(1, 5),
        () => attempts.abort(1, 5),
      ]) {
        expect(await refusal(sent())).to.match(/^escrow\/not-committed .*round 1/);
      }
      expect(await refusal(attempts.commit(1, 6))).to.match(/^escrow\/already-settled/);
      expect(await refusal(attempts.settled(2, 1))).to.match(/^escrow\/not-the-agreed-attempt .*round 2/);
      await attempts.fix(2, 4);
      await attempts.settled(2, 4);
      expect((await escrow().read.jobOf(job.job)).posted).to.equal(2);
    });

    it('keeps the job’s clock: other jobs and its own cutoff know nothing of attempts', async () => {
      const before = await escrow().read.jobOf(job.job);
      const other = await activeJob(world, plan);
      await attempts.commit(1, 1);
      await settle(world, other, settlement(other, 1, digestOfText('payouts'), [0]));
      await attempts.fix(1, 1);
      await attempts.settled(1, 1);
      const { posted, readyAt, ...after } = await escrow().read.jobOf(job.job);
      expect(before).to.deep.include(after);
      expect(posted).to.equal(1);
      expect(readyAt > 0n).to.equal(true);
    });
  });
});
