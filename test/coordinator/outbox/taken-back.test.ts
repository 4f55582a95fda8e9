/** Chains that take back what they held, and nonces that others use or leave. */
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { codeOf } from '../code-of.ts';
import { eventually } from '../launch.ts';
import { OutboxStage, pay, payee } from './stage.ts';

const DEEP = 4;

describe('an outbox on a chain that is reorganised', function () {
  this.timeout(60_000);
  let stage: OutboxStage;
  before(async () => void (stage = await OutboxStage.start()));
  beforeEach(() => stage.reset());
  after(() => stage.stop());

  const until = (state: string, at = 0) =>
    eventually(
      () => stage.kept(),
      (rows) => rows[at]?.state === state,
    );
  const reorg = (depth: number) => stage.chain.provider.send('anvil_reorg', [depth, []]);
  const took = 'a reorganisation took a transaction back; it is broadcast again';

  it('broadcasts again what was mined and not deep, and gives its result once it is deep', async () => {
    const sent = stage.open({ pace: { confirmations: DEEP } }).transactor.send(pay(1n));
    const [mined] = await until('mined');
    await stage.mining(false);
    await reorg(1);
    await until('sent');
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 1,
    );
    await stage.mine(DEEP);
    expect((await sent).transaction).to.equal(mined?.hashes[0]);
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([[0, 1n]]);
    expect(stage.said(took)).to.have.length(1);
  });

  it('broadcasts again what a deeper one took back than was thought possible, before it takes that nonce', async () => {
    const { transactor } = stage.open();
    const [first] = [await transactor.send(pay(1n)), await transactor.send(pay(2n))];
    await reorg(2);
    // The purpose is under way again: who asks for it gets that very transaction.
    expect((await transactor.send(pay(1n))).transaction).to.equal(first.transaction);
    await transactor.send(pay(3n));
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([
      [0, 1n],
      [1, 2n],
      [2, 3n],
    ]);
    expect(stage.said(took)).to.have.length(2);
  });

  it('keeps the nonce of one taken back whose purpose another has now', async () => {
    const { transactor } = stage.open({ pace: { confirmations: 2 } });
    const first = transactor.send(pay(1n));
    await until('mined');
    await stage.mine();
    await first;
    const second = transactor.send(pay(1n));
    await until('mined', 1);
    await reorg(3);
    await eventually(
      () => stage.onChain(),
      (found) => found.length === 2,
    );
    await stage.mine(2);
    await second;
    const rows = await stage.kept();
    expect(rows.map(({ nonce, state }) => [nonce, state])).to.deep.equal([
      [0, 'deep'],
      [1, 'deep'],
    ]);
    expect(rows[0]?.purpose).to.match(/#\d+$/);
  });

  it('plans again with the next nonce where another transaction has used its own', async () => {
    await stage.mining(false);
    const sent = stage.open().transactor.send(pay(6n));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 1,
    );
    const elsewhere = new Wallet(stage.wallet.privateKey, stage.chain.provider);
    await elsewhere.sendTransaction({
      ...{ to: payee, value: 60n, nonce: 0 },
      ...{ maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 10n },
    });
    await stage.mine();
    await eventually(
      () => stage.waiting(),
      ([first]) => first?.nonce === 1,
    );
    await stage.mine();
    const { transaction } = await sent;
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([
      [0, 60n],
      [1, 6n],
    ]);
    const [used, again] = await stage.kept();
    expect(used).to.include({ nonce: 0, state: 'dropped' });
    expect(again).to.include({ nonce: 1, state: 'deep' });
    expect(again?.hashes).to.deep.equal([transaction]);
    const said = stage.said('the nonce of a transaction was used by another, sent elsewhere with this key');
    expect(said).to.have.length(1);
  });

  it('fills a nonce that a lost foreign transaction has left free, so that its own do not wait for ever', async () => {
    await stage.mining(false);
    await stage.wallet.sendTransaction({ to: payee, value: 70n, nonce: 0 });
    const sent = stage.open({ pace: { stuckMs: 100 } }).transactor.send(pay(7n));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 2,
    );
    await stage.chain.provider.send('anvil_dropAllTransactions', []);
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 2,
    );
    await stage.mine();
    await sent;
    const own = stage.wallet.address.toLowerCase();
    expect((await stage.onChain()).map(({ nonce, to, value }) => [nonce, to, value])).to.deep.equal([
      [0, own, 0n],
      [1, payee, 7n],
    ]);
  });

  it('gives up what the chain would never take, and uses its nonce for the next', async () => {
    const { provider } = stage.chain;
    const { transactor } = stage.open({ pace: { stuckMs: 50 } });
    const heavy = codeOf(refusedByNode(stage, () => transactor.send(pay(8n))));
    expect(await heavy).to.equal('chain/failed');
    await transactor.send(pay(9n));
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([[0, 9n]]);
    expect((await stage.kept()).map(({ nonce, state }) => [nonce, state])).to.deep.equal([
      [0, 'dropped'],
      [0, 'deep'],
    ]);
    expect(await provider.getTransactionCount(stage.wallet.address)).to.equal(1);
  });
});

/** Sends while the node estimates less gas than it then asks of the transaction itself. */
async function refusedByNode<T>({ chain }: OutboxStage, send: () => Promise<T>): Promise<T> {
  const estimate = chain.provider.estimateGas.bind(chain.provider);
  chain.provider.estimateGas = async () => 5n;
  try {
    return await send();
  } finally {
    chain.provider.estimateGas = estimate;
  }
}
