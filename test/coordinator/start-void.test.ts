/** A coordinator that posts a falsehood, is voided while it is dead, and posts the truth when it lives again. */
import { expect } from 'chai';
import { settlementsOf } from '#contracts/events.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { TestJob } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { spawnCoordinator, type CoordinatorProcess } from './coordinator-process.ts';
import { voidFrom } from './disputed.ts';
import { eventually, launchJob } from './launch.ts';
import { playRound } from './play-round.ts';
import { newFolder, preparedDatabase, removeFolder } from './store/folder.ts';

const weights = [4, 2, 4];

describe('a coordinator that lies about a payout root, and is killed', function () {
  this.timeout(240_000);
  let world: World;
  let node: NodeProcess;
  let coordinator: CoordinatorProcess;
  const folders: string[] = [];

  const start = (port: number) =>
    spawnCoordinator({
      folder: folders[0] ?? '',
      host: '127.0.0.1',
      port,
      rpcUrl: world.chain.url,
      ipfsUrl: node.url,
      deployment: world.deployment,
      key: world.coordinator.key.privateKey,
      prepared: preparedDatabase(),
      lie: { part: 'payout-root', round: 1 },
    });

  before(async () => {
    folders.push(await newFolder(), await newFolder());
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(folders[1] ?? '')]);
    coordinator = await start(0);
  });
  after(async () => {
    await coordinator.kill();
    await Promise.all([world.stop(), node.stop()]);
    await Promise.all(folders.map(removeFolder));
  });

  it('posts the true root of the same attempt once the false one is void, once, and goes on', async () => {
    const launched = await launchJob({ world, ipfs: connectIpfs(node.url), url: coordinator.url, weights });
    const { facts } = launched;
    const contracts = world.stranger.contracts;
    const { proposal } = await playRound({
      ...{ world, url: coordinator.url, launched, weights },
      unmaskers: [...weights.keys()],
    });

    const [falsehood] = await readSettlements(contracts, facts.job);
    expect(falsehood).to.deep.include({ manifest: proposal.manifest, attempt: 1, quorum: false });
    expect(falsehood?.payoutRoot).to.not.equal(proposal.payoutRoot);
    const { port } = new URL(coordinator.url);
    await coordinator.kill();
    await voidFrom(world, { job: BigInt(facts.job) } as TestJob, 1);
    expect(await readSettlements(contracts, facts.job)).to.deep.equal([]);

    coordinator = await start(Number(port));
    const api = coordinatorApi(coordinator.url);
    const [truth] = await eventually(
      () => readSettlements(contracts, facts.job),
      (found) => found.length === 1,
    );
    const { manifest, payoutRoot } = proposal;
    expect(truth).to.deep.include({
      manifest,
      payoutRoot,
      total: BigInt(proposal.total),
      attempt: 1,
      quorum: true,
    });
    const next = await eventually(
      () => api.job(facts.job),
      ({ round }) => round === 2,
    );
    expect(next).to.deep.equal({ job: facts.job, state: 'active', round: 2, attempt: 1, rounds: 2 });
    const postings = await settlementsOf(contracts, BigInt(facts.job));
    expect(postings.map(({ args }) => args.round)).to.deep.equal([1, 1]);
  });
});
