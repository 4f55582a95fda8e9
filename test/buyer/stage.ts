/** A market on a real chain: four owners with published descriptors and offers, and a buyer with a home of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '#buyer/plan.ts';
import { parsePlan } from '#buyer/plan.ts';
import type { BuyerSetting } from '#buyer/setting.ts';
import { describeDataset, type Descriptor } from '#datasets/descriptor.ts';
import { makePolicy } from '#datasets/policy.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { tabularClassifier } from '#model/templates.ts';
import { toDecimal } from '#protocol/units.ts';
import { at, startWorld, type World } from '#test/contracts/world.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';

export const features = ['radius', 'texture', 'area'];
export const prices = [20n, 21n, 22n, 23n];
const buckets = [4, 4, 2, 1];

export type Stage = Readonly<{
  world: World;
  store: ScratchStore;
  setting: BuyerSetting;
  /** Registry ids and tokens, by owner. */
  listings: readonly Readonly<{ dataset: number; token: number }>[];
  /** The chain as it was set up, and a new empty home. */
  reset(): Promise<Stage>;
  stop(): Promise<void>;
}>;

/** The buyer starts with no allowance for anybody. */
export async function startStage(): Promise<Stage> {
  const world = await startWorld();
  const store = scratchStore();
  const { contracts, key } = world.buyer;
  await contracts.paymentToken.send.approve(world.deployment.accessToken, 0n);
  await contracts.paymentToken.send.approve(world.deployment.escrow, 0n);
  await contracts.accessToken.send.setApprovalForAll(world.deployment.escrow, false);
  const listings: { dataset: number; token: number }[] = [];
  for (const [index, price] of prices.entries()) listings.push(await listDataset(world, store, index, price));
  let snapshot = await world.chain.snapshot();
  const homes: string[] = [];
  const newHome = async () => {
    homes.push(await mkdtemp(join(tmpdir(), 'tributary-buyer-')));
    return at(homes, homes.length - 1);
  };
  const stageAt = (home: string): Stage => ({
    world,
    store,
    setting: { contracts, key, store, home },
    listings,
    async reset() {
      await world.chain.revert(snapshot);
      snapshot = await world.chain.snapshot();
      return stageAt(await newHome());
    },
    async stop() {
      await world.stop();
      for (const home of homes) await rm(home, { recursive: true, force: true });
    },
  });
  return stageAt(await newHome());
}

export function descriptorOf(world: World, index: number, change: Partial<Descriptor> = {}): Uint8Array {
  const owners = world.owners.slice(0, prices.length).map(({ address }) => address);
  return describeDataset({
    name: `clinic ${index}`,
    description: 'measurements',
    license: 'https://spdx.org/licenses/CC-BY-4.0.html',
    creator: `clinic ${index}`,
    datePublished: '2026-11-24',
    url: null,
    columns: features.map((name) => ({
      type: 'number',
      name,
      minimum: toDecimal(-4),
      maximum: toDecimal(4),
      missing: false,
    })),
    label: { type: 'class', name: 'malignant', classes: ['no', 'yes'] },
    rowsBucket: buckets[index] ?? 1,
    rowsRoot: digestOfText(`rows ${index}`),
    policy: makePolicy({
      peers: owners.filter((_, other) => other !== index),
      minimumCohort: 3,
      minimumPrice: 10n,
      maximumRounds: 5,
      layers: ['Dense'],
      coordinators: 'any',
    }),
    ...change,
  });
}

/** Registers a dataset with its descriptor in the store, and offers it. */
export async function listDataset(
  world: World,
  store: ScratchStore,
  index: number,
  price: bigint,
  change: Partial<Descriptor> = {},
  cap = 1_000,
) {
  const { registry, accessToken } = at(world.owners, index).contracts;
  const descriptor = digestHex(await store.put('raw', descriptorOf(world, index, change)));
  const registered = await registry.send.register(descriptor, operatorAddress(index));
  const { dataset } = at(registry.events('DatasetRegistered', registered.logs), 0).args;
  const validUntil = BigInt((await world.chain.now()) + 1_000_000);
  const offered = await accessToken.send.offer(dataset, digestOfText('use'), price, validUntil, cap);
  const { tokenId } = at(accessToken.events('OfferMade', offered.logs), 0).args;
  return { dataset: Number(dataset), token: Number(tokenId) };
}

/** Two rounds of a small network over all four datasets: 172 for access, 1,000 of bonus. */
export function planOf({ world, listings }: Pick<Stage, 'world' | 'listings'>, change: object = {}): Plan {
  return parsePlan({
    datasets: listings.map(({ dataset }) => dataset),
    rounds: 2,
    bonusPool: '1000',
    coordinator: { address: world.coordinator.address, url: 'http://127.0.0.1:7070' },
    topology: tabularClassifier(features.length, 3),
    seed: digestOfText('seed'),
    recipe: {
      kind: 'tributary/recipe',
      version: 2,
      loss: 'binaryCrossentropy',
      metrics: ['accuracy', 'logLoss'],
      optimiser: { name: 'sgd', momentum: toDecimal(0) },
      learningRate: { schedule: 'constant', rate: toDecimal(0.5) },
      local: { unit: 'epochs', count: 1 },
      batchSize: 16,
      proximal: toDecimal(0),
      server: { name: 'fedAvg', learningRate: toDecimal(1) },
      features: features.map((name) => ({
        type: 'number',
        name,
        centre: toDecimal(0),
        scale: toDecimal(1),
        missing: 'refuse',
      })),
      label: { type: 'class', name: 'malignant', classes: ['no', 'yes'] },
    },
    aggregation: { bits: 12, clip: '1', range: '1', chunkWords: 8, rounding: 'nearest', sparse: null },
    minimumCohort: 3,
    phases: { enrolling: 10, sharing: 10, masking: 10, confirming: 10, unmasking: 10, settling: 10 },
    windows: { roundTimeout: 50, short: 100, long: 1_000, duration: 10_000 },
    ...change,
  });
}

/** The code of what must be thrown. */
export async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  throw new Error('nothing was thrown');
}
