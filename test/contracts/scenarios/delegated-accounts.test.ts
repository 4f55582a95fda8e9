import { Wallet } from 'ethers';
import { expect } from 'chai';
import { deployContract } from '#contracts/artifact.ts';
import type { Address } from '#protocol/units.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { activeJob, leavesOf, payoutTree, quorumOf, settle, settlement } from '../job.ts';
import { contractWallet, hostileOwner } from '../mocks.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

/** EIP-7702: a key's account may have code, of a contract that it chose. */
describe('scenario: accounts with delegated code', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  /** Another account pays for the transaction that carries the authorisation. */
  async function delegate(privateKey: string, code: Address): Promise<void> {
    const { provider } = world.chain;
    const wallet = new Wallet(privateKey, provider);
    const nonce = await provider.getTransactionCount(wallet.address);
    const authorization = await wallet.authorize({ address: code, nonce, chainId: world.deployment.chainId });
    const payer = new Wallet(world.arbiter.key.privateKey, provider);
    const sent = await payer.sendTransaction({
      ...{ type: 4, to: payer.address, authorizationList: [authorization], gasLimit: 200_000n },
    });
    await sent.wait();
    expect(await provider.getCode(wallet.address)).to.equal(`0xef0100${code.slice(2)}`);
  }

  async function hostileCode(): Promise<Address> {
    return (await deployContract(world.stranger.transactor, hostileOwner, [true])).created;
  }

  async function signedRound() {
    const job = await activeJob(world, { rounds: 1, seats: [1, 2, 3].map(() => ({ price: 50n, units: 1 })) });
    const tree = payoutTree(job.job, leavesOf([1, 1, 1]));
    const given = settlement(job, 1, tree.root, [0, 1, 2]);
    const deadline = BigInt((await world.chain.now()) + 500);
    return { job, tree, given, quorum: quorumOf(world, job, given, [0, 1, 2], deadline) };
  }

  it('an operator signs by its key all the same', async () => {
    const { job, given, quorum } = await signedRound();
    const code = await hostileCode();
    for (const seat of [0, 1, 2]) await delegate(operatorKey(seat).privateKey, code);
    const { readyAt } = await settle(world, job, given, quorum);
    expect(readyAt).to.equal((await world.chain.now()) + 100);
  });

  it('an owner is paid, whatever its code does when it is called', async () => {
    const { job, tree, given, quorum } = await signedRound();
    const { owner } = at(job.listings, 1);
    await delegate(owner.key.privateKey, await hostileCode());
    const { record, readyAt } = await settle(world, job, given, quorum);
    await world.chain.mineAt(readyAt);
    const leaf = at(tree.leaves, 1);
    await world.stranger.contracts.escrow.send.claimFor(job.job, record, leaf, tree.proof(1));
    expect(await owner.contracts.paymentToken.read.balanceOf(owner.address)).to.equal(50n);
    await owner.contracts.registry.send.setOperator(at(job.listings, 1).dataset, world.stranger.address);
  });

  it('a buyer with code approves by ERC-1271, as that code says', async () => {
    const { job, given, quorum } = await signedRound();
    await delegate(world.buyer.key.privateKey, await hostileCode());
    expect(await refusal(settle(world, job, given, quorum))).to.match(/^escrow\/bad-approval/);
    const wallet = await deployContract(world.stranger.transactor, contractWallet, [world.buyer.address]);
    await delegate(world.buyer.key.privateKey, wallet.created);
    await settle(world, job, given, quorum);
  });
});
