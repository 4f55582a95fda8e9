/**
 * The whole system for faults: a chain and an IPFS node behind doors, a coordinator in a process of its own behind a proxy,
 * real clients of four owners, and a buyer who watches. Small: four seats, three of whom are enough, and a tiny network.
 */
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { launch } from '#buyer/launch.ts';
import type { WatchEvent } from '#buyer/watch-events.ts';
import { watchJob } from '#buyer/watch.ts';
import { connectAs } from '#contracts/connect.ts';
import { settlementsOf } from '#contracts/events.ts';
import { openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import type { Hold } from '#coordinator/driver/hold.ts';
import { startCoordinator } from '#coordinator/start.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { rowsInMemory } from '#datasets/row-source.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { features, planOf } from '#test/buyer/stage.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { spawnCoordinator, type CoordinatorProcess } from '#test/coordinator/coordinator-process.ts';
import { eventually, untilPhase } from '#test/coordinator/launch.ts';
import { newFolder, preparedDatabase, removeFolder } from '#test/coordinator/store/folder.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { Door } from '#test/support/door.ts';
import { FaultyProxy } from '#test/support/faulty-proxy.ts';
import { freePort } from '#test/support/free-port.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { coinsOf, listOwners, runClient, type Doors, type Owner } from './owners.ts';
import { assertSound } from './verdict.ts';
import { Watch } from './watch.ts';

export type Watched = Readonly<{
  job: number;
  /** Resolves when the buyer has reported this round, settled and checked. */
  settled(round: number): Promise<unknown>;
  events: readonly WatchEvent[];
  /** Waits for the last round, then for what must hold of the job. @returns what was seen */
  sound(): Promise<string>;
}>;

type Parts = Readonly<{
  world: World;
  node: NodeProcess;
  chain: Door;
  ipfs: Door;
  proxy: FaultyProxy;
  owners: readonly Owner[];
  folders: readonly [node: string, coordinator: string, buyer: string];
  databaseUrl: string | null;
  /** Of the coordinator, whichever process it is. */
  port: number;
}>;

const PHASE_SECONDS = 600;

export class FaultStage {
  readonly #parts: Parts;
  readonly #running = new Set<Readonly<{ stop(): Promise<void> }>>();
  readonly #watching = new AbortController();
  readonly #said: string[] = [];
  #coordinator: CoordinatorProcess | null = null;
  #launches = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param databaseUrl of a server's database; null for the embedded one */
  static async start(databaseUrl: string | null): Promise<FaultStage> {
    const folders = [await newFolder(), await newFolder(), await newFolder()] as const;
    const [world, node, proxy] = await Promise.all([
      startWorld(undefined, { bonds: true }),
      startIpfsProcess(folders[0]),
      FaultyProxy.start(),
    ]);
    const [chain, ipfs] = await Promise.all([Door.open(world.chain.url), Door.open(node.url)]);
    const [owners, port] = [await listOwners(world, node.url), await freePort()];
    proxy.pointAt(`http://127.0.0.1:${port}`);
    return new FaultStage({ world, node, chain, ipfs, proxy, owners, folders, databaseUrl, port });
  }

  get world(): World {
    return this.#parts.world;
  }

  /** Before the chain, for all but the test itself. */
  get chain(): Door {
    return this.#parts.chain;
  }

  get ipfs(): Door {
    return this.#parts.ipfs;
  }

  get proxy(): FaultyProxy {
    return this.#parts.proxy;
  }

  get owners(): readonly Owner[] {
    return this.#parts.owners;
  }

  get doors(): Doors {
    return { rpcUrl: this.chain.url, ipfsUrl: this.ipfs.url };
  }

  /** Of the coordinator itself, without the proxy. */
  get coordinatorUrl(): string {
    return `http://127.0.0.1:${this.#parts.port}`;
  }

  get api(): CoordinatorApi {
    return coordinatorApi(this.coordinatorUrl);
  }

  /** Where the embedded database is, and blobs are. */
  get coordinatorFolder(): string {
    return this.#parts.folders[1];
  }

  /** What clients warned of. */
  get said(): readonly string[] {
    return this.#said;
  }

  /** A process in the place of the one before, which must be gone. */
  async startCoordinator(hold: Hold | null = null, skewSeconds = 0): Promise<CoordinatorProcess> {
    const { world } = this.#parts;
    const key = world.coordinator.key.privateKey;
    const started = await spawnCoordinator({ ...this.#coordinatorOptions(), key, hold, skewSeconds });
    this.#coordinator = started;
    return started;
  }

  /** In this process, which starts sooner; for stages that kill nobody. */
  async coordinateHere(): Promise<void> {
    const wallet = new Wallet(this.world.coordinator.key.privateKey);
    const quiet = () => undefined;
    const log = { info: quiet, warn: quiet, error: quiet };
    this.own(await startCoordinator({ ...this.#coordinatorOptions(), wallet, log }));
  }

  #coordinatorOptions() {
    const { world, proxy, databaseUrl, port } = this.#parts;
    const folder = this.coordinatorFolder;
    return {
      ...{ folder, blobs: folder, host: '127.0.0.1', port, publicUrl: proxy.url },
      ...{ ...this.doors, deployment: world.deployment },
      ...(databaseUrl === null ? { prepared: preparedDatabase() } : { databaseUrl }),
    };
  }

  get domain(): Domain {
    const { chainId, escrow } = this.world.deployment;
    return { chainId, escrow };
  }

  /**
   * Keeps the inputs of a round back from now on.
   *
   * @returns when the first one is on its way; `release` lets them pass
   */
  inMasking(round: number): Promise<Readonly<{ release(): void }>> {
    return new Promise((resolve) => {
      let release: () => void = () => undefined;
      const released = new Promise<void>((done) => (release = done));
      this.proxy.obey(async ({ path }) => {
        if (!path.includes(`/rounds/${round}/`) || !path.includes('/inputs/')) return null;
        resolve({ release });
        await released;
        return null;
      });
    });
  }

  /** Postings of a round that the chain has now. */
  async postings(job: number, round: number): Promise<{ block: number; transaction: string }[]> {
    const all = await settlementsOf(this.world.stranger.contracts, BigInt(job));
    return all
      .filter(({ args }) => args.round === round)
      .map(({ block, transaction }) => ({ block, transaction }));
  }

  /** Waits until so many transactions wait in the node. */
  async untilPending(count: number): Promise<void> {
    const pending = async () =>
      Number(((await this.world.chain.provider.send('txpool_status', [])) as { pending: string }).pending);
    await eventually(pending, (now) => now >= count);
  }

  /** How many inputs are in the sum of a round's first attempt, once that is settled. */
  async inputsIn(job: number, round: number): Promise<number> {
    const settled = await untilPhase(this.api, { job, round, attempt: 1 }, 'settled');
    return Array.isArray(settled.inputs) ? settled.inputs.length : 0;
  }

  /** In this process. */
  runClients(owners: readonly Owner[] = this.owners): void {
    for (const owner of owners)
      this.own(runClient(this.world, this.doors, owner, (line) => void this.#said.push(line)));
  }

  own(running: Readonly<{ stop(): Promise<void> }>): void {
    this.#running.add(running);
  }

  /** A job of all owners, which the buyer watches through the same doors. */
  async launch(rounds: number, phases: Partial<Record<string, number>> = {}): Promise<Watched> {
    const { world, owners, proxy, folders, node } = this.#parts;
    const held = await Promise.all(owners.map((owner) => coinsOf(world, owner)));
    const { deployment, buyer } = world;
    const each = (seconds: number) => ({
      ...{ enrolling: seconds, sharing: seconds, masking: seconds },
      ...{ confirming: seconds, unmasking: seconds, settling: seconds },
    });
    const name = `job-${(this.#launches += 1)}`;
    const plan = planOf(
      { world, listings: owners },
      {
        rounds,
        seed: digestOfText(`seed of ${name}`),
        coordinator: { address: world.coordinator.address, url: proxy.url },
        phases: { ...each(PHASE_SECONDS), ...phases },
      },
    );
    const setting = {
      contracts: buyer.contracts,
      key: buyer.key,
      store: connectIpfs(node.url),
      home: folders[2],
    };
    const { job } = await launch(setting, plan, { name, purchase: 'approve' });

    const provider = await openChain(this.chain.url);
    const contracts = connectAs(deployment, await createTransactor(new Wallet(buyer.key, provider)));
    const heldOut = rowsInMemory(features.length, {
      features: Float32Array.from({ length: 8 * features.length }, (_, at) => Math.sin(at)),
      labels: Float32Array.from({ length: 8 }, (_, at) => at % 2),
    });
    const { signal } = this.#watching;
    const events = watchJob(
      { ...setting, contracts, store: connectIpfs(this.ipfs.url) },
      {
        job,
        evaluating: { backend: await loadBackend(), heldOut },
        patience: { firstMillis: 250, longestMillis: 4_000, pollMillis: 500, signal },
      },
    );
    const watch = new Watch(events);
    this.own({
      stop: async () => {
        await watch.done.catch(() => undefined);
        provider.destroy();
      },
    });
    const settled = (round: number) =>
      watch.until((event) => event.kind === 'round' && event.report.round === round);
    return {
      job,
      settled,
      events: watch.all,
      sound: async () => {
        await settled(rounds);
        const ended = { world, owners, job, rounds, held, carried: proxy.carried, ipfsUrl: node.url };
        return assertSound({ ...ended, evidence: join(folders[2], 'evidence') });
      },
    };
  }

  async stop(): Promise<void> {
    const { world, node, chain, ipfs, proxy, folders, owners } = this.#parts;
    this.#watching.abort();
    proxy.obey(null);
    await Promise.all([...this.#running].map((running) => running.stop()));
    await this.#coordinator?.kill();
    await Promise.all([chain.stop(), ipfs.stop(), proxy.stop()]);
    await Promise.all([world.stop(), node.stop()]);
    await Promise.all([...folders, ...owners.map(({ home }) => home)].map(removeFolder));
  }
}
