import { expect } from 'chai';
import { JobState } from '#contracts/bindings/training-escrow.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { openJob } from './job.ts';
import { at, list, refusal, startWorld, type World } from './world.ts';

describe('jobs', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const escrow = () => world.buyer.contracts.escrow;
  const jobOf = (job: bigint) => escrow().read.jobOf(job);

  describe('seats', () => {
    it('freeze dataset, operator, price and units, and take the money', async () => {
      const seats = [
        { price: 10n, units: 3 },
        { price: 25n, units: 5 },
      ];
      const { job, listings } = await openJob(world, { rounds: 5, seats });
      await at(world.owners, 1).contracts.registry.send.setOperator(
        at(listings, 1).dataset,
        operatorAddress(99),
      );
      expect(await escrow().read.seatOf(job, 1)).to.deep.equal({
        dataset: at(listings, 1).dataset,
        operator: operatorAddress(1),
        tokenId: at(listings, 1).tokenId,
        price: 25n,
        units: 5,
        claimedUnits: 0,
        refundedUnits: 0,
        collectedUnits: 0,
        claimedBonus: 0n,
      });
      expect((await jobOf(job)).seats).to.equal(2);
      expect(await world.buyer.contracts.paymentToken.read.balanceOf(world.deployment.escrow)).to.equal(155n);
      expect(await world.buyer.contracts.paymentToken.read.balanceOf(world.deployment.accessToken)).to.equal(
        0n,
      );
      expect(await refusal(escrow().read.seatOf(job, 2))).to.match(/^escrow\/no-such-seat .*seat 2/);
    });

    it('can be added in several calls and are announced with all that a client needs', async () => {
      const { job } = await openJob(world, { rounds: 5, seats: [{ price: 10n, units: 3 }] });
      const other = await list(world, 4, 30n);
      await world.buyer.contracts.accessToken.send.buy(other.tokenId, 2n);
      const mined = await escrow().send.addSeats(job, [other.tokenId], [2]);
      expect(at(escrow().events('SeatAdded', mined.logs), 0).args).to.deep.equal({
        job,
        dataset: other.dataset,
        seat: 1,
        operator: operatorAddress(4),
        tokenId: other.tokenId,
        price: 30n,
        units: 2,
      });
    });

    it('are added by the buyer alone, while the job is open and before its cutoff', async () => {
      const { job, listings, cutoff } = await openJob(world, { rounds: 5, seats: [{ price: 1n, units: 1 }] });
      const add = () => escrow().send.addSeats(job, [at(listings, 0).tokenId], [1]);
      expect(await refusal(world.stranger.contracts.escrow.send.addSeats(job, [], []))).to.match(
        /^escrow\/not-buyer/,
      );
      expect(await refusal(escrow().send.addSeats(job + 1n, [], []))).to.match(/^escrow\/no-such-job/);
      await world.chain.nextBlockAt(cutoff);
      expect(await refusal(add())).to.match(/^escrow\/past-cutoff/);
      await escrow().send.cancel(job);
      expect(await refusal(add())).to.match(/^escrow\/wrong-state .*state 3/);
    });

    it('need units within the rounds, bought by the buyer and approved', async () => {
      const { tokenId } = await list(world, 0, 10n);
      const { job } = await openJob(world, { rounds: 5, seats: [] });
      await world.buyer.contracts.accessToken.send.buy(tokenId, 4n);
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [0]))).to.match(
        /^escrow\/units-out-of-range/,
      );
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [6]))).to.match(
        /^escrow\/units-out-of-range .*max 5/,
      );
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [5]))).to.match(/^escrow\/units-not-owned/);
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [4, 4]))).to.match(
        /^escrow\/lengths-differ/,
      );
      expect(await refusal(escrow().send.addSeats(job, [99n], [1]))).to.match(/^escrow\/unknown-offer/);
      await world.buyer.contracts.accessToken.send.setApprovalForAll(world.deployment.escrow, false);
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [4]))).to.match(
        /^escrow\/units-not-approved/,
      );
    });

    it('are refused for an expired offer, a retired dataset and one without an operator', async () => {
      const validUntil = (await world.chain.now()) + 1_000;
      const { tokenId, dataset, owner } = await list(world, 0, 10n, { validUntil: BigInt(validUntil) });
      const { job } = await openJob(world, { rounds: 5, seats: [] });
      await world.buyer.contracts.accessToken.send.buy(tokenId, 4n);
      const snapshot = await world.chain.snapshot();
      await owner.contracts.registry.send.transferFrom(owner.address, world.stranger.address, dataset);
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [4]))).to.match(
        /^escrow\/dataset-has-no-operator/,
      );
      await world.stranger.contracts.registry.send.setOperator(dataset, operatorAddress(3));
      await world.stranger.contracts.registry.send.retire(dataset);
      expect(await refusal(escrow().send.addSeats(job, [tokenId], [4]))).to.match(
        /^escrow\/dataset-is-retired/,
      );
      await world.chain.revert(snapshot);
      await world.chain.nextBlockAt(validUntil);
      await escrow().send.addSeats(job, [tokenId], [1]);
      const { job: late } = await openJob(world, { rounds: 5, seats: [] });
      expect(await refusal(escrow().send.addSeats(late, [tokenId], [1]))).to.match(/^escrow\/offer-expired/);
    });

    it('come in ascending order of dataset, over all calls, so that none takes two', async () => {
      const first = await list(world, 0, 10n);
      const second = await list(world, 1, 10n);
      const { job } = await openJob(world, { rounds: 5, seats: [] });
      for (const { tokenId } of [first, second])
        await world.buyer.contracts.accessToken.send.buy(tokenId, 4n);
      expect(await refusal(escrow().send.addSeats(job, [second.tokenId, first.tokenId], [1, 1]))).to.match(
        /^escrow\/datasets-out-of-order .*dataset 1, previous 2/,
      );
      await escrow().send.addSeats(job, [second.tokenId], [1]);
      expect(await refusal(escrow().send.addSeats(job, [second.tokenId], [1]))).to.match(/out-of-order/);
      expect(await refusal(escrow().send.addSeats(job, [first.tokenId], [1]))).to.match(/out-of-order/);
    });

    it('number at most 1,024', async () => {
      const { job } = await openJob(world, { rounds: 5, seats: [{ price: 1n, units: 1 }] });
      const add = (count: number) => {
        const none = Array.from({ length: count }, () => 77n);
        const one = none.map(() => 1);
        return refusal(escrow().send.addSeats(job, none, one));
      };
      expect(await add(1_024)).to.match(/^escrow\/too-many-seats .*seats 1025, max 1024/);
      expect(await add(1_023)).to.match(/^escrow\/unknown-offer/);
    });

    it('have at most 16 different numbers of units', async () => {
      const { job } = await openJob(world, { rounds: 17, seats: [] });
      const tokens: bigint[] = [];
      for (let index = 0; index < 18; index += 1) {
        const { tokenId } = await list(world, index, 0n);
        await world.buyer.contracts.accessToken.send.buy(tokenId, 17n);
        tokens.push(tokenId);
      }
      const sixteen = Array.from({ length: 16 }, (_, index) => index + 1);
      expect(await refusal(escrow().send.addSeats(job, tokens.slice(0, 17), [...sixteen, 17]))).to.match(
        /^escrow\/too-many-tiers .*units 17/,
      );
      await escrow().send.addSeats(job, tokens.slice(0, 16), sixteen);
      expect(await refusal(escrow().send.addSeats(job, tokens.slice(16, 17), [17]))).to.match(
        /too-many-tiers/,
      );
      await escrow().send.addSeats(job, tokens.slice(16), [16, 1]);
    });
  });

  describe('activation', () => {
    it('is the buyer’s, with a seat at least, once, before the cutoff', async () => {
      const { job, cutoff } = await openJob(world, { rounds: 5, seats: [{ price: 1n, units: 1 }] });
      const empty = await openJob(world, { rounds: 5, seats: [] });
      expect(await refusal(world.stranger.contracts.escrow.send.activate(job))).to.match(
        /^escrow\/not-buyer/,
      );
      expect(await refusal(escrow().send.activate(empty.job))).to.match(/^escrow\/no-seats/);
      expect(await refusal(escrow().send.activate(99n))).to.match(/^escrow\/no-such-job/);
      const snapshot = await world.chain.snapshot();
      await world.chain.nextBlockAt(cutoff);
      expect(await refusal(escrow().send.activate(job))).to.match(/^escrow\/past-cutoff/);
      await world.chain.revert(snapshot);
      await world.chain.nextBlockAt(cutoff - 1);
      const mined = await escrow().send.activate(job);
      expect(at(escrow().events('JobActivated', mined.logs), 0).args).to.deep.equal({ job, seats: 1 });
      expect((await jobOf(job)).state).to.equal(JobState.Active);
      expect(await refusal(escrow().send.activate(job))).to.match(/^escrow\/wrong-state .*state 2/);
      expect(await refusal(escrow().send.addSeats(job, [], []))).to.match(/^escrow\/wrong-state .*state 2/);
    });
  });
});
