/** What a chain, a node or a build can fail in beside the contracts' own refusals. */
import { expect } from 'chai';
import { HDNodeWallet, type JsonRpcProvider } from 'ethers';
import { localMnemonic, startAnvil } from '#contracts/anvil.ts';
import { deployContract, readArtifact } from '#contracts/artifact.ts';
import { datasetRegistry } from '#contracts/bindings/dataset-registry.ts';
import { connect } from '#contracts/connect.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import { awaitMined } from '#contracts/receipts.ts';
import type { TypedAbi } from '#contracts/typed-abi.ts';
import { readContract, writeContract } from '#contracts/typed-contract.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { activeJob, leavesOf, settleRounds } from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

type None = Record<string, never>;

describe('what fails beside the contracts', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  it('is a transaction that failed when mined, and would not fail now', async () => {
    const { provider } = world.chain;
    const wallet = HDNodeWallet.fromPhrase(localMnemonic, undefined, "m/44'/60'/0'/0/4").connect(provider);
    const registry = writeContract(datasetRegistry, world.deployment.registry, world.buyer.transactor);
    const data = registry.encode.register(digestOfText('d'), operatorAddress(1));
    const call = { to: world.deployment.registry, data };
    // Enough to be taken, too little to write a dataset: the same call with more gas has nothing to refuse.
    const { hash } = await wallet.sendTransaction({ ...call, gasLimit: 30_000n });
    const sent = { chainId: 31_337, hash, call, from: wallet.address };
    expect(await refusal(awaitMined(provider, sent))).to.match(
      new RegExp(`^chain\\/reverted Transaction ${hash} failed in block \\d+, and would not fail now`),
    );
    expect(await refusal(registry.read.ownerOf(1n))).to.match(/^escrow\/unknown-dataset/);
  });

  it('is a node that no longer has a job’s first rounds', async () => {
    const job = await activeJob(world, { rounds: 3, seats: [{ price: 3n, units: 1 }] });
    const rounds = await settleRounds(world, job, 3, () => leavesOf([1]));
    const whole = connect(world.deployment, world.chain.provider);
    const settlements = await readSettlements(whole, Number(job.job));
    expect(settlements.map(({ round }) => round)).to.deep.equal([1, 2, 3]);
    /** The node, without what one block logged. */
    const without = (block: number) =>
      connect(world.deployment, {
        getBlockNumber: () => world.chain.provider.getBlockNumber(),
        getLogs: async (filter: object) =>
          (await world.chain.provider.getLogs(filter)).filter(({ blockNumber }) => blockNumber !== block),
      } as unknown as JsonRpcProvider);
    for (const [lost, said] of [
      [0, 'skip from round 0 to 2'],
      [1, 'skip from round 1 to 3'],
    ] as const) {
      const contracts = without(at(rounds, lost).mined.block);
      const refused = await refusal(readSettlements(contracts, Number(job.job)));
      expect(refused).to.match(/^chain\/broken-history /);
      expect(refused).to.contain(`job ${job.job}: the chain's events ${said}`);
    }
  });

  it('is a platform for which there is no anvil', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
    Object.defineProperty(process, 'platform', { ...platform, value: 'sunos' });
    try {
      expect(await refusal(startAnvil())).to.match(
        /^chain\/no-anvil There is no anvil for sunos on \w+ \(@foundry-rs\/anvil-sunos-\w+\): run "npm ci"/,
      );
    } finally {
      Object.defineProperty(process, 'platform', platform);
    }
  });

  it('is a contract that was not compiled', async () => {
    const unbuilt: TypedAbi<None, None, None, readonly []> = { name: 'Unbuilt', abi: [] };
    const { transactor } = world.buyer;
    const nonce = await transactor.provider.getTransactionCount(transactor.address);
    expect(await refusal(deployContract(transactor, unbuilt, []))).to.match(
      /^contracts\/not-compiled Unbuilt is not compiled: run "node --import tsx scripts\/compile-contracts\.ts"/,
    );
    expect(await transactor.provider.getTransactionCount(transactor.address)).to.equal(nonce);
    expect(readArtifact('DatasetRegistry').bytecode).to.match(/^0x60/);
  });

  it('is a binding that promises an event which its ABI has not', () => {
    const { deployment, chain } = world;
    type Promised = { DatasetRegistered: { dataset: bigint }; DatasetForgotten: { dataset: bigint } };
    const outdated: TypedAbi<None, None, Promised, readonly []> = {
      name: 'DatasetRegistry',
      abi: datasetRegistry.abi,
    };
    const registry = readContract(outdated, deployment.registry, chain.provider);
    expect(registry.topics('DatasetRegistered', { dataset: 2n })).to.have.length.above(1);
    for (const read of [
      () => registry.topics('DatasetForgotten', {}),
      () => registry.events('DatasetForgotten', []),
    ]) {
      expect(read)
        .to.throw('The contract has no event DatasetForgotten.')
        .with.property('code', 'chain/unknown-event');
    }
  });
});
