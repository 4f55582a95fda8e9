/** A real chain, IPFS node and coordinator, whose coordinator refuses nothing; clients and puppets meet in its jobs. */
import { Wallet } from 'ethers';
import type { Coordinator, CoordinatorOptions } from '#coordinator/start.ts';
import type * as Start from '#coordinator/start.ts';
import { connectIpfs, type IpfsStore } from '#datasets/ipfs.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { memoryLog } from '#test/coordinator/fakes.ts';
import { newFolder, preparedDatabase, removeFolder } from '#test/coordinator/store/folder.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { Play, type Plan } from './play.ts';
import { accepting, skipping, weakened, type Check } from './weakened.ts';

/** What an honest coordinator would refuse to take from its own puppets. */
const indifferent: readonly Check[] = [
  accepting('enrolment/unknown-seat'),
  ...[
    'message/bad-signature',
    'enrolment/wrong-operator',
    'enrolment/other-terms',
    'enrolment/duplicate-operator',
    'enrolment/duplicate-owner',
    'enrolment/duplicate-key',
    'enrolment/no-units',
    'enrolment/deadline',
  ].map(skipping),
  accepting('key/low-order'),
  skipping('key/not-canonical'),
];

export class Stage {
  readonly world: World;
  readonly ipfs: IpfsStore;
  readonly ipfsUrl: string;
  readonly coordinatorUrl: string;
  readonly #node: NodeProcess;
  readonly #coordinator: Coordinator;
  readonly #folders: readonly string[];

  private constructor(world: World, node: NodeProcess, coordinator: Coordinator, folders: readonly string[]) {
    this.world = world;
    this.ipfs = connectIpfs(node.url);
    this.ipfsUrl = node.url;
    this.coordinatorUrl = coordinator.url;
    this.#node = node;
    this.#coordinator = coordinator;
    this.#folders = folders;
  }

  static async start(): Promise<Stage> {
    const [folder, ipfsFolder] = [await newFolder(), await newFolder()];
    const [world, node, { startCoordinator }] = await Promise.all([
      startWorld(),
      startIpfsProcess(ipfsFolder),
      weakened('coordinator/start.ts', indifferent) as Promise<typeof Start>,
    ]);
    const options: CoordinatorOptions = {
      folder,
      host: '127.0.0.1',
      port: 0,
      rpcUrl: world.chain.url,
      ipfsUrl: node.url,
      deployment: world.deployment,
      wallet: new Wallet(world.coordinator.key.privateKey),
      log: memoryLog(),
      prepared: preparedDatabase(),
    };
    return new Stage(world, node, await startCoordinator(options), [folder, ipfsFolder]);
  }

  /** Launches a job and plays in it; whatever comes of it, all that was started is stopped. */
  async play(plan: Plan, act: (play: Play) => Promise<void>): Promise<void> {
    const play = await Play.open(this, plan);
    try {
      await act(play);
    } finally {
      await play.stop();
    }
  }

  async stop(): Promise<void> {
    await this.#coordinator.stop();
    await Promise.all([this.world.stop(), this.#node.stop()]);
    await Promise.all(this.#folders.map(removeFolder));
  }
}
