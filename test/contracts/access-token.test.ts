import { expect } from 'chai';
import { deployContract } from '#contracts/artifact.ts';
import { testCoin } from '#contracts/bindings/test-coin.ts';
import { toBytes32 } from '#protocol/units.ts';
import { startTestChain } from '#test/support/chain.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { FUNDS, at, list, refusal, startWorld, type Actor, type World } from './world.ts';

describe('access tokens', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const coins = (holder: Actor | string) =>
    world.buyer.contracts.paymentToken.read.balanceOf(
      (typeof holder === 'string' ? holder : holder.address) as Actor['address'],
    );
  const units = (holder: Actor, tokenId: bigint) =>
    world.buyer.contracts.accessToken.read.balanceOf(holder.address, tokenId);

  describe('offers', () => {
    it('are numbered from 1 and keep their terms', async () => {
      const first = await list(world, 0, 10n);
      const validUntil = BigInt((await world.chain.now()) + 500);
      const second = await list(world, 1, 25n, { cap: 7, validUntil });
      expect([first.tokenId, second.tokenId]).to.deep.equal([1n, 2n]);
      const { accessToken } = world.buyer.contracts;
      expect(await accessToken.read.offerOf(2n)).to.deep.equal({
        dataset: second.dataset,
        terms: digestOfText('use'),
        price: 25n,
        validUntil,
        cap: 7,
        sold: 0,
      });
      expect(await accessToken.read.unitOf(2n)).to.deep.equal({
        dataset: second.dataset,
        price: 25n,
        validUntil,
      });
      expect(await refusal(accessToken.read.offerOf(3n))).to.match(/^escrow\/unknown-offer .*tokenId 3/);
      expect(await refusal(accessToken.read.unitOf(0n))).to.match(/^escrow\/unknown-offer/);
    });

    it('are announced with all their terms, several of one dataset too', async () => {
      const { dataset, owner } = await list(world, 0, 10n);
      const validUntil = BigInt((await world.chain.now()) + 500);
      const terms = digestOfText('other use');
      const { accessToken } = owner.contracts;
      const { logs } = await accessToken.send.offer(dataset, terms, 25n, validUntil, 7);
      expect(at(accessToken.events('OfferMade', logs), 0).args).to.deep.equal({
        ...{ tokenId: 2n, dataset: 1n, terms, price: 25n, validUntil, cap: 7 },
      });
    });

    it('are made by the owner of a live dataset alone, with terms, a cap and time left', async () => {
      const { dataset, owner } = await list(world, 0, 10n);
      const soon = BigInt((await world.chain.now()) + 1_000);
      const terms = digestOfText('use');
      const { accessToken } = owner.contracts;
      expect(
        await refusal(world.stranger.contracts.accessToken.send.offer(dataset, terms, 1n, soon, 1)),
      ).to.match(/^escrow\/not-dataset-owner/);
      expect(
        await refusal(accessToken.send.offer(dataset, toBytes32(`0x${'00'.repeat(32)}`), 1n, soon, 1)),
      ).to.match(/^escrow\/zero-terms/);
      expect(await refusal(accessToken.send.offer(dataset, terms, 1n, soon, 0))).to.match(
        /^escrow\/zero-cap/,
      );

      await world.chain.nextBlockAt(Number(soon));
      await accessToken.send.offer(dataset, terms, 1n, soon, 1);
      await world.chain.nextBlockAt(Number(soon) + 1);
      expect(await refusal(accessToken.send.offer(dataset, terms, 1n, soon, 1))).to.match(
        /^escrow\/offer-expired/,
      );

      await owner.contracts.registry.send.retire(dataset);
      expect(await refusal(accessToken.send.offer(dataset, terms, 1n, soon * 2n, 1))).to.match(
        /^escrow\/dataset-is-retired/,
      );
    });
  });

  describe('buying', () => {
    it('charges exactly amount times price and mints the units', async () => {
      const { tokenId } = await list(world, 0, 17n);
      const mined = await world.buyer.contracts.accessToken.send.buy(tokenId, 3n);
      expect(at(world.buyer.contracts.accessToken.events('UnitsBought', mined.logs), 0).args).to.deep.equal({
        tokenId,
        buyer: world.buyer.address,
        amount: 3n,
        paid: 51n,
      });
      expect(await units(world.buyer, tokenId)).to.equal(3n);
      expect(await coins(world.buyer)).to.equal(FUNDS - 51n);
      expect(await coins(world.deployment.accessToken)).to.equal(51n);
      expect((await world.buyer.contracts.accessToken.read.offerOf(tokenId)).sold).to.equal(3);
    });

    it('counts the cap over units ever sold, redeemed ones included', async () => {
      const { tokenId } = await list(world, 0, 17n, { cap: 5 });
      const { accessToken } = world.buyer.contracts;
      await accessToken.send.buy(tokenId, 3n);
      await accessToken.send.redeem(tokenId, 3n);
      expect(await refusal(accessToken.send.buy(tokenId, 3n))).to.match(
        /^escrow\/cap-exceeded .*amount 3, left 2/,
      );
      await accessToken.send.buy(tokenId, 2n);
      expect(await refusal(accessToken.send.buy(tokenId, 1n))).to.match(/^escrow\/cap-exceeded/);
    });

    it('refuses amounts that wrap around 32 bits', async () => {
      const { tokenId } = await list(world, 0, 0n, { cap: 5 });
      expect(await refusal(world.buyer.contracts.accessToken.send.buy(tokenId, 2n ** 32n + 1n))).to.match(
        /^escrow\/cap-exceeded/,
      );
    });

    it('ends with the validity, to the second', async () => {
      const validUntil = (await world.chain.now()) + 1_000;
      const { tokenId } = await list(world, 0, 17n, { validUntil: BigInt(validUntil) });
      await world.chain.nextBlockAt(validUntil);
      await world.buyer.contracts.accessToken.send.buy(tokenId, 1n);
      expect(await refusal(world.buyer.contracts.accessToken.send.buy(tokenId, 1n))).to.match(
        /^escrow\/offer-expired/,
      );
    });

    it('refuses no units, unknown offers, retired datasets and what is not approved or owned', async () => {
      const { tokenId, dataset, owner } = await list(world, 0, 17n);
      const { accessToken, paymentToken } = world.buyer.contracts;
      expect(await refusal(accessToken.send.buy(tokenId, 0n))).to.match(/^escrow\/zero-amount/);
      expect(await refusal(accessToken.send.buy(99n, 1n))).to.match(/^escrow\/unknown-offer/);
      expect(await refusal(world.coordinator.contracts.accessToken.send.buy(tokenId, 1n))).to.match(
        /^escrow\/allowance-too-low/,
      );
      await paymentToken.send.transfer(world.stranger.address, FUNDS);
      expect(await refusal(accessToken.send.buy(tokenId, 1n))).to.match(/^escrow\/balance-too-low/);
      await owner.contracts.registry.send.retire(dataset);
      expect(await refusal(world.stranger.contracts.accessToken.send.buy(tokenId, 1n))).to.match(
        /^escrow\/dataset-is-retired/,
      );
    });
  });

  it('the test coin is play money: six decimals, and refused off the local chain', async () => {
    const { paymentToken } = world.buyer.contracts;
    expect(await paymentToken.read.decimals()).to.equal(6);
    expect(await paymentToken.read.symbol()).to.equal('tUSD');
    const elsewhere = await startTestChain({ accounts: 1, chainId: 1 });
    const deployed = deployContract(at(elsewhere.accounts, 0).transactor, testCoin, []);
    expect(await refusal(deployed)).to.match(/^escrow\/only-on-a-local-chain .*chainId 1/);
    await elsewhere.stop();
  });
});
