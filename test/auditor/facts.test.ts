/** What an audit reads from a real chain, and that today's state does not stand in for yesterday's. */
import { expect } from 'chai';
import { readAuditFacts } from '#auditor/read-facts.ts';
import { toBytes32 } from '#protocol/units.ts';
import { activeJob, leavesOf, settleRounds, type TestJob } from '#test/contracts/job.ts';
import { ARBITER_FEE, at, refusal, startWorld, type World } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';

describe('audit facts from a chain', () => {
  let world: World;
  let job: TestJob;
  before(async () => {
    world = await startWorld();
    job = await activeJob(world, {
      rounds: 3,
      bonusPool: 300n,
      seats: [
        { price: 10n, units: 3 },
        { price: 20n, units: 2 },
        { price: 30n, units: 3 },
      ],
    });
  });
  after(() => world.stop());

  it('are the seats’ offers, descriptors and the units that were taken for them', async () => {
    const facts = await readAuditFacts(world.buyer.contracts, Number(job.job));
    expect(facts.job).to.include({ state: 'active', buyer: world.buyer.address });
    expect(facts.offers).to.deep.equal(
      job.listings.map(({ tokenId, dataset, price }) => ({ token: tokenId, dataset, price })),
    );
    expect(facts.descriptors).to.deep.equal([0, 1, 2].map((index) => digestOfText(`descriptor ${index}`)));
    expect(facts.unitsTaken).to.deep.equal(
      [3, 2, 3].map((units, seat) => ({
        seat,
        holder: world.buyer.address,
        token: at(job.listings, seat).tokenId,
        units,
      })),
    );
    expect(facts.heads).to.deep.equal([]);
    expect(facts.owners).to.deep.equal([]);
    expect(facts.claims).to.deep.equal([]);
  });

  it('tell burns by one job from those by another, and a batch of one from a larger', async () => {
    const { accessToken, escrow } = world.buyer.contracts;
    const { tokenId } = at(job.listings, 0);
    await accessToken.send.buy(tokenId, 5n);
    const opened = await escrow.send.open({
      ...{
        terms: digestOfText('terms'),
        coordinator: world.coordinator.address,
        rounds: 5,
        roundTimeout: 50,
      },
      ...{
        cutoff: BigInt((await world.chain.now()) + 10_000),
        shortWindow: 100,
        longWindow: 1_000,
        bonusPool: 0n,
      },
      ...{ arbiter: world.arbiter.address, arbiterFee: ARBITER_FEE, fee: 0 },
    });
    const { job: second } = at(escrow.events('JobOpened', opened.logs), 0).args;
    await escrow.send.addSeats(second, [tokenId], [5]);
    const facts = await readAuditFacts(world.buyer.contracts, Number(second));
    expect(facts.unitsTaken).to.deep.equal([
      { seat: 0, holder: world.buyer.address, token: tokenId, units: 5 },
    ]);
    const first = await readAuditFacts(world.buyer.contracts, Number(job.job));
    expect(first.unitsTaken.map(({ units }) => units)).to.deep.equal([3, 2, 3]);
  });

  it('are settlements with the stored heads, claims, and owners meanwhile', async () => {
    const [one] = await settleRounds(world, job, 1, () => leavesOf([1, 1, 1], [100n, 0n, 0n]));
    const seller = at(job.listings, 1).owner;
    const transfer = seller.contracts.registry.send.transferFrom;
    await transfer(seller.address, world.stranger.address, at(job.listings, 1).dataset);
    const [two] = await settleRounds(world, job, 1, () => leavesOf([2, 2, 2], [100n, 0n, 0n]));
    await world.chain.mineAt(two!.readyAt + 1);
    const leaf = { seat: 0, units: 1, bonus: 100n };
    await world.stranger.contracts.escrow.send.claimFor(job.job, one!.record, leaf, one!.tree.proof(0));

    const facts = await readAuditFacts(world.buyer.contracts, Number(job.job));
    expect(facts.heads).to.deep.equal([one!.head, two!.head].map(toBytes32));
    expect(facts.job.settlements.map(({ head }) => head)).to.deep.equal(facts.heads);
    const [kept, sold] = [at(job.listings, 0).owner.address, world.stranger.address];
    const other = at(job.listings, 2).owner.address;
    expect(facts.owners).to.deep.equal([
      [[kept, seller.address, other]],
      [
        [kept, seller.address, other],
        [kept, sold, other],
      ],
    ]);
    expect(facts.job.seats[1]?.owner).to.equal(world.stranger.address);
    expect(facts.claims).to.deep.equal([{ seat: 0, round: 1, units: 1, bonus: 100n, amount: 110n }]);
    expect(facts.job.seats[0]).to.include({ claimedUnits: 1, claimedBonus: 100n });
  });

  it('are refused for a job that does not exist', async () => {
    expect(await refusal(readAuditFacts(world.buyer.contracts, 99))).to.match(/^escrow\//);
  });
});
