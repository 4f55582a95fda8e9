/**
 * A coordinator's process killed inside of its settlement, where its transaction is on disk, in the node, or mined: the next
 * one settles the round by that very transaction.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { expect } from 'chai';
import { settlementsOf } from '#contracts/events.ts';
import { settlingPoints } from '#coordinator/driver/hold.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { spawnCoordinator, type CoordinatorProcess } from '../coordinator-process.ts';
import { unmaskingOf } from '../fixtures.ts';
import { eventually, launchJob, untilPhase } from '../launch.ts';
import { membersOf, untilMasking } from '../play-round.ts';
import { newFolder, preparedDatabase, removeFolder } from '../store/folder.ts';

const weights = [4, 2, 4];
describe('a coordinator killed while it settles', function () {
  this.timeout(300_000);
  let world: World;
  let node: NodeProcess;
  let coordinator: CoordinatorProcess;
  let folder: string;
  const folders: string[] = [];
  const made = async () => {
    const name = await newFolder();
    folders.push(name);
    return name;
  };

  const start = (port: number, point: (typeof settlingPoints)[number] | null) =>
    spawnCoordinator({
      folder,
      host: '127.0.0.1',
      port,
      rpcUrl: world.chain.url,
      ipfsUrl: node.url,
      deployment: world.deployment,
      key: world.coordinator.key.privateKey,
      prepared: preparedDatabase(),
      hold: point ? { phase: point, round: 1 } : null,
    });

  before(async () => {
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(await made())]);
  });
  beforeEach(async () => {
    await world.reset();
    folder = await made();
  });
  afterEach(() => coordinator.kill());
  after(async () => {
    await Promise.all([world.stop(), node.stop()]);
    await Promise.all(folders.map(removeFolder));
  });

  const mining = (on: boolean) => world.chain.provider.send('evm_setAutomine', [on]);
  const nonce = () => world.chain.provider.getTransactionCount(world.coordinator.address);
  const waiting = async () => {
    const status = (await world.chain.provider.send('txpool_status', [])) as { pending: string };
    return Number(status.pending);
  };

  /** The last transaction that the killed process had on disk, read from a copy. */
  async function onDisk(): Promise<{ state: string; nonce: number; hash: string }> {
    const copy = await made();
    cpSync(join(folder, 'database'), copy, { recursive: true });
    const database = await PGlite.create(copy);
    const { rows } = await database.query<{ state: string; nonce: number; hash: string }>(
      "select state, nonce::int, versions->0->>'hash' as hash from transactions order by id desc limit 1",
    );
    await database.close();
    return rows[0] ?? { state: 'nothing', nonce: -1, hash: '' };
  }

  /** All that three members send, and nobody signs the settlement: it is posted by the deadline of the test's own phase. */
  async function untilPosting(mines: boolean): Promise<number> {
    const launched = await launchJob({
      ...{ world, ipfs: connectIpfs(node.url), url: coordinator.url, weights },
      phases: { settling: 1 },
    });
    const api = coordinatorApi(coordinator.url);
    const { id, members } = await membersOf(api, launched, weights);
    await untilMasking(api, id, members);
    for (const member of weights.keys())
      await api.upload(id, members.inputs[member]!, members.vectors.get(member)!);
    for (const envelope of members.confirmations) await api.confirm(id, envelope);
    await mining(mines);
    for (const member of weights.keys()) await api.unmask(id, unmaskingOf(members, member));
    return id.job;
  }

  for (const point of settlingPoints) {
    it(`at ${point} settles the round once, by the same transaction, and leaves no nonce out`, async () => {
      coordinator = await start(0, point);
      const before = await nonce();
      const job = await untilPosting(point === 'settling-after-receipt');
      expect(await coordinator.held()).to.equal(`held: ${point} round 1`);
      const isWaiting = point === 'settling-after-broadcast';
      expect(await waiting()).to.equal(isWaiting ? 1 : 0);
      expect(await nonce()).to.equal(before + (point === 'settling-after-receipt' ? 1 : 0));
      await coordinator.kill();
      const kept = await onDisk();
      const state = point === 'settling-after-receipt' ? 'sent' : 'planned';
      expect(kept).to.include({ state, nonce: before });

      coordinator = await start(Number(new URL(coordinator.url).port), null);
      if (point !== 'settling-after-receipt') {
        await eventually(waiting, (count) => count === 1);
        await mining(true);
        await world.chain.provider.send('evm_mine', []);
      }
      const api = coordinatorApi(coordinator.url);
      const settled = await untilPhase(api, { job, round: 1, attempt: 1 }, 'settled');
      await eventually(
        () => api.job(job),
        ({ round }) => round === 2,
      );
      const events = await settlementsOf(world.stranger.contracts, BigInt(job));
      expect(events.map(({ args, transaction }) => [args.round, transaction])).to.deep.equal([
        [1, kept.hash],
      ]);
      expect(settled.transaction).to.equal(kept.hash);
      expect(await nonce()).to.equal(before + 1);
    });
  }
});
