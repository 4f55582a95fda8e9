/** A backup that is older than the chain: nothing is settled or taken in twice, nothing is left out, and the job goes on. */
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { restoreBackup } from '#coordinator/backup/restore.ts';
import { takeBackup } from '#coordinator/backup/take.ts';
import { folderBlobs } from '#coordinator/blobs/folder.ts';
import { startCoordinator, type Coordinator } from '#coordinator/start.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { settlementsOf } from '#contracts/events.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toSeconds } from '#protocol/units.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { codeOf } from './code-of.ts';
import { memoryLog } from './fakes.ts';
import { eventually, launchJob, untilPhase, type Launched } from './launch.ts';
import { membersOf, playFromMasking, untilMasking } from './play-round.ts';
import { newFolder, preparedDatabase, removeFolder } from './store/folder.ts';

const weights = [4, 2, 4];
const once = { progress: () => undefined, signal: new AbortController().signal };

describe('a coordinator restored from a backup that is older than the chain', function () {
  this.timeout(120_000);
  let world: World;
  let node: NodeProcess;
  let coordinator: Coordinator | null = null;
  let root: string;
  let home: string;
  let launched: Launched;
  const log = memoryLog();

  const start = async (): Promise<Coordinator> =>
    (coordinator = await startCoordinator({
      ...{ folder: home, host: '127.0.0.1', port: 0, log, prepared: preparedDatabase() },
      ...{ rpcUrl: world.chain.url, ipfsUrl: node.url, deployment: world.deployment },
      wallet: new Wallet(world.coordinator.key.privateKey),
    }));
  const stop = async () => {
    await coordinator?.stop();
    coordinator = null;
  };
  const opened = () => openEmbedded({ folder: home, prepared: preparedDatabase() });
  const settlements = () => settlementsOf(world.coordinator.contracts, BigInt(launched.facts.job));

  before(async () => {
    root = await newFolder();
    home = join(root, 'first');
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(join(root, 'ipfs'))]);
  });
  after(async () => {
    await stop();
    await Promise.all([world.stop(), node.stop()]);
    await removeFolder(root);
  });

  it('settles no round twice, takes no input twice, and goes on with the next round', async () => {
    const backup = join(root, 'backup');
    let { url } = await start();
    launched = await launchJob({ world, ipfs: connectIpfs(node.url), url, weights });
    const { id, members } = await membersOf(coordinatorApi(url), launched, weights);
    await untilMasking(coordinatorApi(url), id, members);
    await coordinatorApi(url).upload(id, members.inputs[1]!, members.vectors.get(1)!);
    await stop();

    const database = await opened();
    const now = toSeconds(Math.floor(Date.now() / 1000));
    const manifest = await takeBackup({
      ...{ database, blobs: folderBlobs(home), folder: backup, program: '0.1.0', now, incomplete: false },
      ...once,
    });
    await database.close();
    expect(manifest.underWay).to.deep.equal([{ ...id, phase: 'masking' }]);

    ({ url } = await start());
    const { proposal } = await playFromMasking({
      ...{ world, url, launched, weights, id, members },
      unmaskers: [0, 1, 2],
    });
    await stop();
    const settled = await settlements();
    const nonce = await world.chain.provider.getTransactionCount(world.coordinator.address);
    expect(settled.map(({ args }) => args.manifest)).to.deep.equal([proposal.manifest]);

    home = join(root, 'second');
    const restored = await opened();
    const blobs = folderBlobs(home);
    await restoreBackup({ folder: backup, manifest, database: restored, blobs, replace: false, ...once });
    expect(await blobs.inputs.names(id)).to.have.length(1);
    await restored.close();
    log.lines.length = 0;
    ({ url } = await start());
    const api = coordinatorApi(url);
    const ended = await untilPhase(api, id, 'aborted');
    expect(ended.reason).to.contain('the chain has round 1 settled by attempt 1');
    expect(log.lines.filter(({ message }) => message.startsWith('overtaken'))).to.have.length(1);
    expect(await codeOf(api.upload(id, members.inputs[1]!, members.vectors.get(1)!))).to.equal(
      'attempt/wrong-phase',
    );

    const next = await eventually(() => api.attempt({ ...id, round: 2 }));
    expect(next.phase).to.equal('announced');
    expect(next.model).not.to.equal(ended.model);
    await eventually(
      () => blobs.inputs.names(id),
      (names) => names.length === 0,
    );
    expect(await settlements()).to.deep.equal(settled);
    // Nothing was sent, and the next transaction has the number that the chain waits for.
    expect(await world.chain.provider.getTransactionCount(world.coordinator.address, 'pending')).to.equal(
      nonce,
    );
  });
});
