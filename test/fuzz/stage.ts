/** What is fuzzed: a coordinator as its users start it, on a real chain and IPFS, with two tenants' jobs, keys and evidence. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#coordinator/driver/clock.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { startWorld } from '#test/contracts/world.ts';
import { launchJob } from '#test/coordinator/launch.ts';
import { playRound, type Played } from '#test/coordinator/play-round.ts';
import { makeHome, startCommand, type CoordinatorCommand } from '#test/support/coordinator-command.ts';
import type { Corpus } from '#test/support/documented/requests.ts';
import { startIpfsProcess } from '#test/support/ipfs.ts';
import { corpusOf } from './corpus.ts';
import { openJobs } from './open-jobs.ts';
import { goneReceiver } from './gone-receiver.ts';
import { lettersOf, makeTenant, type Tenant } from './tenants.ts';

export type Stage = Readonly<{
  coordinator: CoordinatorCommand;
  tenants: readonly [Tenant, Tenant];
  corpus: Corpus;
  /** Whether the coordinator takes a job on, and settles its round. */
  settlesAnother(): Promise<Played>;
  stop(): Promise<void>;
}>;

const weights = [4, 2, 1];
/** The limits are what `rate-limits.test.ts` asks about; here they would be all that is met. */
const plenty = { reads: 10_000_000, messages: 10_000_000 };
const operationsFor = (receiver: string): string =>
  JSON.stringify({
    ...{ version: 1, limits: { address: plenty, caller: plenty } },
    // Not a public place.
    webhooks: { hosts: [receiver] },
  });

export async function setStage(): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'tributary-fuzz-'));
  const [world, node, receiver] = await Promise.all([
    startWorld(),
    startIpfsProcess(join(root, 'ipfs')),
    goneReceiver(),
  ]);
  const home = join(root, 'home');
  await makeHome(home, world.coordinator.key.privateKey, world.deployment);
  await writeFile(join(home, 'operations.yaml'), operationsFor(receiver.host));
  const coordinator = await startCommand(home, world.chain.url, { ipfs: node.url });
  const { url } = coordinator;
  const ipfs = connectIpfs(node.url);
  const api = coordinatorApi(url);
  /** Owned by three accounts, from this one on. */
  const launch = (first: number) =>
    launchJob({ world, ipfs, url, weights, ownerOf: (seat) => world.owners[first + seat] ?? world.stranger });
  const settle = async (first: number): Promise<Played> =>
    playRound({ world, url, launched: await launch(first), weights, unmaskers: [0, 1, 2] });

  const [ofFirst, ofSecond] = [await settle(0), await settle(3)];
  const tenant = async (name: string, owner: number, played: Played) => {
    const account = world.owners[owner];
    if (!account) throw new Error('there are too few owners');
    return makeTenant({
      ...{ name, api, key: account.key, clock: systemClock, played, receiver: receiver.url },
    });
  };
  const tenants = [await tenant('first', 0, ofFirst), await tenant('second', 3, ofSecond)] as const;
  // Its webhooks are told of it, in vain.
  await settle(3);
  const open = await openJobs(api, weights, () => launch(0));
  const letters = await Promise.all(tenants.map((one) => lettersOf(api, one)));
  return {
    coordinator,
    tenants,
    corpus: corpusOf({
      ...{ tenants, letters: letters.flat(), settled: [ofFirst, ofSecond], open, buyer: world.buyer.key },
    }),
    settlesAnother: () => settle(0),
    async stop() {
      await coordinator.stop();
      await Promise.all([world.stop(), node.stop(), receiver.stop()]);
      await rm(root, { recursive: true, force: true });
    },
  };
}
