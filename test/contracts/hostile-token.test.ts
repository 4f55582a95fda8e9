import { expect } from 'chai';
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import type { Hex } from '#protocol/units.ts';
import { activeJob, leavesOf, openJob, opening, settleRounds, type TestJob } from './job.ts';
import { hostileToken } from './mocks.ts';
import { FUNDS, at, list, refusal, startWorld, type World } from './world.ts';

describe('a payment token that turns bad', () => {
  let world: World;
  before(async () => {
    world = await startWorld(async (chain) => {
      return (await deployContract(at(chain.accounts, 0).transactor, hostileToken, [])).created;
    });
  });
  beforeEach(() => world.reset());
  after(() => world.stop());

  const token = () => writeContract(hostileToken, world.deployment.paymentToken, world.stranger.transactor);
  const escrow = () => world.buyer.contracts.escrow;
  const access = () => world.buyer.contracts.accessToken;
  const coins = (seat: number) =>
    world.buyer.contracts.paymentToken.read.balanceOf(at(world.owners, seat).address);
  const plan = {
    rounds: 2,
    bonusPool: 40n,
    seats: [
      { price: 100n, units: 2 },
      { price: 50n, units: 2 },
    ],
  };
  const permit = [0n, 27, `0x${'00'.repeat(32)}`, `0x${'00'.repeat(32)}`] as const;

  async function finalRound(): Promise<
    TestJob & { claim: (seat: number) => Promise<unknown>; claimData: Hex }
  > {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1, 1]));
    if (!first) throw new Error('a round');
    await world.chain.mineAt(first.readyAt);
    const { record, tree } = first;
    const claimed = (seat: number) => [job.job, record, at(tree.leaves, seat), tree.proof(seat)] as const;
    return {
      ...job,
      claim: (seat) => world.stranger.contracts.escrow.send.claimFor(...claimed(seat)),
      claimData: escrow().encode.claimFor(...claimed(1)),
    };
  }

  it('and takes a fee is refused wherever money comes in', async () => {
    const { tokenId } = await list(world, 0, 100n);
    await access().send.buy(tokenId, 2n);
    const { job } = await openJob(world, { rounds: 2, seats: [] });
    await token().send.setFee(1n);
    expect(await refusal(access().send.buy(tokenId, 1n))).to.match(
      /^escrow\/wrong-amount-received .*expected 100, received 99/,
    );
    expect(await refusal(escrow().send.open(await opening(world, { bonusPool: 100n })))).to.match(
      /^escrow\/wrong-amount-received .*expected 100, received 99/,
    );
    expect(await refusal(escrow().send.addSeats(job, [tokenId], [2]))).to.match(
      /^escrow\/wrong-amount-received .*expected 200, received 198/,
    );
  });

  it('and has no permit can be bought with all the same, by allowance', async () => {
    const { tokenId } = await list(world, 0, 100n);
    const [deadline, v, r, s] = permit;
    await access().send.buyWithPermit(tokenId, 2n, deadline, v, r as never, s as never);
    expect(await access().read.balanceOf(world.buyer.address, tokenId)).to.equal(2n);
  });

  it('and blocks one owner holds up nobody else', async () => {
    const job = await finalRound();
    await token().send.setBlocked(at(world.owners, 0).address, true);
    expect(await refusal(job.claim(0))).to.match(/^escrow\/refused/);
    await job.claim(1);
    expect(await coins(1)).to.equal(50n);

    await token().send.setBlocked(at(world.owners, 0).address, false);
    await job.claim(0);
    expect(await coins(0)).to.equal(100n);
  });

  it('and blocks the buyer holds up no owner and no closing', async () => {
    const job = await finalRound();
    await token().send.setBlocked(world.buyer.address, true);
    await world.chain.mineAt(job.cutoff + 1_000);
    await world.stranger.contracts.escrow.send.close(job.job);
    expect(await refusal(escrow().send.withdraw())).to.match(/^escrow\/refused/);
    await job.claim(0);
    expect(await escrow().read.credits(world.buyer.address)).to.equal(170n);
    await token().send.setBlocked(world.buyer.address, false);
    await escrow().send.withdraw();
    expect(await escrow().read.credits(world.buyer.address)).to.equal(0n);
  });

  describe('and calls back', () => {
    const REENTRANT = /^escrow\/refused .*ReentrancyGuardReentrantCall/;

    /** Actions of the escrow that move money, each with a state in which it would work. */
    it('cannot claim, withdraw, open or add seats in the middle of any of them', async () => {
      const job = await finalRound();
      const seatless = await openJob(world, { rounds: 2, seats: [] });
      const extra = await list(world, 3, 10n);
      await access().send.buy(extra.tokenId, 2n);
      await escrow().send.cancel((await openJob(world, { rounds: 2, bonusPool: 5n, seats: [] })).job);
      const terms = await opening(world, { bonusPool: 9n });
      const outer = {
        claim: () => job.claim(0),
        withdraw: () => escrow().send.withdraw(),
        open: () => escrow().send.open(terms),
        addSeats: () => escrow().send.addSeats(seatless.job, [extra.tokenId], [2]),
      };
      const inner = {
        claim: job.claimData,
        withdraw: escrow().encode.withdraw(),
        open: escrow().encode.open({ ...terms, bonusPool: 0n }),
        addSeats: escrow().encode.addSeats(seatless.job, [], []),
      };
      for (const [name, act] of Object.entries(outer)) {
        for (const [within, data] of Object.entries(inner)) {
          await token().send.setCallback(world.deployment.escrow, data);
          expect(await refusal(act()), `${within} within ${name}`).to.match(REENTRANT);
        }
      }
    });

    it('cannot buy or redeem in the middle of buying or redeeming', async () => {
      const { tokenId } = await list(world, 0, 100n);
      await access().send.buy(tokenId, 2n);
      await access().send.setApprovalForAll(world.stranger.address, true);
      const [deadline, v, r, s] = permit;
      const withPermit = [tokenId, 1n, deadline, v, r as never, s as never] as const;
      const redeemFrom = [world.buyer.address, [tokenId], [1n], world.stranger.address] as const;
      const outer = {
        buy: () => access().send.buy(tokenId, 1n),
        buyWithPermit: () => access().send.buyWithPermit(...withPermit),
        redeem: () => access().send.redeem(tokenId, 1n),
        redeemFrom: () => world.stranger.contracts.accessToken.send.redeemFrom(...redeemFrom),
      };
      const inner = {
        buy: access().encode.buy(tokenId, 1n),
        buyWithPermit: access().encode.buyWithPermit(...withPermit),
        redeem: access().encode.redeem(tokenId, 1n),
        redeemFrom: access().encode.redeemFrom(...redeemFrom),
      };
      for (const [name, act] of Object.entries(outer)) {
        for (const [within, data] of Object.entries(inner)) {
          await token().send.setCallback(world.deployment.accessToken, data);
          expect(await refusal(act()), `${within} within ${name}`).to.match(REENTRANT);
        }
      }
    });
  });

  it('and works again harms no one afterwards', async () => {
    const job = await finalRound();
    await job.claim(0);
    await job.claim(1);
    expect([await coins(0), await coins(1)]).to.deep.equal([100n, 50n]);
    expect(await world.buyer.contracts.paymentToken.read.balanceOf(world.buyer.address)).to.equal(
      FUNDS - 340n,
    );
  });
});
