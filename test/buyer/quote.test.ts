/** What a job costs, and what is not for sale. */
import { expect } from 'chai';
import { buyAccess } from '#buyer/buy.ts';
import type { Offer } from '#buyer/offers.ts';
import { assertAffordable, quoteFrom, quoteJob, type Quote } from '#buyer/quote.ts';
import { toAddress } from '#protocol/units.ts';
import { at, FUNDS } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { codeOf, listDataset, startStage, type Stage } from './stage.ts';

const offer = (dataset: number, token: number, price: bigint, left = 100): Offer => ({
  dataset,
  token,
  price,
  left,
  validUntil: 2_000_000_000,
  terms: digestOfText('use'),
});
const account = { balance: 700n, allowance: { accessToken: 0n, escrow: 0n } };
const none = () => 0n;

describe('a quote', () => {
  const offers = [offer(3, 30, 50n), offer(3, 31, 70n), offer(8, 80, 7n)];

  it('charges the fee on all units, those held too, each rounded down as the escrow does', () => {
    const conditions = { fee: 500, arbiter: { address: toAddress(`0x${'77'.repeat(20)}`), fee: 9n } };
    const wanted = { datasets: [3, 8], rounds: 4, bonusPool: 5n, conditions };
    const quote = quoteFrom(wanted, offers, (token) => (token === 30 ? 3n : 0n), account);
    // 5 % of 50 is 2.5, of 7 is 0.35: 2 and 0 a unit.
    expect(quote).to.include({ fees: 8n, total: 200n + 28n + 5n + 8n, toPay: 50n + 28n + 5n + 8n });
    expect(quote.conditions).to.equal(conditions);
  });

  it('adds up price × rounds of each dataset and the bonus', () => {
    const quote = quoteFrom(
      { datasets: [8, 3], rounds: 4, bonusPool: 99n, conditions: null },
      offers,
      none,
      account,
    );
    expect(quote.lines).to.deep.equal([
      { dataset: 3, token: 30, price: 50n, units: 4, held: 0, toBuy: 4, full: 200n, cost: 200n },
      { dataset: 8, token: 80, price: 7n, units: 4, held: 0, toBuy: 4, full: 28n, cost: 28n },
    ]);
    expect(quote).to.include({ total: 327n, toPay: 327n, balance: 700n, affordable: true });
  });

  it('does not charge again for units that are held, up to those that are needed', () => {
    const held = (token: number) => (token === 30 ? 3n : 9n);
    const quote = quoteFrom(
      { datasets: [3, 8], rounds: 4, bonusPool: 5n, conditions: null },
      offers,
      held,
      account,
    );
    expect(quote.lines.map((line) => [line.held, line.toBuy, line.cost])).to.deep.equal([
      [3, 1, 50n],
      [4, 0, 0n],
    ]);
    expect(quote).to.include({ total: 233n, toPay: 55n });
  });

  it('says when the balance is too low, to the base unit', () => {
    const wanted = { datasets: [3], rounds: 4, bonusPool: 0n, conditions: null };
    const exact = quoteFrom(wanted, offers, none, { ...account, balance: 200n });
    const short = quoteFrom(wanted, offers, none, { ...account, balance: 199n });
    expect(exact.affordable).to.equal(true);
    expect(() => assertAffordable(exact)).not.to.throw();
    expect(() => assertAffordable(short))
      .to.throw('fund it with 1 more')
      .with.property('code', 'quote/balance-too-low');
  });

  it('takes the cheapest offer that has enough units, those held counted in', () => {
    const two = [offer(3, 30, 50n, 3), offer(3, 31, 70n, 9)];
    const chosen = (held: (token: number) => bigint) =>
      quoteFrom({ datasets: [3], rounds: 4, bonusPool: 0n, conditions: null }, two, held, account).lines[0]
        ?.token;
    expect(chosen(none)).to.equal(31);
    expect(chosen((token) => (token === 30 ? 1n : 0n))).to.equal(30);
  });

  it('refuses what can not be had', () => {
    const quote =
      (datasets: number[], rounds = 2) =>
      () =>
        quoteFrom({ datasets, rounds, bonusPool: 0n, conditions: null }, offers, none, account);
    expect(quote([])).to.throw().with.property('code', 'quote/no-datasets');
    expect(quote([3, 3]))
      .to.throw()
      .with.property('code', 'quote/duplicate-dataset');
    expect(quote([3, 4]))
      .to.throw('dataset 4')
      .with.property('code', 'quote/no-offer');
    expect(quote([3], 101))
      .to.throw('100 units left')
      .with.property('code', 'quote/sold-out');
    for (const rounds of [0, 65_536, 1.5])
      expect(quote([3], rounds))
        .to.throw()
        .with.property('code', 'quote/rounds');
  });

  describe('on a chain', () => {
    let stage: Stage;
    before(async () => {
      stage = await startStage();
    });
    beforeEach(async () => {
      stage = await stage.reset();
    });
    after(() => stage.stop());

    const quote = (datasets: number[], rounds = 3): Promise<Quote> =>
      quoteJob(stage.setting.contracts, stage.world.buyer.address, {
        datasets,
        rounds,
        bonusPool: 11n,
        conditions: null,
      });
    const datasets = () => stage.listings.map(({ dataset }) => dataset);

    it('reads offers, what is held, balance and allowances', async () => {
      const { contracts } = stage.setting;
      await contracts.paymentToken.send.approve(contracts.accessToken.address, 77n);
      await contracts.paymentToken.send.approve(contracts.escrow.address, 5n);
      await contracts.accessToken.send.buy(BigInt(at(stage.listings, 1).token), 2n);
      const found = await quote(datasets().reverse());
      expect(found.lines.map(({ dataset }) => dataset)).to.deep.equal(datasets());
      expect(found.lines.map(({ price, toBuy }) => [price, toBuy])).to.deep.equal([
        [20n, 3],
        [21n, 1],
        [22n, 3],
        [23n, 3],
      ]);
      expect(found).to.include({ total: 269n, toPay: 227n, balance: FUNDS - 42n });
      expect(found.allowance).to.deep.equal({ accessToken: 35n, escrow: 5n });
    });

    it('prefers the cheaper of two offers and counts what was sold', async () => {
      const { accessToken } = at(stage.world.owners, 0).contracts;
      const dataset = at(datasets(), 0);
      const until = BigInt((await stage.world.chain.now()) + 1_000);
      await accessToken.send.offer(BigInt(dataset), digestOfText('use'), 15n, until, 4);
      const [line] = (await quote([dataset])).lines;
      expect(line?.price).to.equal(15n);
      await stage.world.stranger.contracts.accessToken.send.buy(BigInt(line?.token ?? 0), 2n);
      expect((await quote([dataset])).lines[0]?.price).to.equal(20n);
    });

    it('leaves out offers that ran out, retired datasets, and those without an operator', async () => {
      const [first, second, third] = datasets();
      const { registry } = at(stage.world.owners, 0).contracts;
      await registry.send.retire(BigInt(first ?? 0));
      expect(await codeOf(quote([first ?? 0]))).to.equal('quote/no-offer');

      const seller = at(stage.world.owners, 1);
      await seller.contracts.registry.send.transferFrom(
        seller.address,
        stage.world.stranger.address,
        BigInt(second ?? 0),
      );
      expect(await codeOf(quote([second ?? 0]))).to.equal('quote/no-offer');

      expect((await quote([third ?? 0])).lines).to.have.length(1);
      await stage.world.chain.mineAt((await stage.world.chain.now()) + 2_000_000);
      expect(await codeOf(quote([third ?? 0]))).to.equal('quote/no-offer');
    });

    for (const payment of ['permit', 'approve'] as const) {
      it(`buys exactly what it lacks, by ${payment}`, async () => {
        const { contracts, key } = stage.setting;
        const bought: number[] = [];
        const buy = async () =>
          buyAccess(contracts, await quote(datasets()), payment === 'permit' ? key : null, ({ token }) =>
            bought.push(token),
          );
        await buy();
        expect(bought).to.deep.equal(stage.listings.map(({ token }) => token));
        expect(await contracts.paymentToken.read.balanceOf(contracts.account)).to.equal(FUNDS - 258n);
        for (const { token } of stage.listings) {
          expect(await contracts.accessToken.read.balanceOf(contracts.account, BigInt(token))).to.equal(3n);
        }
        await buy();
        expect(bought).to.have.length(4);
        const left = await contracts.paymentToken.read.allowance(
          contracts.account,
          contracts.accessToken.address,
        );
        expect(left).to.equal(0n);
      });
    }

    it('uses an allowance that is there', async () => {
      const { contracts } = stage.setting;
      await contracts.paymentToken.send.approve(contracts.accessToken.address, 1_000n);
      await buyAccess(contracts, await quote(datasets()), null);
      const left = await contracts.paymentToken.read.allowance(
        contracts.account,
        contracts.accessToken.address,
      );
      expect(left).to.equal(742n);
    });

    it('sends nothing where the balance is too low for all of it', async () => {
      const { contracts } = stage.setting;
      const dear = await listDataset(stage.world, stage.store, 0, FUNDS);
      const found = await quote([at(datasets(), 1), dear.dataset], 1);
      expect(await codeOf(buyAccess(contracts, found, null))).to.equal('quote/balance-too-low');
      expect(await contracts.paymentToken.read.balanceOf(contracts.account)).to.equal(FUNDS);
    });
  });
});
