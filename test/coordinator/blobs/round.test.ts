/** A round whose inputs and evidence are in a bucket, over a restart: settled as from a folder, and its evidence read back. */
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { takeBackup } from '#coordinator/backup/take.ts';
import { verifyBackup } from '#coordinator/backup/verify.ts';
import { openBlobs } from '#coordinator/blobs/open.ts';
import { startCoordinator, type Coordinator } from '#coordinator/start.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { fromHex } from '#crypto/bytes.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { evidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toSeconds } from '#protocol/units.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { startS3, type TestS3 } from '#test/support/s3/server.ts';
import { memoryLog } from '../fakes.ts';
import { eventually, launchJob } from '../launch.ts';
import { membersOf, playFromMasking, untilMasking } from '../play-round.ts';
import { newFolder, preparedDatabase, removeFolder } from '../store/folder.ts';

const weights = [4, 2, 4];
const slow = process.env['TRIBUTARY_SLOW_TESTS'] === '1';
/** A real server's, with AWS's own variables, instead of ours. */
const named = process.env['TRIBUTARY_TEST_S3_URL'];

/** A chain, an IPFS node and a bucket: in `npm run test:slow`. */
if (slow) {
  describe('a round in a bucket', function () {
    this.timeout(120_000);
    let world: World;
    let node: NodeProcess;
    let server: TestS3 | null = null;
    let coordinator: Coordinator | null = null;
    let root: string;
    const blobs = () => named ?? server?.url ?? '';
    const home = () => join(root, 'home');
    const start = async (): Promise<string> => {
      coordinator = await startCoordinator({
        ...{ folder: home(), blobs: blobs(), host: '127.0.0.1', port: 0, log: memoryLog() },
        ...{ rpcUrl: world.chain.url, ipfsUrl: node.url, deployment: world.deployment },
        ...{ wallet: new Wallet(world.coordinator.key.privateKey), prepared: preparedDatabase() },
      });
      return coordinator.url;
    };
    before(async () => {
      root = await newFolder();
      if (named === undefined) server = await startS3({ pageKeys: 3 });
      [world, node] = await Promise.all([startWorld(), startIpfsProcess(join(root, 'ipfs'))]);
    });
    after(async () => {
      await coordinator?.stop();
      await Promise.all([world.stop(), node.stop(), server?.stop()]);
      await removeFolder(root);
    });

    it('is settled, its inputs are gone, its evidence is read back, and all of it is backed up', async () => {
      let url = await start();
      const launched = await launchJob({ world, ipfs: connectIpfs(node.url), url, weights });
      const { id, members } = await membersOf(coordinatorApi(url), launched, weights);
      await untilMasking(coordinatorApi(url), id, members);
      await coordinatorApi(url).upload(id, members.inputs[1]!, members.vectors.get(1)!);
      await coordinator?.stop();
      url = await start();
      const { proposal } = await playFromMasking({
        ...{ world, url, launched, weights, id, members },
        unmaskers: [0, 1, 2],
      });
      const file = join(root, 'evidence.car');
      const car = cidFromDigest('dag-cbor', fromHex(proposal.evidence));
      const now = () => Math.floor(Date.now() / 1000);
      await fetchEvidence(file, car, evidenceLimit(launched.job), {
        ...{ api: coordinatorApi(url), domain: launched.job.id, id, key: operatorKey(2), now },
      });
      const kept = await openBlobs(blobs(), home());
      await eventually(
        () => kept.inputs.names(id),
        (names) => names.length === 0,
      );
      await coordinator?.stop();
      coordinator = null;

      const database = await openEmbedded({ folder: home(), prepared: preparedDatabase() });
      const silent = { progress: () => undefined, signal: new AbortController().signal };
      const folder = join(root, 'backup');
      await takeBackup({
        ...{ database, blobs: kept, folder, program: '0.1.0', now: toSeconds(now()), incomplete: false },
        ...silent,
      });
      await database.close();
      await kept.close();
      const { blobs: found } = await verifyBackup({ folder, prepared: preparedDatabase(), ...silent });
      expect(found.count).to.be.above(weights.length);
    });
  });
}
