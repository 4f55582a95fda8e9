/** Transactions that pay too little for the chain as it has become. */
import { expect } from 'chai';
import { codeOf } from '../code-of.ts';
import { eventually } from '../launch.ts';
import { GWEI, OutboxStage, pay } from './stage.ts';

/** At once, so that a test need not wait: an outbox that replaces whatever the last block left out. */
const hasty = { replaceAfter: { blocks: 1, ms: 0 } };

describe('an outbox whose transaction pays too little', function () {
  this.timeout(60_000);
  let stage: OutboxStage;
  before(async () => void (stage = await OutboxStage.start()));
  beforeEach(async () => {
    await stage.reset();
    await stage.mining(false);
  });
  after(() => stage.stop());

  const untilWaiting = (least = 0n) =>
    eventually(
      () => stage.waiting(),
      ([first]) => first !== undefined && first.maxFeePerGas > least,
    );

  it('replaces it with the same nonce and at least an eighth more of both, until one is mined', async () => {
    const sent = stage.open({ pace: hasty }).transactor.send(pay(1n));
    const [before] = await untilWaiting();
    // Left out of a block of its own: a cheap chain, and nobody to take it.
    await stage.chain.provider.send('anvil_dropAllTransactions', []);
    await stage.mine();
    const [raised] = await untilWaiting(before?.maxFeePerGas);
    expect(raised?.nonce).to.equal(0);
    expect(raised!.maxFeePerGas * 8n >= before!.maxFeePerGas * 9n).to.equal(true);
    expect(raised!.maxPriorityFeePerGas * 8n >= before!.maxPriorityFeePerGas * 9n).to.equal(true);
    await stage.mineAt(50n);
    const [now] = await untilWaiting(50n * GWEI);
    expect(now?.nonce).to.equal(0);
    await stage.mine();
    const { transaction } = await sent;
    const [row] = await stage.kept();
    expect(row?.hashes.length).to.be.at.least(3);
    expect(row?.hashes.slice(2)).to.include(transaction);
    expect(await stage.onChain()).to.have.length(1);
    expect(stage.said('a transaction is replaced by one that pays more')).to.have.length(
      row!.hashes.length - 1,
    );
  });

  it('takes an older version that was mined after all for its own', async () => {
    const first = stage.open({ pace: hasty });
    const sent = codeOf(first.transactor.send(pay(2n)));
    await untilWaiting();
    await stage.mineAt(50n);
    await eventually(
      () => stage.kept(),
      ([kept]) => (kept?.hashes.length ?? 0) > 1,
    );

    await first.stop();
    expect(await sent).to.equal('chain/not-mined');
    await stage.chain.provider.send('anvil_dropAllTransactions', []);
    await stage.mineAt(1n);
    type Raw = Readonly<{ versions: { raw: string; hash: string }[] }>;
    const [row] = await stage.database.query<Raw>('select versions from transactions', []);
    await stage.chain.provider.send('eth_sendRawTransaction', [row?.versions[0]?.raw]);
    await stage.mine();
    const { transaction } = await stage.open().transactor.send(pay(2n));
    expect(transaction).to.equal(row?.versions[0]?.hash);
    expect((await stage.onChain()).map(({ hash }) => hash)).to.deep.equal([transaction]);
  });

  it('waits at its cap, says so once, and has lost nothing when the chain is cheap again', async () => {
    const options = { pace: { ...hasty, timeoutMs: 400 }, maxGasPrice: 4n * GWEI };
    const { transactor } = stage.open(options);
    const sent = codeOf(transactor.send(pay(3n)));
    await untilWaiting();
    await stage.mineAt(50n);
    expect(await sent).to.equal('chain/fee-cap');
    const said = stage.said('a transaction waits: the chain asks for more than the cap on gas');
    expect(said).to.have.length(1);
    expect(said[0]).to.include({ code: 'chain/fee-cap', nonce: 0 });
    await stage.mineAt(1n);
    const again = codeOf(transactor.send(pay(3n)));
    await untilWaiting();
    await stage.mine();
    expect(await again).to.equal('resolved');
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([[0, 3n]]);
  });

  it('gives one that a crash kept back its time before it is replaced', async () => {
    const { outbox, reached } = stage.openCut('before-broadcast');
    void outbox.transactor.send(pay(6n));
    await reached;
    await stage.mine(3);
    const sent = stage.open({ pace: hasty }).transactor.send(pay(6n));
    await untilWaiting();
    await stage.mine();
    await sent;
    expect((await stage.kept())[0]?.hashes).to.have.length(1);
  });

  it('leaves one alone that only waits behind another', async () => {
    const { transactor } = stage.open({ pace: hasty });
    const both = [4n, 5n].map((value) => transactor.send(pay(value)));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 2,
    );
    await stage.mineAt(50n);
    await untilWaiting(50n * GWEI);
    const [first, second] = await stage.kept();
    expect(first?.hashes.length).to.be.above(1);
    expect(second?.hashes).to.have.length(1);
    await stage.mining(true);
    await stage.mine();
    await Promise.all(both);
    expect((await stage.onChain()).map(({ nonce }) => nonce)).to.deep.equal([0, 1]);
  });
});
