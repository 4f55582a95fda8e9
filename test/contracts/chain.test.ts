import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HDNodeWallet, JsonRpcProvider, Wallet, id, parseEther } from 'ethers';
import { localMnemonic, startAnvil } from '#contracts/anvil.ts';
import { datasetRegistry } from '#contracts/bindings/dataset-registry.ts';
import { trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import { confirmationsFor, openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { toAddress } from '#protocol/units.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { at, refusal, startWorld, type World } from './world.ts';

describe('the way to a chain', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const wallet = (index: number, provider: JsonRpcProvider = world.chain.provider) =>
    HDNodeWallet.fromPhrase(localMnemonic, undefined, `m/44'/60'/0'/0/${index}`).connect(provider);

  /** A server that answers every request with one status and body. */
  async function answering(status: number, body: string): Promise<{ server: Server; url: string }> {
    const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  describe('opening', () => {
    it('fails with a code, soon, where nothing or something else answers', async () => {
      const { server, url } = await answering(200, 'a web page');
      expect(await refusal(openChain(url))).to.match(/^chain\/unreachable No chain answers at http/);
      server.close();
      await once(server, 'close');
      expect(await refusal(openChain(url))).to.match(/^chain\/unreachable/);
      const odd = await answering(200, '{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}');
      expect(await refusal(openChain(odd.url))).to.match(/^chain\/unreachable/);
      odd.server.close();
    });

    it('does not wait for ever for one that is silent', async () => {
      const silent = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      expect(await refusal(openChain(url, { timeoutMs: 100 }))).to.match(/^chain\/unreachable/);
      silent.closeAllConnections();
      silent.close();
    });

    it('tells one chain from another', async () => {
      expect(await refusal(openChain(world.chain.url, { chainId: 1 }))).to.match(
        /^chain\/other-chain .*31337/,
      );
      const provider = await openChain(world.chain.url, { chainId: 31_337 });
      expect(await provider.getBlockNumber()).to.be.above(0);
      provider.destroy();
    });

    it('asks for one confirmation locally and twelve elsewhere', () => {
      expect([confirmationsFor(31_337), confirmationsFor(1)]).to.deep.equal([1, 12]);
    });
  });

  describe('sending', () => {
    it('puts transactions sent at once in order, and gives each its receipt', async () => {
      const transactor = await createTransactor(wallet(4));
      const registry = writeContract(datasetRegistry, world.deployment.registry, transactor);
      const mined = await Promise.all(
        [1, 2, 3, 4].map((n) => registry.send.register(digestOfText(`d${n}`), operatorAddress(n))),
      );
      const registered = mined.map(({ logs }) => at(registry.events('DatasetRegistered', logs), 0));
      expect(registered.map(({ args }) => args.dataset)).to.deep.equal([1n, 2n, 3n, 4n]);
      expect(registered.map(({ args }) => args.manifest)).to.deep.equal(
        [1, 2, 3, 4].map((n) => digestOfText(`d${n}`)),
      );
      expect(registered.map(({ transaction }) => transaction)).to.deep.equal(
        mined.map(({ transaction }) => transaction),
      );
      expect(at(mined, 0).gasUsed > 50_000n).to.equal(true);
    });

    it('shares an account with others, whoever takes the next nonce', async () => {
      const sending = 40;
      const senders = await Promise.all(Array.from({ length: 4 }, () => createTransactor(wallet(4))));
      const to = toAddress(`0x${'cd'.repeat(20)}`);
      await Promise.all(
        senders.flatMap((sender) =>
          Array.from({ length: sending / senders.length }, () => sender.send({ to, data: '0x', value: 3n })),
        ),
      );
      expect(await world.chain.provider.getBalance(to)).to.equal(3n * BigInt(sending));
    });

    it('goes on after a refusal, which names the contract’s reason', async () => {
      const transactor = await createTransactor(wallet(4));
      const escrow = writeContract(trainingEscrow, world.deployment.escrow, transactor);
      const registry = writeContract(datasetRegistry, world.deployment.registry, transactor);
      const [closed, registered] = await Promise.allSettled([
        escrow.send.close(5n),
        registry.send.register(digestOfText('d'), operatorAddress(1)),
      ]);
      expect(registered.status).to.equal('fulfilled');
      expect(
        await refusal(
          closed.status === 'rejected' ? Promise.reject(closed.reason as Error) : Promise.resolve(),
        ),
      ).to.equal(
        'escrow/no-such-job The contract refused: NoSuchJob (job 5). Check the number of the job, and the chain and escrow.',
      );
    });

    it('simulates without sending, as the account', async () => {
      const { registry, escrow } = at(world.owners, 0).contracts;
      expect(await registry.simulate.register(digestOfText('d'), operatorAddress(1))).to.equal(1n);
      expect(await refusal(escrow.simulate.cancel(3n))).to.match(/^escrow\/no-such-job/);
      expect(await refusal(registry.read.ownerOf(1n))).to.match(/^escrow\/unknown-dataset/);
    });

    it('says when the account has no coins for gas', async () => {
      const poor = new Wallet(id('poor'), world.chain.provider);
      const registry = writeContract(
        datasetRegistry,
        world.deployment.registry,
        await createTransactor(poor),
      );
      expect(await refusal(registry.send.register(digestOfText('d'), operatorAddress(1)))).to.match(
        /^chain\/insufficient-funds/,
      );
    });

    it('sends the chain’s own coin', async () => {
      const transactor = await createTransactor(wallet(4));
      const to = toAddress(`0x${'ab'.repeat(20)}`);
      await transactor.send({ to, data: '0x', value: parseEther('2') });
      expect(await world.chain.provider.getBalance(to)).to.equal(parseEther('2'));
    });

    it('waits for as many blocks as asked, and no longer than told', async () => {
      const patient = await createTransactor(wallet(4), { confirmations: 3, timeoutMs: 5_000, pollingMs: 5 });
      const count = () => world.chain.provider.getTransactionCount(patient.address);
      const before = await count();
      const sent = patient.send({ to: world.buyer.address, data: '0x' });
      // Blocks count from the one that it is in.
      while ((await count()) === before) await new Promise(setImmediate);
      const early = await Promise.race([sent.then(() => 'early'), mined(world, 1).then(() => 'waiting')]);
      expect(early).to.equal('waiting');
      await mined(world, 2);
      expect((await sent).block).to.be.above(0);
      const hasty = await createTransactor(wallet(4), { confirmations: 99, timeoutMs: 60, pollingMs: 5 });
      expect(await refusal(hasty.send({ to: world.buyer.address, data: '0x' }))).to.match(
        /^chain\/not-mined Transaction 0x.* was sent but not confirmed within 0.06 s/,
      );
    });

    it('says when the chain is gone', async () => {
      const anvil = await startAnvil();
      const provider = await openChain(anvil.url);
      const transactor = await createTransactor(wallet(0, provider));
      const registry = writeContract(datasetRegistry, world.deployment.registry, transactor);
      await anvil.stop();
      expect(await refusal(transactor.send({ to: world.buyer.address, data: '0x' }))).to.match(
        /^chain\/unreachable/,
      );
      expect(await refusal(registry.read.datasetOf(1n))).to.match(/^chain\/unreachable/);
      provider.destroy();
    });

    it('says when there is no contract at the address', async () => {
      const nobody = writeContract(
        datasetRegistry,
        toAddress(`0x${'12'.repeat(20)}`),
        world.buyer.transactor,
      );
      expect(await refusal(nobody.read.datasetOf(1n))).to.match(/^chain\/no-contract/);
    });
  });

  describe('the local chain', () => {
    it('goes on from its state file', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tributary-chain-'));
      const stateFile = join(folder, 'state.json');
      const first = await startAnvil({ stateFile });
      const provider = await openChain(first.url);
      const transactor = await createTransactor(wallet(0, provider));
      await transactor.send({ to: toAddress(`0x${'cd'.repeat(20)}`), data: '0x', value: 5n });
      provider.destroy();
      await first.stop();
      const second = await startAnvil({ stateFile });
      const again = await openChain(second.url);
      expect(await again.getBalance(`0x${'cd'.repeat(20)}`)).to.equal(5n);
      again.destroy();
      await second.stop();
      rmSync(folder, { recursive: true });
    });

    it('says so when its port is taken', async () => {
      const first = await startAnvil();
      const port = Number(new URL(first.url).port);
      expect(await refusal(startAnvil({ port }))).to.match(/^chain\/not-started/);
      await first.stop();
      await first.stop();
    });
  });
});

/** Mines empty blocks. */
async function mined(world: World, blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block += 1) await world.chain.mineAt((await world.chain.now()) + 1);
}
