/** The whole system on loopback, where the owners reach coordinator, IPFS and chain through recording proxies only. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchJob, setUpCoordinator, setUpOwners, type Buyer, type Owner } from '#examples/demo/actors.ts';
import { writeData, type StoryData } from '#examples/demo/data.ts';
import type { Environment } from '#examples/demo/processes.ts';
import { samples } from '#examples/demo/samples.ts';
import { startStack, type Stack } from '#examples/demo/stack.ts';
import { parseJobId, type JobId } from '#protocol/job-id.ts';
import type { Recording } from './detector.ts';
import { RecordingProxy } from './proxy.ts';
import { RecordedClient, type ClientMode } from './recorded-client.ts';

const OWNERS = ['owner-1', 'owner-2', 'owner-3'];
/** Of the job's first weights. */
export const SEED = `0x${'1e'.repeat(32)}`;

export type Stage = Readonly<{
  stack: Stack;
  data: StoryData;
  owners: readonly Owner[];
  /** Before the coordinator, for everyone. */
  coordinator: RecordingProxy;
  /** Before the chain and the IPFS node, by owner. */
  doors: ReadonlyMap<string, readonly RecordingProxy[]>;
  home(owner: string): string;
  /** @param mode what of this client is not as it should be */
  startClient(owner: Owner, mode?: ClientMode): RecordedClient;
  /** A job of two rounds. */
  launch(): Promise<Buyer & Readonly<{ id: JobId }>>;
  /** What left the owners' processes so far, but for what clients print. */
  recordings(): Recording[];
}>;

export async function setStage(root: string, own: (stack: Stack) => void): Promise<Stage> {
  const real = await startStack(root, () => undefined);
  own(real);
  const proxy = async (name: string, target: string) => real.own(await RecordingProxy.start(name, target));
  const doors = new Map<string, readonly RecordingProxy[]>();
  for (const owner of OWNERS) {
    doors.set(owner, [
      await proxy(`${owner} to chain`, real.rpc),
      await proxy(`${owner} to IPFS`, real.ipfsUrl),
    ]);
  }
  const home = (actor: string): Environment => {
    const [chain, ipfs] = doors.get(actor) ?? [];
    const environment = real.home(actor);
    return chain && ipfs
      ? { ...environment, TRIBUTARY_RPC: chain.url, TRIBUTARY_IPFS: ipfs.url }
      : environment;
  };
  const stack: Stack = { ...real, home };
  const data = writeData(stack.folder('data'), samples.wdbc, 4, OWNERS.length);
  const [owners, coordinator] = await Promise.all([
    setUpOwners(stack, data, samples.wdbc.owner),
    setUpCoordinator(stack, ''),
  ]);
  const door = await proxy('everyone to coordinator', coordinator.url);
  const all = [...doors.values()].flat().concat(door);
  return {
    stack,
    data,
    owners,
    doors,
    coordinator: door,
    home: (owner) => stack.folder(owner),
    startClient: ({ name, data: csv }, mode = {}) =>
      stack.own(new RecordedClient({ name, csv, env: stack.home(name), ...mode })),
    async launch() {
      // The URL in the job's terms is where everyone looks for the coordinator.
      const recorded = { ...coordinator, url: door.url };
      const datasets = owners.map(({ dataset }) => dataset);
      const buyer = await launchJob(stack, data, datasets, recorded, { rounds: 2, seed: SEED });
      return { ...buyer, id: parseJobId(buyer.job) };
    },
    recordings: () => all.flatMap((each) => each.recordings()),
  };
}

/** Every file under a folder. */
export function filesIn(folder: string): Recording[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { channel: path.slice(folder.length + 1), bytes: readFileSync(path) };
    });
}
