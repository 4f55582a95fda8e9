/** An account's transactions, sent by several at once and cut off anywhere: each is on chain once, none is lost. */
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { startAnvil } from '#contracts/anvil.ts';
import { openChain } from '#contracts/provider.ts';
import { at } from '#test/contracts/world.ts';
import { codeOf } from '../code-of.ts';
import { eventually } from '../launch.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { OutboxStage, pay, payee } from './stage.ts';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Code of a contract that refuses, without a word, whoever is not the first. */
const onlyOnce = '5f5415600957' + '5f5ffd' + '5b60015f5500';

describe('an outbox', function () {
  this.timeout(60_000);
  let stage: OutboxStage;
  before(async () => void (stage = await OutboxStage.start()));
  beforeEach(() => stage.reset());
  after(() => stage.stop());

  it('gives two that share an account and a database consecutive nonces, each one once', async () => {
    const senders = [stage.open(), stage.open()];
    const mined = await Promise.all(
      senders.flatMap(({ transactor }, sender) =>
        upTo(20).map((n) => transactor.send(pay(BigInt(1 + 100 * sender + n)))),
      ),
    );
    const found = await stage.onChain();
    expect(found.map(({ nonce }) => nonce)).to.deep.equal(upTo(40));
    expect(found.map(({ hash }) => hash)).to.have.members(mined.map(({ transaction }) => transaction));
    const amounts = found.map(({ value }) => Number(value)).sort((a, b) => a - b);
    expect(amounts).to.deep.equal([...upTo(20).map((n) => 1 + n), ...upTo(20).map((n) => 101 + n)]);
    expect(new Set((await stage.kept()).map(({ state }) => state))).to.deep.equal(new Set(['deep']));
  });

  it('gives all who ask for the same while it is under way one transaction, and who asks later another', async () => {
    const senders = [stage.open(), stage.open()];
    await stage.mining(false);
    const asked = [0, 1, 0].map((sender) => senders[sender]!.transactor.send(pay(7n)));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length > 0,
    );
    await stage.mining(true);
    await stage.mine();
    const [first, ...others] = await Promise.all(asked);
    expect(others).to.deep.equal([first, first]);
    const again = await senders[1]!.transactor.send(pay(7n));
    expect((await stage.onChain()).map(({ hash }) => hash)).to.deep.equal([
      first?.transaction,
      again.transaction,
    ]);
  });

  it('goes on from the nonce that the key has used elsewhere, waiting ones counted', async () => {
    await stage.wallet.sendTransaction({ to: payee, value: 1n });
    await stage.mining(false);
    await stage.wallet.sendTransaction({ to: payee, value: 2n, nonce: 1 });
    const sent = stage.open().transactor.send(pay(3n));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 2,
    );
    await stage.mine();
    await sent;
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([
      [0, 1n],
      [1, 2n],
      [2, 3n],
    ]);
  });

  it('takes no nonce for what the chain would refuse, and says of what failed when mined why', async () => {
    const { transactor } = stage.open();
    const { created } = await transactor.send({ data: `0x6e${onlyOnce}5f52600f6011f3` });
    const to = created ?? expect.fail();
    await stage.mining(false);
    const both = [1n, 2n].map((value) => codeOf(transactor.send({ to, data: '0x', value })));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 2,
    );
    await stage.mine();
    expect(await Promise.all(both)).to.have.members(['resolved', 'escrow/refused']);
    await stage.mining(true);
    expect(await codeOf(transactor.send({ to, data: '0x', value: 3n }))).to.equal('escrow/refused');
    expect((await stage.kept()).map(({ nonce, state }) => [nonce, state])).to.deep.equal([
      [0, 'deep'],
      [1, 'deep'],
      [2, 'deep'],
    ]);
  });

  it('stops waiting when it is stopped, and the next one ends what it began', async () => {
    await stage.mining(false);
    const first = stage.open();
    const sent = codeOf(first.transactor.send(pay(5n)));
    await eventually(
      () => stage.waiting(),
      (waiting) => waiting.length === 1,
    );
    await first.stop();
    expect(await sent).to.equal('chain/not-mined');
    stage.open();
    await stage.mine();
    await eventually(
      () => stage.kept(),
      ([row]) => row?.state === 'deep',
    );
    expect(await stage.onChain()).to.have.length(1);
  });

  it('waits for gas money where there is none left, and goes on when there is', async () => {
    const { outbox, reached } = stage.openCut('before-broadcast');
    void outbox.transactor.send(pay(6n));
    await reached;
    const purse = (wei: bigint) =>
      stage.chain.provider.send('anvil_setBalance', [stage.wallet.address, `0x${wei.toString(16)}`]);
    await purse(5n);
    const { transactor } = stage.open({ pace: { timeoutMs: 200, stuckMs: 0 } });
    expect(await codeOf(transactor.send(pay(6n)))).to.equal('chain/insufficient-funds');
    expect(stage.said('the chain refuses a transaction; trying again')).to.have.length(1);
    await purse(10n ** 18n);
    await eventually(
      () => stage.kept(),
      ([row]) => row?.state === 'deep',
    );
    expect((await stage.onChain()).map(({ nonce, value }) => [nonce, value])).to.deep.equal([[0, 6n]]);
  });

  it('waits for a node that restarts, which has forgotten what waited in it, and offers it again', async () => {
    const folder = await newFolder();
    const stateFile = join(folder, 'state.json');
    const anvil = await startAnvil({ stateFile, blockTime: 3_600 });
    const provider = await openChain(anvil.url);
    const wallet = new Wallet(at(stage.chain.accounts, 3).key.privateKey, provider);
    const sent = stage.open({ wallet }).transactor.send(pay(7n));
    await eventually(
      () => stage.kept(),
      ([row]) => row?.state === 'sent',
    );
    await anvil.stop();
    const again = await startAnvil({ stateFile, port: Number(new URL(anvil.url).port) });
    await sent;
    expect(await provider.getBalance(payee)).to.equal(7n);
    await stage.closeAll();
    provider.destroy();
    await again.stop();
    await removeFolder(folder);
  });

  describe('that dies', () => {
    for (const point of ['before-broadcast', 'after-broadcast', 'after-receipt'] as const) {
      it(`${point.replace('-', ' ')} has its very transaction on chain by the next, which gives it to who asks`, async () => {
        if (point !== 'after-receipt') await stage.mining(false);
        const cut = stage.openCut(point);
        const asking = cut.outbox.transactor.send(pay(9n));
        await cut.reached;
        const [planned] = await stage.kept();
        const state = point === 'after-receipt' ? 'sent' : 'planned';
        expect(planned).to.deep.include({ nonce: 0, state });
        expect(await stage.waiting()).to.have.length(point === 'after-broadcast' ? 1 : 0);

        const { transactor } = stage.open();
        const again = transactor.send(pay(9n));
        const next = transactor.send(pay(10n));
        if (point !== 'after-receipt') {
          await eventually(
            () => stage.waiting(),
            (waiting) => waiting.length === 2,
          );
          await stage.mine();
        }
        expect((await again).transaction).to.equal(planned?.hashes[0]);
        await next;
        const found = await stage.onChain();
        expect(found.map(({ nonce, value }) => [nonce, value])).to.deep.equal([
          [0, 9n],
          [1, 10n],
        ]);
        void asking;
      });
    }
  });
});
